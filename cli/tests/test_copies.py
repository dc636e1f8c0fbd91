"""A copy of the checkout has what is finished, and nothing that may vanish while it is copied."""

from collections.abc import Callable
from pathlib import Path

import pytest

from copies import copy_tree, link_tree


@pytest.mark.parametrize("copy", [copy_tree, link_tree])
def test_what_is_being_made_is_left_out(copy: Callable[[Path, Path], None], tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in (
        "postgres-1/bin/postgres",
        "postgres-2.part-77/bin/postgres",
        "pkg/module.py",
        "pkg/__pycache__/m.pyc",
    ):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    copy(source, tmp_path / "target")
    copied = {str(path.relative_to(tmp_path / "target")) for path in (tmp_path / "target").rglob("*") if path.is_file()}
    assert copied == {"postgres-1/bin/postgres", "pkg/module.py"}
