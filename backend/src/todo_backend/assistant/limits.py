"""How much a model may say and do in one turn. What is beyond is refused to it in words, or ends the turn."""

MAX_CALLS = 200  # for one message of the person, with those of its earlier tries
MAX_SAME_CALLS = 10  # with the same arguments, in a try: whoever makes more of them goes in circles
MAX_CALLS_AT_ONCE = 50  # in one answer of the model; those beyond are not made, and the model is told
MAX_CALLS_WRITTEN = 2_000  # in one answer of the model: whatever writes more has lost its way
MAX_ARGUMENTS_BYTES = 32 * 1024  # of one call: the longest task, each character as an escape
MAX_ARGUMENTS_OF_TURN_BYTES = 512 * 1024
MAX_OUTPUTS_BYTES = 768 * 1024  # of all that tools answer to one message: they are kept, and told again
MAX_ERROR = 2_000  # characters of what a tool says of a mistake
MAX_DEPTH = 10  # of lists and objects in them
MAX_NAME = 200  # characters of a tool's name
MAX_CALL_ID = 4_000  # some servers keep more than a name in it
MAX_TEXT_BYTES = 64 * 1024  # of all that is said in a turn
MAX_EVENTS = 50_000  # in a turn; one is about a token
MAX_LINES = 200_000  # in a turn, as the server sends them, with the pieces they come in: four are about an event
MAX_TOKENS = 32_768  # in one answer, thoughts included; asked of OpenAI, where it is known to be understood
MAX_LINE_BYTES = 1024 * 1024  # of one event, as the server sends it
MAX_RESPONSE_BYTES = 16 * 1024 * 1024  # of one answer, as the server sends it
CALLS_AT_A_TIME = 4  # of one turn: each takes a connection of the pool, and others need some too
EVENTS_AHEAD = 64  # of whoever reads the turn; then the model waits


class TooMuch(Exception):
    """The model said or did more than fits into a turn; `limit` is what it went beyond, in words."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


def check_limit(number: int, limit: int, words: str) -> None:
    """Raise TooMuch, with the limit in `words`, for a number that is above it."""
    if number > limit:
        raise TooMuch(words)
