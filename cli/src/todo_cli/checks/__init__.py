"""What `doctor` looks at: each check tells what it found and, if that is not good, the fix."""

from collections.abc import Callable, Iterable, Iterator

from todo_cli.checks import carriers, machine, settings
from todo_cli.checks.check import Check, Verdict
from todo_cli.layout import Layout
from todo_cli.state import load_state

__all__ = ["Check", "Verdict", "run_checks"]


def run_checks(layout: Layout) -> Iterator[Check]:
    """All checks, in the order in which a user would look, each as soon as it is known."""
    state = load_state(layout)
    looks: list[Callable[[], Iterable[Check]]] = [
        machine.tools_here,
        lambda: carriers.docker(state),
        lambda: carriers.minikube(layout, state),
        lambda: carriers.engine(state),
        lambda: carriers.cluster(layout, state),
        lambda: carriers.images(layout, state),
        lambda: machine.ports_of(layout, state),
        lambda: settings.check(layout, state),
        lambda: machine.resources(layout),
    ]
    for look in looks:
        yield from look()
