"""A secret that may change while the process runs: read again from its file each time it is needed."""

import logging
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

logger = logging.getLogger(__name__)


def read_secret_file(path: Path) -> str:
    """What the file holds, without the line end that editors add; raises OSError, also when it is empty."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise OSError("it is no text") from None
    if not text:
        raise OSError("it is empty")
    return text


def reason(error: OSError) -> str:
    """Why a file cannot be used, without its name."""
    return error.strerror or str(error)


class Secret:
    """The value of the variable `name`, or what the file in its place holds now.

    A file that cannot be used any more does not replace the last good value; one warning says so.
    """

    def __init__(
        self, name: str, value: SecretStr, file: Path | None, check: Callable[[SecretStr], SecretStr] | None = None
    ) -> None:
        self._name = name
        self._value = value
        self._file = file
        self._check = check
        self._complaint = ""

    def read(self) -> str:
        """The value as it is now."""
        if self._file is None:
            return self._value.get_secret_value()
        try:
            found = SecretStr(read_secret_file(self._file))
            if found != self._value:
                self._value = found if self._check is None else self._check(found)
                logger.info("%s has changed: %s is read again", self._name, self._file)
            self._complaint = ""
        except OSError as error:
            self._complain(reason(error))
        except PydanticCustomError as error:
            self._complain(error.message())
        return self._value.get_secret_value()

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:
            self._complaint = complaint
            logger.warning("%s stays as it was: %s %s", self._name, self._file, complaint)
