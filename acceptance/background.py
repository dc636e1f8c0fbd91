"""Programs that run beside this one, such as `kubectl proxy`."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import todo_cli
from todo_cli.kube.forward import WHILE_STDIN_OPEN
from todo_cli.process_environment import clean_environment
from todo_cli.programs import end_group


@contextmanager
def kept_running(command: Sequence[str]) -> Iterator[None]:
    """The command runs meanwhile: again whenever it ends, and no longer than this process, however that ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "todo_cli.kube.forward", WHILE_STDIN_OPEN, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=clean_environment(PYTHONPATH=str(Path(todo_cli.__file__).parents[1])),
    ) as process:
        try:
            yield
        finally:
            end_group(process)
