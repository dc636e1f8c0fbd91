"""How a check ends other than well."""


class Failed(Exception):  # noqa: N818 (a verdict)
    """The stack does not do what the clause asks; the text says what was seen instead."""


class NotApplicable(Exception):  # noqa: N818 (a verdict)
    """The clause does not apply to this stack, or cannot be looked at here; the text says why."""
