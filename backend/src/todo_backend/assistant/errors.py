"""What a turn says when there is no answer."""

from todo_backend.core.errors import Problem


class AssistantFailed(Problem):
    """No answer this time. The person's message is kept, and the same request may be made again."""

    def __init__(self, detail: str, status: int) -> None:
        super().__init__(detail)
        self.status = status
