"""The docker program: does its engine answer, can it build, and what does it have."""

from todo_cli.errors import Problem
from todo_cli.programs import MISSING, Result, capture

INFO_SECONDS = 15


def engine_info(template: str) -> Result:
    """What Docker's engine tells of itself, as a Go template has it; failed where it does not answer."""
    return capture(["docker", "info", "--format", template], check=False, timeout=INFO_SECONDS)


def docker_problem(otherwise: str = "") -> Problem | None:
    """None when Docker's engine answers. `otherwise`: what can be done instead, where there is something."""

    def or_else(comma: str) -> str:
        return f"{comma}or {otherwise}" if otherwise else ""

    result = engine_info("{{.ServerVersion}}")
    if result.ok and result.stdout.strip():
        return None
    if result.code == MISSING:
        return Problem("Docker is not installed", fix=f"https://docs.docker.com/get-docker/{or_else(', ')}")
    if "permission denied" in result.stderr.lower():
        return Problem(
            "Docker refuses this user", fix=f"sudo usermod -aG docker $USER, then sign in again{or_else('; ')}"
        )
    return Problem(
        "Docker's engine does not answer",
        fix=f"start Docker Desktop, or: sudo systemctl start docker{or_else('; ')}",
    )


def buildx_problem(otherwise: str = "") -> Problem | None:
    """None when docker can build images. `otherwise`: what can be done instead, where there is something."""
    if capture(["docker", "buildx", "version"], check=False, timeout=INFO_SECONDS).ok:
        return None
    return Problem(
        "docker's buildx, which builds images, is not installed or does not start",
        fix="https://docs.docker.com/go/buildx/ (the package docker-buildx-plugin of Docker's own, docker-buildx of "
        "Debian and Ubuntu)" + (f", or {otherwise}" if otherwise else ""),
    )


def in_docker(reference: str) -> bool:
    """Does Docker have the image?"""
    return capture(["docker", "image", "inspect", "--format", "{{.Id}}", reference], check=False).ok
