"""Watching source files for changes, without help from the operating system: a look now and then."""

import os
from pathlib import Path

Snapshot = dict[Path, tuple[int, int]]


class Watch:
    """The Python files of a folder, and which of them change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reported = self._seen = self._look()

    def changed(self) -> list[Path]:
        """New, changed and removed files since the last report; none while they still change between two calls."""
        before, self._seen = self._seen, self._look()
        if self._seen != before or self._seen == self._reported:
            return []
        reported, self._reported = self._reported, self._seen
        return sorted(
            path for path in reported.keys() | self._reported.keys() if reported.get(path) != self._reported.get(path)
        )

    def _look(self) -> Snapshot:
        found: Snapshot = {}
        for parent, _, names in os.walk(self._folder):
            for name in names:
                if name.endswith(".py") and not name.startswith("."):  # hidden: an editor's
                    path = Path(parent, name)
                    try:
                        stat = path.stat()
                    except OSError:  # gone meanwhile
                        continue
                    found[path] = (stat.st_mtime_ns, stat.st_size)
        return found
