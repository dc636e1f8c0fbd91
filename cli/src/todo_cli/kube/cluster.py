"""kubectl and helm against one context and namespace."""

import json
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from todo_cli.programs import ProgramFailed, Result, capture

Json = dict[str, Any]
ROLLOUT_SECONDS = 600.0


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

    def port_forward_command(self, target: str, ports: str) -> list[str]:
        """kubectl that leads from a port of this machine to one of `target`, FROM:TO or :TO (any free one)."""
        return [*self.kubectl_command, "port-forward", "--address", "127.0.0.1", target, ports]

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

    def wait_for_rollout(self, deployment: str, *, seconds: float = ROLLOUT_SECONDS, check: bool = True) -> None:
        """Wait until `deployment/NAME` runs its present template with all its pods; `check`: raise when it does not."""
        status = ("rollout", "status", deployment, f"--timeout={seconds:.0f}s")
        self.kubectl(*status, check=check, timeout=seconds + 10)

    def reachable(self) -> bool:
        """Does the API server answer? One that is down says so at once, a busy one takes its time."""
        return self.kubectl("get", "--raw", "/readyz", "--request-timeout=20s", check=False, timeout=30).ok

    def _run(self, command: list[str], *, stdin: str | None, check: bool, timeout: float) -> Result:
        try:
            return capture(command, stdin=stdin, check=check, timeout=timeout)
        except ProgramFailed as error:
            error.fix = self.refusal_fix(error.output) or error.fix
            raise

    @property
    def ours(self) -> str:
        """Selects the objects of our release."""
        return f"app.kubernetes.io/instance={self.release}"

    def kubectl_line(self, *words: str) -> str:
        """A kubectl command in our namespace, as one types it."""
        return self.context_line("-n", self.namespace, *words)

    def context_line(self, *words: str) -> str:
        """A kubectl command about the whole cluster, as one types it."""
        return " ".join((_typed(self.kubectl_program), "--context", shlex.quote(self.context), *words))

    def helm_line(self, *words: str) -> str:
        """A helm command in our namespace, as one types it."""
        options = ("--kube-context", shlex.quote(self.context), "-n", self.namespace)
        return " ".join((_typed(self.helm_program), *options, *words))

    def refusal_fix(self, output: str) -> str | None:
        """The fix for a kubectl or helm that the cluster refused with this output; None when it was something else."""
        if re.search(r"\(Unauthorized\)|must be logged in|provide credentials", output):
            return f"sign in to the cluster again; who you are there: {self.context_line('config view --minify')}"
        if "being terminated" in output:
            gone = self.context_line(f"wait --for=delete namespace/{self.namespace} --timeout=5m")
            return f"{gone}, then the same ./todo again"
        if re.search(r"\(Forbidden\)|is forbidden", output):
            return f"ask for the right; what you may: {self.kubectl_line('auth can-i --list')}"
        return None


def _typed(program: str) -> str:
    """A program as one types it: by its name where the shell finds this very one, else by its path."""
    name = Path(program).name
    return name if program == name or shutil.which(name) == program else shlex.quote(program)
