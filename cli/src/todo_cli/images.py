"""The two images: built when their content changed, named and labelled by it."""

import os
import re
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from todo_cli.content import content_hash
from todo_cli.errors import Problem
from todo_cli.kube.docker import buildx_problem, in_docker
from todo_cli.layout import Layout
from todo_cli.process_environment import clean_environment
from todo_cli.programs import Command, capture, stream
from todo_cli.progress import Step

# For `docker build`, split as a shell would: --build-arg and --secret for a mirror, a certificate authority, a digest.
BUILD_OPTIONS = "TODO_BUILD_OPTIONS"
BASE_DIGEST = "org.opencontainers.image.base.digest"


@dataclass(frozen=True)
class Image:
    """An image of this checkout: its tag is the name of its build context's content."""

    tier: str
    context: Path

    @cached_property
    def tag(self) -> str:
        """12 hexadecimal digits that change with the content, as it is when first asked: a build keeps its name."""
        return content_hash(self.context)

    @property
    def reference(self) -> str:
        """Name and tag."""
        return f"todo-{self.tier}:{self.tag}"

    @property
    def revision(self) -> str:
        """The commit that last changed the build context; the tag when there are changes that are no commit yet."""
        changed = capture([*GIT, "status", "--porcelain", "--", "."], cwd=self.context, check=False)
        commit = capture([*GIT, "log", "-1", "--format=%H", "--", "."], cwd=self.context, check=False)
        if changed.ok and not changed.stdout.strip() and commit.stdout.strip():
            return commit.stdout.strip()
        return f"content-{self.tag}"


GIT = ("git", "-c", "safe.directory=*")


def images_of(layout: Layout) -> list[Image]:
    """The stack's images."""
    return [Image("backend", layout.backend), Image("frontend", layout.frontend)]


def build(image: Image, layout: Layout, step: Step) -> bool:
    """Build the image unless Docker has it already; True if it was built."""
    if in_docker(image.reference):
        return False
    log = run_build(image, layout, step, "--tag", image.reference, *_labels(image, layout))
    if not in_docker(image.reference):
        raise Problem(f"docker build ended well, but there is no image {image.reference}", fix=f"see {log}")
    return True


def write_sbom(image: Image, layout: Layout, folder: Path, step: Step) -> Path:
    """Write the image's bill of materials (CycloneDX) into the folder, named as the image."""
    file = folder / f"todo-{image.tier}-{image.tag}.cdx.json"
    run_build(image, layout, step, "--target", "sbom", "--output", f"type=local,dest={folder}")
    (folder / f"{image.tier}.cdx.json").replace(file)
    return file


def run_build(image: Image, layout: Layout, step: Step, *options: str) -> Path:
    """`docker build` of the image's context with these options and the user's; gives its log."""
    if problem := buildx_problem():
        raise problem
    log = layout.logs / f"build-{image.tier}.log"
    command: Command = ["docker", "build", "--progress", "plain", *options, *build_options(), image.context]
    stream(
        command,
        log=log,
        env=clean_environment(DOCKER_BUILDKIT="1"),
        on_line=lambda line: step.output(_build_line(line)),
        fix=f"the whole output is in {log}",
    )
    return log


def version_of(layout: Layout) -> str:
    """The product's version: the chart's appVersion."""
    found = re.search(r'^appVersion: *"?([^"\s]+)', (layout.chart / "Chart.yaml").read_text(), re.MULTILINE)
    return found[1] if found else "unknown"


def source_of(layout: Layout) -> str | None:
    """The URL that the checkout came from, without the user and password in it; None when it came from no URL."""
    origin = capture([*GIT, "remote", "get-url", "origin"], cwd=layout.root, check=False)
    address = origin.stdout.strip() if origin.ok else ""
    if short := re.fullmatch(r"([\w.-]+@[\w.-]+):([\w./-]+)", address):  # as ssh takes it
        return f"ssh://{short[1]}/{short[2]}"
    if "://" not in address:
        return None
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _build_line(line: str) -> str:
    """BuildKit's line without its step number."""
    return re.sub(r"^#\d+ ", "", line)


def build_options() -> list[str]:
    """The user's options for `docker build`."""
    try:
        return shlex.split(os.environ.get(BUILD_OPTIONS, ""))
    except ValueError as error:
        raise Problem(f"{BUILD_OPTIONS} cannot be understood: {error}", fix=f"unset {BUILD_OPTIONS}") from None


def _labels(image: Image, layout: Layout) -> list[str]:
    """Options that fill in the image's labels; they change none of its layers."""
    values = {"VERSION": version_of(layout), "REVISION": image.revision}
    if source := source_of(layout):
        values["SOURCE"] = source
    options = [part for name, value in values.items() for part in ("--build-arg", f"{name}={value}")]
    given = re.search(r"(?:PYTHON|NODE)_IMAGE=\S+@(sha256:[0-9a-f]{64})", " ".join(build_options()))
    return options + (["--label", f"{BASE_DIGEST}={given[1]}"] if given else [])
