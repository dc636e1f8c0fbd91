"""What a check works with: tools that keep a record of what was done and seen, and figures beside their limits."""

import json
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

import pytest

from acceptance.api_client import Answer, ApiClient, ask_again
from acceptance.clients import UNAVAILABLE
from acceptance.contention import BUSY, Contention
from acceptance.findings import Figure
from acceptance.stack import Stack
from todo_cli.kube.cluster import Cluster, Json
from todo_cli.process_environment import clean_environment
from todo_cli.programs import Result, capture

COMMAND_LENGTH = 160
UNREADY_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


@dataclass
class Inspection:
    """One check at work."""

    stack: Stack
    did: list[str] = field(default_factory=list)
    saw: list[str] = field(default_factory=list)
    picture: str = ""

    def on(self, other: Stack) -> "Inspection":
        """The same record, on another release."""
        return replace(self, stack=other)

    def require(self, holds: bool, seen: str) -> None:
        """Note what was seen; fails with it when it is not what is asked."""
        if not holds:
            pytest.fail(seen)
        self.saw.append(seen)

    def kubectl(self, *arguments: str, cluster: Cluster | None = None, check: bool = True, timeout: float = 60) -> str:
        """What kubectl prints, in the stack's namespace or in that of `cluster`."""
        cluster = cluster or self.stack.cluster
        self.note("kubectl", "-n", cluster.namespace, *arguments)
        result = cluster.kubectl(*arguments, check=check, timeout=timeout)
        return result.stdout or result.stderr

    def wait_for_rollout(self, deployment: str) -> None:
        """Wait until `deployment/NAME` runs its present template with all its pods."""
        self.note("kubectl", "-n", self.stack.cluster.namespace, "rollout", "status", deployment)
        self.stack.cluster.wait_for_rollout(deployment)

    def get(self, *arguments: str, cluster: Cluster | None = None) -> Json:
        """An object of the cluster, or a list of them."""
        found: Json = json.loads(self.kubectl("get", *arguments, "-o", "json", cluster=cluster))
        return found

    def items(self, *arguments: str, cluster: Cluster | None = None) -> list[Json]:
        """The objects of a list."""
        found: list[Json] = self.get(*arguments, cluster=cluster)["items"]
        return found

    def helm(self, *arguments: str, stdin: str | None = None, check: bool = True) -> Result:
        """Run helm in the stack's namespace."""
        self.note("helm", *arguments)
        return self.stack.cluster.helm(*arguments, stdin=stdin, check=check)

    def docker(self, *arguments: str, cwd: Path | None = None, stdin: str | None = None, timeout: float = 600) -> str:
        """What docker prints; what nobody may see goes in through `stdin`."""
        self.note("docker", *arguments)
        env = clean_environment(DOCKER_BUILDKIT="1")
        return capture(["docker", *arguments], cwd=cwd, stdin=stdin, env=env, timeout=timeout).stdout

    def client(self) -> ApiClient:
        """A client at the public address that is not signed in."""
        return ApiClient(self.stack.address)

    @contextmanager
    def signed_up_client(self) -> Iterator[ApiClient]:
        """A client that is signed up; fails where that does not go. See `leaving`."""
        client = self.client()
        client.choose_name()
        with self.leaving(client):
            self.note("curl", "-X", "POST", f"{client.address}/api/auth/sign-up/email")
            answer = self.patiently(client.sign_up)
            if answer.status != 200:
                pytest.fail(f"nobody can sign up: {answer.status} {answer.error or answer.body}")
            yield client

    @contextmanager
    def leaving(self, client: ApiClient) -> Iterator[None]:
        """Deletes the client's account at the end, however that comes; fails where one would stay.

        A release that goes when the run ends takes its accounts with it.
        """
        try:
            yield
        except BaseException:
            if why := self._remove(client):
                self.saw.append(why)
            raise
        if why := self._remove(client):
            pytest.fail(why)

    def _remove(self, client: ApiClient) -> str:
        return "" if self.stack.passing else client.remove()

    def request(self, client: ApiClient, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """A request through the public address."""
        self.note("curl", "-X", method, f"{client.address}{path}")
        return client.request(method, path, body, **headers)

    def ask(self, client: ApiClient, method: str, path: str, body: object = None) -> Answer:
        """A request that is about its answer, and not about how soon or how certainly there is one."""
        return self.patiently(lambda: self.request(client, method, path, body))

    @staticmethod
    def patiently(send: Callable[[], Answer]) -> Answer:
        """What `send` brings, done again while no pod is Ready that could answer."""
        return ask_again(send, UNREADY_WAITS, lambda answer: answer.status in UNAVAILABLE)

    def note(self, *command: str) -> None:
        """Keep a command in the record, once for each time in a row."""
        line = shlex.join(command)
        line = line if len(line) <= COMMAND_LENGTH else f"{line[: COMMAND_LENGTH - 3]}..."
        if not self.did or self.did[-1] != line:
            self.did.append(line)


class Measure:
    """Keeps measured values beside their limits, as properties of the test, and fails where one is beyond.

    A limit in seconds is one of a machine that has nothing else to do: on a busy one the check is skipped instead. So
    it is with a limit of anything else where `contention` says how busy the machine was meanwhile.
    """

    def __init__(self, record_property: Callable[[str, object], None]) -> None:
        self._record = record_property

    def __call__(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        contention: float | None = None,
    ) -> None:
        """Keep a value; exactly one limit is given."""
        limit = at_least if at_most is None else at_most
        assert limit is not None, "a figure needs its limit"
        figure = Figure(name, value, unit, limit, at_least=at_least is not None)
        self._record(name, figure)
        if not figure.ok:
            if contention is None:
                contention = Contention.now() if unit == "s" else 1.0
            beyond_limit(str(figure), contention)


def beyond_limit(words: str, contention: float) -> NoReturn:
    """Fail with these words, or skip where everything took so many times as long as alone that they say nothing."""
    if contention < BUSY:
        pytest.fail(words)
    pytest.skip(f"{words}, where other work makes everything take {contention:.1f} times as long as alone")


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started
