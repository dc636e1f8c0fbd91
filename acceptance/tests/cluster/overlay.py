"""A cluster as it would answer if one of its objects were another: looked at once, changed in the answers alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from acceptance.api_server import ReadCluster

from todo_cli.kube.cluster import Json
from todo_cli.programs import Result


@dataclass(frozen=True)
class Change:
    """An operation of JSON Patch (RFC 6902) on the object of this kind and name."""

    kind: str
    name: str
    op: str
    path: str
    value: Any = None

    def concerns(self, one: Json) -> bool:
        """Is it about this object?"""
        return one.get("kind") == self.kind and one["metadata"]["name"] == self.name

    def apply(self, one: Json) -> None:
        """Change the object."""
        *folders, last = (part.replace("~1", "/").replace("~0", "~") for part in self.path.split("/")[1:])
        place: Any = one
        for folder in folders:
            place = place[int(folder)] if isinstance(place, list) else place[folder]
        key: Any = int(last) if isinstance(place, list) else last
        if self.op == "remove":
            del place[key]
        elif self.op == "add" and isinstance(place, list):
            place.insert(key, self.value)
        else:
            assert self.op == "add" or isinstance(place, list) or key in place, f"{self.kind} has no {self.path}"
            place[key] = self.value


@dataclass(frozen=True)
class OverlaidCluster(ReadCluster):
    """A cluster whose objects are as `changes` make them, in what kubectl prints of them as JSON.

    Each question is asked once: `answers` is shared by those that overlay the same cluster, which must be at rest.
    """

    changes: tuple[Change, ...] = ()
    answers: dict[tuple[object, ...], Result] = field(default_factory=dict, compare=False)

    def kubectl(self, *arguments: str, stdin: str | None = None, check: bool = True, timeout: float = 300) -> Result:
        """What kubectl printed when it was asked first, changed."""
        result = self._once("kubectl", arguments, stdin, check, timeout)
        if not result.stdout.startswith("{"):
            return result
        found: Json = json.loads(result.stdout)
        for one in found.get("items", [found]):
            for change in self.changes:
                if change.concerns(one):
                    change.apply(one)
        return Result(result.code, json.dumps(found), result.stderr)

    def helm(self, *arguments: str, stdin: str | None = None, check: bool = True, timeout: float = 600) -> Result:
        """What helm printed when it was asked first."""
        return self._once("helm", arguments, stdin, check, timeout)

    def changed(self, *changes: Change) -> "OverlaidCluster":
        """The same cluster with these changes."""
        return replace(self, changes=changes)

    def _once(self, program: str, arguments: Sequence[str], stdin: str | None, check: bool, timeout: float) -> Result:
        question = (program, *arguments, stdin)
        if question not in self.answers:
            run = super().kubectl if program == "kubectl" else super().helm
            result = run(*arguments, stdin=stdin, check=check, timeout=timeout)
            if not result.ok or '"ready": false' in result.stdout:
                return result  # of a busy pod or server: the next look may find it well
            self.answers[question] = result
        return self.answers[question]
