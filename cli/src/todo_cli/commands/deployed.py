"""The stack that is up on a cluster, for the commands that look at it from outside."""

import sys
from typing import TYPE_CHECKING

from todo_cli.engines.choose import running_engine
from todo_cli.engines.cluster import ClusterEngine
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.progress import busy

if TYPE_CHECKING:
    from acceptance.stack import Stack


def use_acceptance(layout: Layout) -> None:
    """Make the package `acceptance` importable: it lies beside this one, for it looks at the stack from outside."""
    if str(layout.root) not in sys.path:
        sys.path.insert(0, str(layout.root))


def cluster_engine(layout: Layout, why: str) -> ClusterEngine:
    """The engine of the stack that is up. Raises Problem, with `why`, where it is not on a cluster."""
    engine = running_engine(layout)
    if engine is None:
        raise Problem("nothing is deployed", fix="./todo up")
    if not isinstance(engine, ClusterEngine):
        raise Problem(
            f"{why}, and the stack runs as plain processes", fix="./todo down, then ./todo up --engine minikube"
        )
    return engine


def stack_on_cluster(layout: Layout, why: str) -> "Stack":
    """The stack that is up, as the acceptance package takes it; raises Problem as `cluster_engine` does."""
    use_acceptance(layout)
    from acceptance.stack import Stack

    with busy("looking for the stack"):
        cluster = cluster_engine(layout, why).attached()
    return Stack(cluster, layout.address, layout.root)
