"""The lines of `.env`: read with dotenv's own parser, and named by their numbers where they are no settings."""

import codecs
import contextlib
import difflib
import io
import os
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from todo_cli.errors import Problem


def read_text(file: Path) -> str:
    """The file's text. Raises FileNotFoundError, and Problem when it is no text, or not for us."""
    quoted = shlex.quote(str(file))
    try:
        raw = file.read_bytes()
    except IsADirectoryError:
        raise Problem(f"{file} is a folder, not a file of settings", fix=f"rmdir {quoted}") from None
    except PermissionError:
        ours = False
        with contextlib.suppress(OSError):
            ours = file.stat().st_uid == os.getuid()
        fix = f"chmod u+r {quoted}" if ours else f"sudo chown $(id -un) {quoted}"
        raise Problem(f"{file.name} may not be read by this user", fix=fix) from None
    if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding, said = "UTF-16", "is UTF-16, not UTF-8 text"
    elif b"\0" in raw:
        encoding, said = "UTF-16LE" if raw[1:2] == b"\0" else "UTF-16BE", "is UTF-16, not UTF-8 text"
    else:
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            encoding, said = "LATIN1", f"is not UTF-8 text: line {line}"
    new = shlex.quote(f"{file}.new")
    convert = f"iconv -f {encoding} -t UTF-8 {quoted} > {new} && chmod 600 {new} && mv {new} {quoted}"
    raise Problem(f"{file.name} {said}", fix=convert)


@dataclass(frozen=True)
class Parsed:
    """The settings that are not empty, and in words what is no setting and what is likely not meant."""

    values: dict[str, str] = field(repr=False)
    malformed: tuple[str, ...]
    remarks: tuple[str, ...]


def parse(file: str, text: str, known: Sequence[str]) -> Parsed:
    """Read the lines of a file of this name; values are taken as they are, for a password may hold a dollar sign."""
    bindings = [(_line_of(one), one) for one in parse_stream(io.StringIO(text)) if one.error or one.key is not None]
    malformed, lines, values = [], dict[str, list[int]](), {}
    for line, binding in bindings:
        if said := _malformed(binding, known):
            malformed.append(f"{file} line {line}: {said}")
        elif binding.key and binding.value and binding.value.strip():
            values[binding.key] = binding.value.strip()
            lines.setdefault(binding.key, []).append(line)
    return Parsed(values, tuple(malformed), tuple(_remarks(file, lines, known)))


def _line_of(binding: Binding) -> int:
    """The line of the setting itself: the parser counts from the empty lines before it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _malformed(binding: Binding, known: Sequence[str]) -> str | None:
    """What is wrong with the form of a line; of what stands there only the name of a setting is shown."""
    if not binding.error and binding.value is not None and re.fullmatch(r"[A-Za-z_]\w*", binding.key or ""):
        return None
    found = re.match(r"\s*(?:export\s+)?(\w+)\s*(=?)", binding.original.string)
    name = found[1] if found and found[1] in known else None
    if binding.error and found and found[2]:
        return f"a quote {f'in the value of {name} ' if name else ''}is not closed, or more follows it"
    if name:
        return f"sets {name}, but not with =; write {name}=..."
    return "is not NAME=VALUE; a remark begins with #"


def _remarks(file: str, lines: dict[str, list[int]], known: Sequence[str]) -> Iterator[str]:
    """What is likely not meant, by the lines in which each name is set."""
    for name, places in sorted(lines.items()):
        if name not in known:
            # What is no name at all may be a piece of a secret: only its line is shown.
            shown = name if name in (name.upper(), name.lower()) else f"{file} line {places[-1]}"
            yield f"{shown}: no such setting; {_meant(name, known)}"
        elif len(places) > 1:
            listed = f"{', '.join(map(str, places[:-1]))} and {places[-1]}"
            yield f"{name}: is set in lines {listed}; the last one counts"


def _meant(name: str, known: Sequence[str]) -> str:
    """The setting that was likely meant by an unknown one."""
    close = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.7)
    return f"is {close[0]} meant?" if close else "see .env.example"
