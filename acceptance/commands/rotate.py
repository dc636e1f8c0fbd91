"""`todo rotate`: replace a secret under load, prove that people can go on, roll it back where they cannot."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.console import Console
from rich.text import Text

from acceptance.rotation import changes
from acceptance.rotation.changes import Change, SecretChange, SigningKeyChange
from todo_cli.engines.choose import cluster_engine
from todo_cli.engines.cluster import ClusterEngine
from todo_cli.errors import EXIT_FAILED, Problem
from todo_cli.kube.cluster import Cluster
from todo_cli.layout import Layout, find_layout
from todo_cli.progress import Steps, make_console
from todo_cli.settings import Settings, change_setting, keep_auth_secrets, line_of, read_settings
from todo_cli.settings_check import judge
from todo_cli.state import exclusive

if TYPE_CHECKING:
    from acceptance.clients import Tally
    from acceptance.load import WriteAudit
    from acceptance.rotation.proofs import Proof


class Key(StrEnum):
    """What can be rotated."""

    auth_secret = "auth-secret"  # noqa: S105 (a name)
    jwt_keys = "jwt-keys"
    openai_key = "openai-key"
    database_url = "database-url"


SETTINGS = {Key.openai_key: "OPENAI_API_KEY", Key.database_url: "DATABASE_URL"}
MEANS = {
    Key.auth_secret: "BETTER_AUTH_SECRETS has a new secret in front; the former ones still decrypt. Everybody signs in "
    "again. The frontend was rolled.",
    Key.jwt_keys: "The frontend signs with a new key; tokens of the former one are good until they run out (15 min), "
    "and it is published for 30 min. Nobody notices. No pod was replaced.",
    Key.openai_key: "OPENAI_API_KEY is the new one. Nobody notices. The backend was rolled.",
    Key.database_url: "DATABASE_URL is the new one. Nobody notices. Both tiers were rolled.",
}


# Which tiers' pods have the key.
TIERS = {
    Key.auth_secret: ("frontend",),
    Key.jwt_keys: (),
    Key.openai_key: ("backend",),
    Key.database_url: ("backend", "frontend"),
}


class Plan(NamedTuple):
    """A rotation: the change, how its value is kept for later runs of `up`, and what rolling it back leaves behind."""

    change: Change
    keep: Callable[[], str]
    left: str = ""


def rotate(
    key: Annotated[
        Key, typer.Argument(help="What to replace.", metavar="auth-secret|jwt-keys|openai-key|database-url")
    ],
    value_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="For openai-key and database-url: a file that holds the new value, which then goes into .env too. "
            "Without it .env has the new value already.",
        ),
    ] = None,
    timeout: Annotated[int, typer.Option(help="Seconds to wait for the new pods.")] = 180,
) -> None:
    """Replace a secret of the stack that is up, under load, and prove that people can go on.

    auth-secret: a new one signs sessions, so everybody signs in again. jwt-keys: the frontend signs tokens with a new
    key; the former one is good for 30 minutes more, and up to 5 until each backend pod has looked again.
    openai-key, database-url: the new value is one of yours.

    Pods that do not become ready, a proof that fails, or a value that cannot be kept, roll it back: the former Secret
    and the former revision.
    Exit code 0: rotated, every proof holds and no request failed; 1: not so.

    Examples: ./todo rotate auth-secret; ./todo rotate openai-key --value-file new-key.txt
    """
    layout = find_layout()
    engine = cluster_engine(layout, "secrets are rotated on a cluster")
    attached = engine.attached()
    from acceptance.api_server import reading
    from acceptance.load import Load, account
    from acceptance.rotation.proofs import Witness, at_work
    from acceptance.stack import Stack

    console = make_console()
    steps = Steps(console)
    with exclusive(layout), reading(attached) as cluster:
        planned = plan(key, layout, engine, cluster, value_file, timeout)
        change = planned.change
        with account(layout.address) as client:
            witness = Witness(client)
            load = Load(client, talkers=0, sign_in_again=key is Key.auth_secret)
            try:
                with load, rolled_back_on_failure(change, steps, planned.left):
                    with steps.step(f"Rotate {key.value}") as step:
                        change.make(step)
                        step.done("the pods run with it" if isinstance(change, SecretChange) else "done")
                    with steps.step("Prove") as step:
                        proofs = witness.proofs(key.value)
                        if isinstance(change, SecretChange):
                            stack = Stack(cluster, layout.address, layout.root)
                            proofs += [at_work(stack, tier, change.key, change.value) for tier in TIERS[key]]
                        held = [proof for proof in proofs if proof.ok]
                        step.done(f"{len(held)} of {len(proofs)} hold")
                        print_proofs(console, proofs)
                        if len(held) < len(proofs):
                            raise Problem(f"{len(proofs) - len(held)} proofs failed after {key.value} was rotated")
                    kept = keep(planned)
                audit = load.audit()
            except BaseException:
                print_load(console, load.tally, None)
                raise
    print_load(console, load.tally, audit)
    console.print(Text(f"{MEANS[key]} {kept}".strip()), soft_wrap=True)
    raise typer.Exit(EXIT_FAILED if load.tally.failed or audit.lost or audit.doubled else 0)


def keep(planned: Plan) -> str:
    """Keep the new value for later runs of `up`; where, in words. Raises Problem where it cannot be written."""
    try:
        return planned.keep()
    except OSError as error:
        raise Problem(
            f"the new value cannot be kept: {error.filename}: {error.strerror}",
            fix="let it be written, then rotate again",
        ) from error


def plan(
    key: Key, layout: Layout, engine: ClusterEngine, cluster: Cluster, value_file: Path | None, timeout: float
) -> Plan:
    """What is to be done; raises Problem where that cannot work, before anything is changed."""
    if value_file is not None and key not in SETTINGS:
        raise Problem(f"{key.value} takes no value: a new one is made")
    if key is Key.jwt_keys:
        return Plan(SigningKeyChange(cluster), lambda: "")
    settings = read_settings(layout)
    current = changes.current_values(cluster)

    def change(name: str, value: str) -> SecretChange:
        return SecretChange(cluster, name, value, timeout, lambda values: engine.upgrade(cluster, values))

    if key is Key.auth_secret:
        value = changes.next_auth_secrets(current, secrets.token_urlsafe(48))
        return Plan(change("BETTER_AUTH_SECRETS", value), lambda: keep_auth_secrets(layout, settings, value))
    name = SETTINGS[key]
    value = new_value(name, settings, current, value_file)
    refuse_bad_value(name, value, settings, layout)
    if value_file is None:
        line = line_of(settings.file, name)
        left = (
            f"{settings.file.name} still has the new {name}, in line {line}: put the former one back there, "
            "or the next ./todo up deploys it"
        )
        return Plan(change(name, value), lambda: "", left)
    return Plan(change(name, value), lambda: change_setting(settings.file, name, value))


def new_value(name: str, settings: Settings, current: dict[str, str], value_file: Path | None) -> str:
    """The setting's new value; raises Problem when there is none."""
    if name == "OPENAI_API_KEY" and settings.get("ASSISTANT_PROVIDER") == "builtin":
        raise Problem(
            "the built-in assistant answers, which uses no key", fix="ASSISTANT_PROVIDER=auto, then ./todo up"
        )
    if name not in current:
        raise Problem(f"the stack runs without {name}", fix=f"put it into {settings.file.name}, then ./todo up")
    if value_file is not None:
        if settings.file.exists() and not settings.file.is_file():
            raise Problem(f"{settings.file} is no file, so the new value could not be kept for ./todo up")
        value = changes.read_value(value_file)
    else:
        value = settings.get(name) or ""
    if value in ("", current[name]):
        raise Problem(
            f"{name} in {settings.file.name} is " + ("not set" if not value else "the one that runs already"),
            fix="put the new one there, or into a file of its own: --value-file FILE",
        )
    return value


