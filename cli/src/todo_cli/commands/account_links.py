"""`todo invite` and `todo reset-password`: a one-time link for one person, made where the frontend runs."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import typer

from todo_cli.engines.choose import running_engine
from todo_cli.errors import Problem
from todo_cli.layout import find_layout
from todo_cli.programs import last_lines
from todo_cli.progress import busy, make_console

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address of the account.", show_default=False)]


def invite(email: Email) -> None:
    """Make a link by which an address gets an account, and print it; also where SIGN_UP is closed.

    It is good once, for a day, and until the next one is made for the same address. Whoever has the link can use it,
    for that address alone: hand it to the person whose address it is.

    Example: ./todo invite ada@example.org
    """
    _print_link("invite", email, fix="who has an account and cannot sign in: ./todo reset-password EMAIL")


def reset_password(email: Email) -> None:
    """Make a link by which the owner of an account sets a new password, and print it.

    It is good once, for a day, and until the next one is made for the same account. Setting the password ends every
    session of the account. Whoever has the link can use it: hand it to the owner alone.

    Example: ./todo reset-password ada@example.org
    """
    _print_link("reset-password", email, fix="who has no account yet: ./todo invite EMAIL")


def _print_link(command: str, email: str, *, fix: str) -> None:
    """Have the frontend make a link. Raises Problem, with `fix`, where it refuses."""
    layout = find_layout()
    engine = running_engine(layout)
    if engine is None:
        raise Problem("nothing is deployed", fix="./todo up")
    with busy("asking the frontend"):
        result = engine.run_in_frontend(command, email, layout.address)
    answer = _answer(result.stdout.splitlines())
    if answer is None:
        raise Problem("the frontend made no link", details=last_lines(result.stderr), fix="./todo status")
    if refusal := answer.get("refusal"):
        raise Problem(refusal, fix=fix)
    expires = datetime.fromisoformat(answer["expires"])
    make_console(stderr=True).print(f"Good once, until {expires:%Y-%m-%d %H:%M} UTC:", highlight=False)
    typer.echo(answer["link"])


def _answer(lines: Iterable[str]) -> dict[str, str] | None:
    """The frontend's answer among its lines, of which others may be of its log."""
    for line in lines:
        try:
            found: object = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and found.keys() & {"link", "refusal"}:
            return found
    return None
