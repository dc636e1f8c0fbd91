"""The one kind of error that a user sees: what is wrong, and what puts it right."""

from collections.abc import Sequence

EXIT_FAILED = 1
EXIT_NOTHING_DEPLOYED = 2
EXIT_USAGE = 2
EXIT_HUNG_UP = 129
EXIT_INTERRUPTED = 130
EXIT_NO_READER = 141
EXIT_TERMINATED = 143
# Not `docker system prune`: it removes every stopped container, and a stopped Minikube is one.
FREE_DISK = "docker builder prune; docker image prune; npm cache clean --force; how much is free then: ./todo doctor"


class Problem(Exception):  # noqa: N818 - what it is to the user; it reads better than ProblemError
    """Something the user can put right.

    `message` says what is wrong, `details` are lines that show it (the last lines of a program, say),
    `fix` is the command or the edit that puts it right.
    """

    def __init__(
        self, message: str, *, fix: str | None = None, details: Sequence[str] = (), exit_code: int = EXIT_FAILED
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.details = tuple(details)
        self.exit_code = exit_code
