"""What `doctor` looks at: each diagnosis says what was found and, if that is not good, the fix."""

from collections.abc import Callable, Iterable, Iterator

from todo_cli.checks import machine, runtimes, settings
from todo_cli.checks.diagnosis import Diagnosis, Verdict
from todo_cli.checks.runtimes import AS_IT_IS
from todo_cli.engines.choose import UpOptions
from todo_cli.layout import Layout
from todo_cli.state import load_state

__all__ = ["Diagnosis", "Verdict", "run_checks"]


def run_checks(layout: Layout, options: UpOptions = AS_IT_IS) -> Iterator[Diagnosis]:
    """All checks for an `up` with these options, in the order in which a user would look, each when it is known."""
    state = load_state(layout)
    looks: list[Callable[[], Iterable[Diagnosis]]] = [
        machine.tools_here,
        lambda: runtimes.docker(state, options),
        lambda: runtimes.minikube(layout, state, options),
        lambda: runtimes.engine(state, options),
        lambda: runtimes.cluster(layout, state, options),
        lambda: runtimes.images(layout, state, options),
        lambda: machine.ports_of(layout, state, options),
        lambda: settings.check(layout, state, options),
        lambda: machine.resources(layout),
    ]
    for look in looks:
        yield from look()
