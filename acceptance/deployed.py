"""The stack that is up on a cluster, for the commands that look at it from outside."""

from acceptance.stack import Stack
from todo_cli.engines.choose import cluster_engine
from todo_cli.layout import Layout
from todo_cli.progress import busy


def stack_on_cluster(layout: Layout, why: str) -> Stack:
    """The stack that is up; raises Problem, with `why`, where it is not on a cluster or does not answer."""
    with busy("looking for the stack"):
        cluster = cluster_engine(layout, why).attached()
    return Stack(cluster, layout.address, layout.root)
