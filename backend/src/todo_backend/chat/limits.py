"""How much one may say."""

MAX_MESSAGE, MAX_TITLE = 4000, 200  # characters
MAX_MESSAGE_BYTES = 32 * 1024  # with all its parts, as it is stored
