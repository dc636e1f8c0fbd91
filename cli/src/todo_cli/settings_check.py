"""The settings as the tiers judge them: each tier's own `check` command, run from the sources or in its image."""

from dataclasses import dataclass
from pathlib import Path

from todo_cli.conditions import Condition, last_conditions
from todo_cli.errors import Problem
from todo_cli.images import images_of
from todo_cli.kube.docker import in_docker
from todo_cli.layout import Layout
from todo_cli.process_environment import clean_environment
from todo_cli.programs import Result, capture, last_lines
from todo_cli.progress import Step, Steps
from todo_cli.settings import BACKEND_NAMES, FRONTEND_NAMES, SECRET_MINIMUM, Settings, settings_problem
from todo_cli.tools import find_node, prepared_node, prepared_python, python_environment

CHECK_SECONDS = 60
EXIT_REFUSED = 78


@dataclass(frozen=True)
class Tier:
    """A tier's check: the settings that it reads, what is in the place of those that `up` makes, and its command."""

    name: str
    reads: tuple[str, ...]
    made: dict[str, str]
    command: tuple[str, ...]
    needs: str


DATABASE = {"DATABASE_URL": "postgresql://made-by-up@localhost/todo"}
ADDRESS = "http://localhost"
BACKEND = Tier(
    "backend",
    ("DATABASE_URL", "OPENAI_API_KEY", *BACKEND_NAMES),
    DATABASE | {"AUTH_JWKS_URL": ADDRESS},
    ("python", "-m", "todo_backend", "check", "--json"),
    "its Python packages",
)
FRONTEND = Tier(
    "frontend",
    ("DATABASE_URL", "BETTER_AUTH_SECRET", "BETTER_AUTH_SECRETS", "SMTP_URL", *FRONTEND_NAMES),
    DATABASE | {"BETTER_AUTH_SECRET": "x" * SECRET_MINIMUM, "BACKEND_URL": ADDRESS},
    ("node", "check.mjs", "--json"),
    "Node.js",
)


@dataclass(frozen=True)
class Judgement:
    """What is wrong with the settings, a line for each, and in words which tier could not be asked and why."""

    problems: list[str]
    not_asked: list[str]


def judge(layout: Layout, settings: Settings, step: Step | None = None) -> Judgement:
    """What is wrong with the file, and what each tier that reads any of its settings finds wrong with them.

    With `step`, what a tier's check needs is fetched where it is missing. One problem is told of a setting.
    """
    problems = settings.problems()
    not_asked = []
    for tier in (BACKEND, FRONTEND):
        given = settings.only(*tier.reads)
        try:
            for found in _ask(tier, layout, tier.made | given, step) if given else ():
                if not any(line.startswith(f"{found.setting}: ") for line in problems):
                    problems.append(found.detail)
        except Problem as reason:
            not_asked.append(f"the {tier.name} has not judged its settings: {reason.message}")
    return Judgement(problems, not_asked)


def check_settings(layout: Layout, settings: Settings, steps: Steps) -> None:
    """The first step of what uses the settings, if any are given. Raises Problem with all that is wrong with them."""
    if settings.problems():  # nothing needs to be fetched to say so
        raise settings_problem(settings.file, judge(layout, settings).problems)
    if not settings.only(*BACKEND.reads, *FRONTEND.reads):
        return
    with steps.step("Settings") as step:
        judgement = judge(layout, settings, step)
        if judgement.problems:
            raise settings_problem(settings.file, judgement.problems)
        step.done("; ".join(judgement.not_asked) or "well-formed")


def _ask(tier: Tier, layout: Layout, environment: dict[str, str], step: Step | None) -> list[Condition]:
    """What the tier's check finds wrong. Raises Problem where it cannot be run."""
    image = next(image for image in images_of(layout) if image.tier == tier.name)
    if program := _program(tier, layout, None):
        result = _run_here(program, tier, image.context, environment)
    elif in_docker(image.reference):
        result = _run_in_image(image.reference, tier, environment)
    elif step and (program := _program(tier, layout, step)):
        result = _run_here(program, tier, image.context, environment)
    else:
        raise Problem(f"neither {tier.needs} nor its image are here yet")
    found = last_conditions(result.stdout.split("\n"))
    if result.code not in (0, EXIT_REFUSED) or bool(found) == result.ok:
        said = "".join(last_lines(result.stdout + result.stderr, 1))
        raise Problem(f"its check ended with exit code {result.code}" + (f": {said}" if said else ""))
    return found


def _program(tier: Tier, layout: Layout, step: Step | None) -> Path | None:
    """The interpreter that can run the tier's sources, if it is here or, with `step`, once it is fetched."""
    if tier is FRONTEND:
        return Path(find_node(layout, step).node) if step else prepared_node(layout)
    lock = layout.backend / "requirements.lock"
    return python_environment(layout, "backend", lock, step) if step else prepared_python(layout, "backend", lock)


def _run_here(program: Path, tier: Tier, sources: Path, environment: dict[str, str]) -> Result:
    """The check as it is in the sources."""
    env = clean_environment(**environment, PYTHONPATH=str(sources / "src"))
    return capture([program, *tier.command[1:]], cwd=sources, env=env, check=False, timeout=CHECK_SECONDS)


def _run_in_image(reference: str, tier: Tier, environment: dict[str, str]) -> Result:
    """The check of an image. The values go through the environment: anyone can read a command line."""
    names = [f"--env={name}" for name in environment]
    command = ["docker", "run", "--rm", "--network=none", *names, reference, *tier.command]
    return capture(command, env=clean_environment(**environment), check=False, timeout=CHECK_SECONDS)
