"""kubectl and helm against one context and namespace."""

import json
from dataclasses import dataclass
from typing import Any

from todo_cli.cluster import fixes
from todo_cli.programs import ProgramFailed, Result, capture

Json = dict[str, Any]


@dataclass(frozen=True)
class Cluster:
    """A cluster by its kubectl context, and our namespace and release in it.

    `image_command` brings Docker's `{image}` into its nodes; empty where that is not known.
    """

    kubectl_program: str
    helm_program: str
    context: str
    namespace: str
    release: str = "todo-stack"
    image_command: str = ""

    def kubectl(self, *arguments: str, stdin: str | None = None, check: bool = True, timeout: float = 300) -> Result:
        """Run kubectl in our namespace."""
        return self._run([*self.kubectl_command, *arguments], stdin=stdin, check=check, timeout=timeout)

    @property
    def kubectl_command(self) -> list[str]:
        """kubectl with our context and namespace."""
        return [self.kubectl_program, "--context", self.context, "--namespace", self.namespace]

    def helm(self, *arguments: str, stdin: str | None = None, check: bool = True, timeout: float = 600) -> Result:
        """Run helm in our namespace."""
        command = [self.helm_program, "--kube-context", self.context, "--namespace", self.namespace, *arguments]
        return self._run(command, stdin=stdin, check=check, timeout=timeout)

    def get(self, *arguments: str, check: bool = True) -> Json:
        """What `kubectl get` answers as JSON; an empty object when it fails and `check` is off."""
        result = self.kubectl("get", *arguments, "-o", "json", check=check)
        return json.loads(result.stdout) if result.ok else {}

    def items(self, *arguments: str, check: bool = True) -> list[Json]:
        """The objects of a `kubectl get` list."""
        found: list[Json] = self.get(*arguments, check=check).get("items", [])
        return found

    def apply(self, manifest: Json) -> None:
        """Make the object as given, keeping what others set on it. Goes through stdin: it may hold secrets."""
        self.kubectl(
            "apply", "--server-side", "--field-manager=todo-cli", "--force-conflicts", "-f", "-",
            stdin=json.dumps(manifest),
        )  # fmt: skip

    def reachable(self) -> bool:
        """Does the API server answer?"""
        return self.kubectl("get", "--raw", "/readyz", "--request-timeout=5s", check=False, timeout=15).ok

    def _run(self, command: list[str], *, stdin: str | None, check: bool, timeout: float) -> Result:
        try:
            return capture(command, stdin=stdin, check=check, timeout=timeout)
        except ProgramFailed as error:
            error.fix = fixes.refused(self, error.output) or error.fix
            raise

    @property
    def ours(self) -> str:
        """Selects the objects of our release."""
        return f"app.kubernetes.io/instance={self.release}"
