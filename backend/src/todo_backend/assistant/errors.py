"""What a turn says when there is no answer."""

from todo_backend.core.errors import Problem


class AssistantFailed(Problem):
    """No answer this time. The person's message is kept; `retry`: the same may get one when it is asked again."""

    def __init__(self, detail: str, status: int, *, retry: bool = True) -> None:
        super().__init__(detail)
        self.status = status
        self.retry = retry
