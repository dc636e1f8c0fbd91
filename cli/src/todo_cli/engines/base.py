"""What every engine can do, and why what carries the stack may be unreachable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from todo_cli.loglines import LogLine
from todo_cli.programs import Result
from todo_cli.progress import Steps
from todo_cli.stack_status import StackStatus

EngineName = Literal["minikube", "kubernetes", "process"]
COMMAND_SECONDS = 60  # for a command in a tier
WITHOUT_CLUSTER = "./todo up --engine process"  # refused while the stack is up on a cluster


class Code(StrEnum):
    """Kinds of reasons why what carries the pods, or a process, is not well; a pod's: `cluster.pod_reasons.Cause`."""

    CLUSTER_STOPPED = "cluster-stopped"
    CLUSTER_GONE = "cluster-gone"
    CLUSTER_UNREACHABLE = "cluster-unreachable"
    DOCKER_STOPPED = "docker-stopped"
    MINIKUBE_MISSING = "minikube-missing"
    PORT_FORWARD_ENDED = "port-forward-ended"
    PROCESS_ENDED = "process-ended"
    LOOK_FAILED = "look-failed"


@dataclass(frozen=True)
class UnreachableReason:
    """Why a cluster does not answer, and the fix.

    `is_certain`: it is deleted, as says what made it, so that nothing of ours can be left in it.
    """

    code: Code
    text: str
    fix: str
    is_certain: bool = False


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

    def run_in_frontend(self, *arguments: str) -> Result:
        """Run a command of the frontend's own where it runs, with its settings; what it prints goes to no log."""
