"""What every engine can do, and what it tells about the stack."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from todo_cli.loglines import LogLine
from todo_cli.progress import Steps

EngineName = Literal["minikube", "kubernetes", "process"]


class Code(StrEnum):
    """Kinds of reasons why what carries the pods, or a process, is not well; a pod's are `cluster.pods.Cause`."""

    CLUSTER_STOPPED = "cluster-stopped"
    CLUSTER_GONE = "cluster-gone"
    CLUSTER_UNREACHABLE = "cluster-unreachable"
    DOCKER_STOPPED = "docker-stopped"
    MINIKUBE_MISSING = "minikube-missing"
    PORT_FORWARD_ENDED = "port-forward-ended"
    PROCESS_ENDED = "process-ended"
    LOOK_FAILED = "look-failed"


@dataclass(frozen=True)
class Absence:
    """Why a cluster does not answer, and the command that mends it.

    `is_certain`: it is deleted, as says what made it, so that nothing of ours can be left in it.
    """

    code: Code
    text: str
    fix: str
    is_certain: bool = False


@dataclass(frozen=True)
class Component:
    """One part of the stack as it is now.

    `reason` says in words why it is not ready, `code` which kind of reason that is, `fix` what mends it.
    """

    name: str
    wanted: int
    ready: int
    restarts: int = 0
    age_seconds: float | None = None
    image: str = ""
    address: str = ""
    reason: str = ""
    code: str = ""
    fix: str = ""

    @property
    def is_ready(self) -> bool:
        """All of it that is wanted is ready."""
        return self.ready >= self.wanted and not self.reason


@dataclass(frozen=True)
class StackStatus:
    """The whole stack as it is now; no components: nothing is deployed."""

    engine: str
    where: str
    address: str
    components: list[Component] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Everything that is wanted is ready."""
        return bool(self.components) and all(component.is_ready for component in self.components)


class Engine(Protocol):
    """A way to run the stack."""

    def up(self, steps: Steps) -> list[str]:
        """Bring the stack up, changing only what changed; returns remarks for the user."""

    def down(self, steps: Steps, *, data: bool) -> list[str]:
        """Take everything down that `up` started; returns what was removed or kept, in words."""

    def status(self) -> StackStatus:
        """Look at the stack as it is now."""

    def logs(self, components: Sequence[str], *, follow: bool, whole: bool = False) -> Iterator[LogLine]:
        """The end of the components' logs (or the `whole`) by time; with `follow`, and what comes, for ever."""
