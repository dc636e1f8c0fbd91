"""The stack as it is now: what `status` shows, whichever engine tells it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Component:
    """One part of the stack as it is now.

    `reason` says in words why it is not ready, `code` which kind of reason that is, `fix` the fix.
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