def refuse_bad_value(name: str, value: str, settings: Settings, layout: Layout) -> None:
    """Raise Problem for a new value that a tier refuses, as far as the tiers can be asked here."""
    changed = Settings(file=settings.file, found=True, values=settings.values | {name: value})
    if problems := judge(layout, changed).problems:
        raise Problem(f"the new {name} cannot be right", details=problems)


@contextmanager
def rolled_back_on_failure(change: Change, steps: Steps, left: str = "") -> Iterator[None]:
    """Undo the change when the body does not come to its end, Ctrl-C too; the error tells what that has `left`."""
    try:
        yield
    except BaseException as error:
        with steps.step("Roll it back") as step:
            change.undo(step)
            step.done("the former one is at work again")
        if left:
            error.add_note(left)
        raise


def print_proofs(console: Console, proofs: "list[Proof]") -> None:
    """A line for each."""
    for proof in proofs:
        mark = ("holds  ", "green") if proof.ok else ("fails  ", "red")
        console.print(Text.assemble("  ", mark, f"{proof.says}: {proof.seen}"), soft_wrap=True)


def print_load(console: Console, tally: "Tally", audit: "WriteAudit | None") -> None:
    """What the load meanwhile saw; without `audit`, its tasks were not counted."""
    again = f"; {tally.signed_in_again} sign-ins again" if tally.signed_in_again else ""
    tasks = (
        f"{audit.written} tasks written, {audit.found} found: {audit.lost} lost, {audit.doubled} doubled"
        if audit
        else f"{len(tally.written)} tasks written, not counted"
    )
    lines = [
        f"{tally.sent} requests meanwhile: {tally.failed} failed, {tally.retried} repeated, "
        f"slowest {tally.slowest:.1f} s{again}",
        f"{tasks}; {tally.streams.whole} streams whole, {tally.streams.cut} cut",
        *(f"lost: {trace}" for trace in (audit.traces if audit else ())),
        *tally.errors,
    ]
    for line in lines:
        console.print(Text(line), soft_wrap=True)
