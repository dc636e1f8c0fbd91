"""The two images: built when their content changed, and brought into the cluster for certain."""

import re
from dataclasses import dataclass
from pathlib import Path

from todo_cli.content import content_hash
from todo_cli.environment import clean_environment
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.programs import capture, stream
from todo_cli.progress import Step


@dataclass(frozen=True)
class Image:
    """An image of this checkout: its tag is the name of its build context's content."""

    tier: str
    context: Path

    @property
    def tag(self) -> str:
        """12 hexadecimal digits that change with the content."""
        return content_hash(self.context)

    @property
    def reference(self) -> str:
        """Name and tag."""
        return f"todo-{self.tier}:{self.tag}"


def images_of(layout: Layout) -> list[Image]:
    """The stack's images."""
    return [Image("backend", layout.backend), Image("frontend", layout.frontend)]


def in_docker(reference: str) -> bool:
    """Does Docker have the image?"""
    return capture(["docker", "image", "inspect", "--format", "{{.Id}}", reference], check=False).ok


def build(image: Image, layout: Layout, step: Step) -> bool:
    """Build the image unless Docker has it already; True if it was built."""
    if in_docker(image.reference):
        return False
    log = layout.logs / f"build-{image.tier}.log"
    stream(
        ["docker", "build", "--progress", "plain", "--tag", image.reference, image.context],
        log=log,
        env=clean_environment(DOCKER_BUILDKIT="1"),
        on_line=lambda line: step.output(_build_line(line)),
        fix=f"the whole output is in {log}",
    )
    if not in_docker(image.reference):
        raise Problem(f"docker build ended well, but there is no image {image.reference}", fix=f"see {log}")
    return True


def docker_problem() -> Problem | None:
    """None when Docker's engine answers."""
    result = capture(["docker", "info", "--format", "{{.ServerVersion}}"], check=False, timeout=15)
    if result.ok and result.stdout.strip():
        return None
    if result.code == 127:
        return Problem(
            "Docker is not installed", fix="https://docs.docker.com/get-docker/, or ./todo up --engine process"
        )
    if "permission denied" in result.stderr.lower():
        return Problem("Docker refuses this user", fix="sudo usermod -aG docker $USER, then sign in again")
    return Problem(
        "Docker's engine does not answer",
        fix="start Docker Desktop, or: sudo systemctl start docker; or ./todo up --engine process",
    )


def _build_line(line: str) -> str:
    """BuildKit's line without its step number."""
    return re.sub(r"^#\d+ ", "", line)
