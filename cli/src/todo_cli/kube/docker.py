"""The docker program: does its engine answer, and what does it have."""

from todo_cli.errors import Problem
from todo_cli.programs import MISSING, Result, capture

INFO_SECONDS = 15


def engine_info(template: str) -> Result:
    """What Docker's engine tells of itself, as a Go template has it; failed where it does not answer."""
    return capture(["docker", "info", "--format", template], check=False, timeout=INFO_SECONDS)


def docker_problem() -> Problem | None:
    """None when Docker's engine answers."""
    result = engine_info("{{.ServerVersion}}")
    if result.ok and result.stdout.strip():
        return None
    if result.code == MISSING:
        return Problem(
            "Docker is not installed", fix="https://docs.docker.com/get-docker/, or ./todo up --engine process"
        )
    if "permission denied" in result.stderr.lower():
        return Problem("Docker refuses this user", fix="sudo usermod -aG docker $USER, then sign in again")
    return Problem(
        "Docker's engine does not answer",
        fix="start Docker Desktop, or: sudo systemctl start docker; or ./todo up --engine process",
    )


def in_docker(reference: str) -> bool:
    """Does Docker have the image?"""
    return capture(["docker", "image", "inspect", "--format", "{{.Id}}", reference], check=False).ok
