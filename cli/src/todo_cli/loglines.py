"""Lines of the components' logs: read, put in the order of their times, and written for people."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from todo_cli.conditions import Condition, last_conditions

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?")
KUBECTL = re.compile(r"\[pod/(?P<pod>[^/\]]+)/(?P<tier>[^\]]+)\] (?P<time>\S+) ?(?P<text>.*)")
NODE_ENDED = re.compile(r"Node\.js v[\d.]+\s*")
JAVASCRIPT_ERROR = re.compile(r"\w*Error\b.*")
# Told in the line's own places, or the same in every line.
PLACED = {
    "time", "level", "logger", "message", "pod", "request_id", "method", "path", "status", "duration_ms", "exception",
}  # fmt: skip


@dataclass(frozen=True)
class LogLine:
    """What a component said: its tier, its pod (or process), when (ISO 8601, UTC; empty: unknown), and the line."""

    tier: str
    pod: str
    time: str
    text: str

    @cached_property
    def record(self) -> dict[str, Any] | None:
        """The JSON object that the line is, as our programs write them; None for another line."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a JSON line; for another line its text as `message`."""
        return {"message": self.text} if self.record is None else self.record

    @property
    def is_request(self) -> bool:
        """Is it the record of a request that was answered?"""
        return {"method", "path", "status"} <= self.fields.keys()

    def is_of(self, request: str) -> bool:
        """Does the line belong to this request?"""
        return bool(self.fields.get("request_id") == request)

    def as_json(self) -> str:
        """The line's fields, with tier, pod and time, as one JSON object."""
        where = {"time": self.time, "tier": self.tier} | self.fields | {"pod": self.pod}
        return json.dumps(where, ensure_ascii=False)

    def as_raw(self) -> str:
        """The line as it was said, with tier and pod in front."""
        return f"{self.tier} {self.pod} {self.text}"

    def in_words(self) -> str:
        """Time, level, tier, pod and message; of a request its method, path, status and duration."""
        fields = self.fields
        parts = [self.time[11:23].ljust(12), str(fields.get("level", "")).ljust(7), self.tier.ljust(8), self.pod]
        if self.is_request:
            took = f" {fields['duration_ms']:.0f} ms" if isinstance(fields.get("duration_ms"), int | float) else ""
            parts.append(f"{fields['method']} {fields['path']} {fields['status']}{took}")
        else:
            parts.append(str(fields.get("message", "")))
        parts += [f"{name}={value}" for name, value in fields.items() if name not in PLACED]
        if request := fields.get("request_id"):
            parts.append(f"({request})")
        line = " ".join(parts)
        trace = str(fields.get("exception") or "").rstrip()
        return line + "".join(f"\n    {one}" for one in trace.splitlines())


def error_line(lines: Iterable[str]) -> str:
    """Of a program's last lines the one that tells why it ended, in words; empty when there is none.

    A program that gives up may still report that it tidies up: what comes after its last error or plain line is that.
    """
    said = [line for line in _whole(lines) if not line.is_request]
    telling = [line for line in said if line.fields.get("level", "error") in ("error", "critical")]
    if telling and NODE_ENDED.fullmatch(telling[-1].text):  # its stack stands between the error and this
        telling = [line for line in telling if JAVASCRIPT_ERROR.match(line.text)] or telling
    return str((telling or said)[-1].fields.get("message", "")).strip() if said else ""


def _whole(lines: Iterable[str]) -> list[LogLine]:
    """The lines that say anything, but for the rest of a JSON line in front: what is kept of a log begins anywhere."""
    said = [LogLine("", "", "", line) for line in lines if line.strip()]
    if said and said[0].text.rstrip().endswith("}") and said[0].record is None:
        is_rest = '":' in said[0].text or any(line.record is not None for line in said[1:])
        return said[1:] if is_rest else said
    return said


def message_of(line: str) -> str:
    """A line's message: of a JSON line its field, else the line."""
    return str(LogLine("", "", "", line).fields.get("message", line))


def last_said(lines: Sequence[str]) -> Condition:
    """What a program said last: with its code, where it reported one, else the line that tells why it ended."""
    reported = last_conditions(lines)
    return reported[-1] if reported else Condition("", error_line(lines))


def said(tier: str, pod: str, text: str) -> LogLine:
    """A line whose time stands in itself, if anywhere: as a field, or at its beginning."""
    line = LogLine(tier, pod, "", text)
    found = TIME.match(str(line.fields.get("time") or text))
    return replace(line, time=_time(found[0])) if found else line


def of_kubectl(raw: str) -> LogLine | None:
    """A line of `kubectl logs --prefix --timestamps`; None for what is none."""
    found = KUBECTL.fullmatch(raw.rstrip("\n"))
    if found is None:
        return None
    when = TIME.match(found["time"])
    own = said(found["tier"], found["pod"], found["text"])
    return own if own.time or when is None else replace(own, time=_time(when[0]))


def in_order(lines: Iterable[LogLine]) -> list[LogLine]:
    """By time; a line without one stays behind what its pod said before it."""
    return sorted(_dated(lines), key=lambda line: line.time)


def _dated(lines: Iterable[LogLine]) -> Iterator[LogLine]:
    last: dict[str, str] = {}
    for line in lines:
        last[line.pod] = line.time or last.get(line.pod, "")
        yield replace(line, time=last[line.pod])


def _time(text: str) -> str:
    """To milliseconds, so that the clocks of all components compare as text."""
    moment = datetime.fromisoformat(text.replace(" ", "T").replace(",", ".")[:26]).replace(tzinfo=UTC)
    return moment.isoformat(timespec="milliseconds")
