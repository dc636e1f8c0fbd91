"""Where things are: the checkout, the state of a running stack, and what can be made again."""

import os
from dataclasses import dataclass
from pathlib import Path

from todo_cli.errors import Problem

CHECKOUT = Path(__file__).resolve().parents[3]
DEFAULT_PORT = 30080


@dataclass(frozen=True)
class Layout:
    """Folders and ports of one stack.

    `home` holds what belongs to one running stack (data, logs, run state); `cache` what any stack of
    this checkout may share and can be made again (tools, environments, frontend builds).
    """

    root: Path
    home: Path
    cache: Path
    env_file: Path
    port: int

    @property
    def backend(self) -> Path:
        """The backend's source folder and build context."""
        return self.root / "backend"

    @property
    def frontend(self) -> Path:
        """The frontend's source folder and build context."""
        return self.root / "frontend"

    @property
    def chart(self) -> Path:
        """The Helm chart."""
        return self.root / "charts" / "todo-stack"

    @property
    def logs(self) -> Path:
        """Logs of the stack's processes and of the programs run for it."""
        return self.home / "logs"

    @property
    def data(self) -> Path:
        """What a user would miss: the embedded database, saved demo databases."""
        return self.home / "data"

    @property
    def backend_port(self) -> int:
        """Where the process engine's backend listens."""
        return self.port + 1

    @property
    def address(self) -> str:
        """Where the user finds the stack."""
        return f"http://localhost:{self.port}"


def find_layout() -> Layout:
    """Read TODO_HOME, TODO_PORT and TODO_ENV_FILE; every one has a default."""
    cache = CHECKOUT / ".todo"
    home = Path(os.environ.get("TODO_HOME") or cache).expanduser().resolve()
    env_file = Path(os.environ.get("TODO_ENV_FILE") or CHECKOUT / ".env").expanduser().absolute()
    port = os.environ.get("TODO_PORT") or str(DEFAULT_PORT)
    if not port.isdigit() or not 1024 <= int(port) <= 65534:
        raise Problem(f"TODO_PORT is not a port: {port}", fix="export TODO_PORT=30080 (1024 to 65534)")
    return Layout(root=CHECKOUT, home=home, cache=cache, env_file=env_file, port=int(port))
