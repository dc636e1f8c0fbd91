"""The two images: how they are built, from what, how large, how fast."""

import json
import re
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from acceptance.checks.objects import deployment_of
from acceptance.contention import Contention
from acceptance.inspection import Inspection, Measure, Stopwatch, beyond_limit
from todo_cli.images import BASE_DIGEST, build_options
from todo_cli.kube.docker import docker_problem, in_docker
from todo_cli.programs import ProgramFailed, capture

MEGABYTE = 1_000_000
BASE_NAME = "org.opencontainers.image.base.name"
BASES = {"backend": "python:3.13-slim", "frontend": "node:20-alpine"}
SIZES = {"backend": 200, "frontend": 150}  # MB
BUILD_SECONDS = {"backend": 180, "frontend": 240}
FIRST_BUILD_SECONDS = 1200
NOT_COPIED = shutil.ignore_patterns("node_modules", ".next", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache")
CHANGED_LINE = {
    "backend": ("src/todo_backend/app.py", "\n# changed: {}\n"),
    "frontend": ("app/layout.tsx", "\n// changed: {}\n"),
}


@dataclass(frozen=True)
class Stage:
    """A stage of a Dockerfile: its name, what it starts from (arguments filled in), and its instructions."""

    name: str
    base: str
    instructions: list[str]


def stages_of(stack: Inspection, tier: str) -> list[Stage]:
    """The stages of a tier's Dockerfile, with the defaults of its arguments."""
    file = stack.stack.root / tier / "Dockerfile"
    stack.note("cat", f"{tier}/Dockerfile")
    text = re.sub(r"(?m)^\s*#.*\n", "", file.read_text()).replace("\\\n", " ")
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for line in (line.strip() for line in text.splitlines() if line.strip()):
        word, _, rest = line.partition(" ")
        if word.upper() == "ARG" and not stages:
            name, _, default = rest.strip().partition("=")
            arguments[name] = default
        elif word.upper() == "FROM":
            base, _, name = re.sub(r"--\S+\s+", "", rest.strip()).partition(" AS ")
            base = re.sub(r"\$\{?(\w+)\}?", lambda match: arguments.get(match.group(1), ""), base)
            stages.append(Stage(name.strip() or str(len(stages)), base.strip(), []))
        elif stages:
            stages[-1].instructions.append(line)
    return stages


def root_of(stages: list[Stage], stage: Stage) -> str:
    """The image from outside that a stage rests on."""
    named = {one.name: one for one in stages}
    while stage.base in named:
        stage = named[stage.base]
    return stage.base


def local_image(stack: Inspection, tier: str) -> str:
    """The deployed image, where this machine's Docker has it; skips the check where it has not."""
    if problem := docker_problem():
        pytest.skip(f"images are looked at by Docker: {problem.message}")
    image = stack.stack.image(tier)
    if not stack.docker("image", "ls", "--quiet", image).strip():
        pytest.skip(f"Docker does not have the deployed image {image}")
    return image


@pytest.mark.clause("FR-001")
def test_dockerfiles_have_stages(stack: Inspection) -> None:
    """The stages of both Dockerfiles."""
    for tier in ("backend", "frontend"):
        stages = stages_of(stack, tier)
        names = ", ".join(stage.name for stage in stages)
        copies = any("--from=" in line for line in stages[-1].instructions)
        stack.require(
            len(stages) > 1 and copies, f"{tier}: {len(stages)} stages ({names}); the last copies from others"
        )


@pytest.mark.clause("FR-002", "US2-1")
def test_backend_on_python_slim_by_uv(stack: Inspection) -> None:
    """The base of the backend's last stage, who installs its packages, and the Python in the deployed image."""
    stages = stages_of(stack, "backend")
    stack.require(root_of(stages, stages[-1]) == BASES["backend"], f"it rests on {root_of(stages, stages[-1])}")
    installs = [
        line for stage in stages for line in stage.instructions if re.search(r"\b(uv|pip) (pip )?(install|sync)", line)
    ]
    stack.require(
        bool(installs) and all(re.search(r"\buv (pip )?(install|sync)", line) for line in installs),
        f"{len(installs)} installing step(s), all by uv",
    )
    image = local_image(stack, "backend")
    version = stack.docker("run", "--rm", "--network", "none", image, "python", "--version").strip()
    stack.require(version.startswith("Python 3.13."), f"{image} runs {version}")


@pytest.mark.clause("FR-003", "US2-2")
def test_frontend_in_three_stages(stack: Inspection) -> None:
    """The frontend's stages and their base, and the Node.js in the deployed image."""
    stages = stages_of(stack, "frontend")
    installs = [stage.name for stage in stages if any("npm ci" in line for line in stage.instructions)]
    builds = [stage.name for stage in stages if any("npm run build" in line for line in stage.instructions)]
    last = stages[-1]
    separate = bool(installs and builds) and len({*installs, *builds, last.name}) >= 3
    stack.require(separate, f"dependencies in {installs}, build in {builds}, runtime in {last.name}")
    for stage in (name for name in stages if name.name in {*installs, *builds, last.name}):
        base = root_of(stages, stage)
        stack.require(base == BASES["frontend"], f"{stage.name} rests on {base}")
    image = local_image(stack, "frontend")
    version = stack.docker("run", "--rm", "--network", "none", image, "node", "--version").strip()
    stack.require(version.startswith("v20."), f"{image} runs Node.js {version}")


@pytest.mark.clause("FR-004")
def test_backend_port(stack: Inspection) -> None:
    """The ports that the backend's image exposes and its container serves."""
    _port(stack, "backend", 8000)


@pytest.mark.clause("FR-005")
def test_frontend_port(stack: Inspection) -> None:
    """The ports that the frontend's image exposes and its container serves."""
    _port(stack, "frontend", 3000)


@pytest.mark.clause("FR-018")
def test_standalone_output(stack: Inspection) -> None:
    """What the frontend's runtime holds: Next.js's standalone server, and no package that only a build needs."""
    image = local_image(stack, "frontend")
    look = (
        "const fs=require('fs');console.log(JSON.stringify({server:fs.existsSync('server.js'),"
        "packages:fs.readdirSync('node_modules'),source:fs.existsSync('app')||fs.existsSync('next.config.ts')}))"
    )
    seen = json.loads(stack.docker("run", "--rm", "--network", "none", image, "node", "-e", look))
    build_only = {"typescript", "eslint", "vitest", "@playwright", "prettier"} & set(seen["packages"])
    stack.require(seen["server"], f"server.js, the standalone server: {'there' if seen['server'] else 'missing'}")
    stack.require(not seen["source"], f"source of the app: {'there' if seen['source'] else 'none'}")
    stack.require(not build_only, f"{len(seen['packages'])} packages; of the build's: {sorted(build_only) or 'none'}")


@pytest.mark.clause("SC-002")
def test_backend_size(stack: Inspection, measure: Measure) -> None:
    """The layers of the backend's image above the base that its labels name."""
    _size(stack, measure, "backend")


@pytest.mark.clause("SC-003")
def test_frontend_size(stack: Inspection, measure: Measure) -> None:
    """The layers of the frontend's image above the base that its labels name."""
    _size(stack, measure, "frontend")


@pytest.mark.clause("US2-3")
def test_both_sizes(stack: Inspection, measure: Measure) -> None:
    """The layers of both images above the bases that their labels name."""
    for tier in BASES:
        _size(stack, measure, tier)


@pytest.mark.clause("SC-009")
@pytest.mark.slow
def test_backend_warm_build(stack: Inspection, measure: Measure) -> None:
    """The backend's image built anew after a change of one source line, its other layers cached."""
    _warm_build(stack, measure, "backend")


@pytest.mark.clause("SC-010")
@pytest.mark.slow
def test_frontend_warm_build(stack: Inspection, measure: Measure) -> None:
    """The frontend's image built anew after a change of one source line, its other layers cached."""
    _warm_build(stack, measure, "frontend")


def _port(stack: Inspection, tier: str, port: int) -> None:
    container = deployment_of(stack, tier)["spec"]["template"]["spec"]["containers"][0]
    served = [one["containerPort"] for one in container.get("ports", [])]
    stack.require(served == [port], f"the container serves {served}")
    image = local_image(stack, tier)
    exposed = json.loads(stack.docker("image", "inspect", "--format", "{{json .Config.ExposedPorts}}", image)) or {}
    stack.require(f"{port}/tcp" in exposed, f"{image} exposes {', '.join(exposed) or 'nothing'}")


def _size(stack: Inspection, measure: Measure, tier: str) -> None:
    image = local_image(stack, tier)
    base = _base_of(stack, image, tier)
    above = (_bytes(stack, image) - _bytes(stack, base)) / MEGABYTE
    measure(f"{tier} above {base}", above, "MB", at_most=SIZES[tier])


def _base_of(stack: Inspection, image: str, tier: str) -> str:
    """The image that this one rests on, as Docker has it; skips the check where it does not have that one."""
    labels = json.loads(stack.docker("image", "inspect", "--format", "{{json .Config.Labels}}", image)) or {}
    name, digest = labels.get(BASE_NAME, BASES[tier]), labels.get(BASE_DIGEST)
    known = name.partition("@")[0]
    stack.require(known == BASES[tier] or known.endswith(f"/{BASES[tier]}"), f"{image} rests on {name}")
    base = f"{known}@{digest}" if digest else name
    if not in_docker(base):
        pytest.skip(f"Docker does not have {base}, which {image} rests on: docker pull {base}")
    layers, base_layers = _layers(stack, image), _layers(stack, base)
    if layers[: len(base_layers)] != base_layers:
        pytest.skip(
            f"{image} rests on another {base} than Docker has now, so its own layers are not known: "
            f"docker image rm {image}, then ./todo up"
        )
    return base


def _layers(stack: Inspection, image: str) -> list[str]:
    found: list[str] = json.loads(stack.docker("image", "inspect", "--format", "{{json .RootFS.Layers}}", image))
    return found


def _bytes(stack: Inspection, image: str) -> int:
    """Uncompressed size of an image's layers."""
    sizes = stack.docker("history", "--human=false", "--format", "{{.Size}}", image)
    return sum(int(float(size)) for size in sizes.split())


def _warm_build(stack: Inspection, measure: Measure, tier: str) -> None:
    if problem := docker_problem():
        pytest.skip(f"images are built by Docker: {problem.message}")
    name, limit = f"todo-verify-{tier}-{secrets.token_hex(4)}", BUILD_SECONDS[tier]
    warming, warm = f"{name}:warming", f"{name}:warm"  # under one name the first would stay, nameless
    build = ("build", "--quiet", *build_options(), "--tag")
    try:
        with tempfile.TemporaryDirectory(prefix="todo-verify-") as folder:
            context = Path(folder) / tier
            shutil.copytree(stack.stack.root / tier, context, ignore=NOT_COPIED)
            stack.docker(*build, warming, str(context), timeout=FIRST_BUILD_SECONDS)
            file, line = CHANGED_LINE[tier]
            with (context / file).open("a") as source:
                source.write(line.format(secrets.token_hex(8)))  # never built before
            watch = Stopwatch()
            try:
                with Contention() as contention:
                    stack.docker(*build, warm, str(context), timeout=limit)
            except ProgramFailed as problem:
                if problem.code is not None:
                    raise
                beyond_limit(f"{tier}: not built again within {limit} s", contention.times)
            seconds = watch.seconds
    finally:
        capture(["docker", "image", "rm", "--force", warming, warm], check=False)
    measure(f"{tier} built again", seconds, "s", at_most=limit)
