"""Programs from the package index, in the tools folder."""

import subprocess
from pathlib import Path

from todo_cli.tools import _write_node_programs


def test_npm_works_in_a_checkout_that_was_moved(tmp_path: Path) -> None:
    package = tmp_path / "before" / "it's $here"
    for name in ("bin/node", "lib/node_modules/npm/bin/npm-cli.js"):
        (package / name).parent.mkdir(parents=True)
        (package / name).write_text('#!/bin/sh\ncat "$1"; echo "$2"\n')
        (package / name).chmod(0o755)
    _write_node_programs(package / "programs")
    moved = package.parent.rename(tmp_path / "after") / package.name
    reported = subprocess.run([moved / "programs" / "npm", "--version"], capture_output=True, text=True, check=False)
    assert reported.stdout.splitlines()[1:] == ['cat "$1"; echo "$2"', "--version"], reported.stderr
