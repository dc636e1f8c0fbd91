"""Rotating a secret: what the new values are, where they are kept, what is refused, what is rolled back."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from acceptance import load
from acceptance.clients import Tally
from acceptance.commands import rotate as command
from acceptance.commands.rotate import new_value, refuse_bad_value, rolled_back_on_failure
from acceptance.load import WriteAudit
from acceptance.rotation import changes, proofs
from acceptance.rotation.changes import SecretChange, next_auth_secrets, read_value, secret_values
from acceptance.rotation.proofs import Proof

from todo_cli.cluster import components
from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster
from todo_cli.layout import Layout
from todo_cli.programs import Result
from todo_cli.progress import Step, Steps, silent_step
from todo_cli.settings import Settings, auth_settings, change_setting, keep_auth_secrets, line_of, load_settings

OLD, NEW = "o" * 40, "n" * 40


def test_the_new_secret_comes_first_and_no_former_one_is_dropped() -> None:
    first = next_auth_secrets({"BETTER_AUTH_SECRET": OLD}, NEW)
    assert first == f"2:{NEW},1:{OLD}"
    again = next_auth_secrets({"BETTER_AUTH_SECRET": OLD, "BETTER_AUTH_SECRETS": first}, "x" * 40)
    assert again == f"3:{'x' * 40},2:{NEW},1:{OLD}"


def test_a_secret_with_a_comma_cannot_be_listed() -> None:
    with pytest.raises(Problem, match="comma"):
        next_auth_secrets({"BETTER_AUTH_SECRET": f"{OLD},{OLD}"}, NEW)


def test_what_was_rotated_is_what_a_later_run_reads(layout: Layout, settings: Settings) -> None:
    assert "BETTER_AUTH_SECRETS" not in auth_settings(layout, settings)
    said = keep_auth_secrets(layout, settings, f"2:{NEW},1:{OLD}")
    assert auth_settings(layout, settings)["BETTER_AUTH_SECRETS"] == f"2:{NEW},1:{OLD}"
    assert (layout.home / "auth-secrets").stat().st_mode & 0o777 == 0o600
    assert NEW not in said


def test_a_list_in_the_settings_file_is_changed_there(layout: Layout) -> None:
    layout.env_file.write_text(f"LOG_LEVEL=info\nexport BETTER_AUTH_SECRETS=1:{OLD}\n# end\n")
    keep_auth_secrets(layout, load_settings(layout), f"2:{NEW},1:{OLD}")
    assert layout.env_file.read_text() == f"LOG_LEVEL=info\nBETTER_AUTH_SECRETS=2:{NEW},1:{OLD}\n# end\n"
    assert auth_settings(layout, load_settings(layout))["BETTER_AUTH_SECRETS"] == f"2:{NEW},1:{OLD}"


def test_a_settings_file_that_is_a_link_stays_one(layout: Layout, tmp_path: Path) -> None:
    kept = tmp_path / "kept.env"
    kept.write_text("OPENAI_API_KEY=before\n")
    layout.env_file.symlink_to(kept)
    change_setting(layout.env_file, "OPENAI_API_KEY", "after")
    assert (layout.env_file.readlink(), kept.read_text()) == (kept, "OPENAI_API_KEY=after\n")


@pytest.mark.parametrize("value", ["sk-plain", "with # and 'quotes'", 'back\\slash "x"', "$dollar ${x}"])
def test_a_setting_is_read_as_it_was_written(layout: Layout, value: str) -> None:
    layout.env_file.write_text("# OPENAI_API_KEY=example\nOPENAI_API_KEY=before\n")
    change_setting(layout.env_file, "OPENAI_API_KEY", value)
    assert load_settings(layout).get("OPENAI_API_KEY") == value
    assert layout.env_file.read_text().startswith("# OPENAI_API_KEY=example\n")


def test_a_value_file_holds_one_line(tmp_path: Path) -> None:
    file = tmp_path / "value"
    for bad in ("", "one\ntwo\n"):
        file.write_text(bad)
        with pytest.raises(Problem, match="one line"):
            read_value(file)
    file.write_text("sk-new\n")
    assert read_value(file) == "sk-new"
    with pytest.raises(Problem, match="cannot be read"):
        read_value(tmp_path / "none")


@pytest.mark.parametrize(
    ("given", "current", "words"),
    [
        ({}, {}, "runs without OPENAI_API_KEY"),
        ({"ASSISTANT_PROVIDER": "builtin"}, {"OPENAI_API_KEY": "sk-1"}, "uses no key"),
        ({}, {"OPENAI_API_KEY": "sk-1"}, "is not set"),
        ({"OPENAI_API_KEY": "sk-1"}, {"OPENAI_API_KEY": "sk-1"}, "the one that runs already"),
    ],
)
def test_a_rotation_without_a_new_value_is_refused(
    layout: Layout, given: dict[str, str], current: dict[str, str], words: str
) -> None:
    with pytest.raises(Problem, match=words):
        new_value("OPENAI_API_KEY", Settings(layout.env_file, True, given), current, None)


@pytest.mark.usefixtures("real_node")
def test_a_malformed_address_is_refused_before_anything_changes(layout: Layout) -> None:
    with pytest.raises(Problem, match="the new DATABASE_URL cannot be right") as problem:
        refuse_bad_value("DATABASE_URL", "mysql://u:secret@host/db", Settings(layout.env_file, True, {}), layout)
    assert "secret" not in " ".join([problem.value.message, *problem.value.details])


def test_the_line_of_a_setting_is_found(layout: Layout) -> None:
    assert line_of(layout.env_file, "OPENAI_API_KEY") == 0
    layout.env_file.write_text(
        "# OPENAI_API_KEY=example\nOPENAI_API_KEY=a\nLOG_LEVEL=info\nexport OPENAI_API_KEY = b\n"
    )
    assert line_of(layout.env_file, "OPENAI_API_KEY") == 4


class FakeChange:
    """A change that can be made and rolled back."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def make(self, _: Step) -> None:
        self.done.append("made")

    def undo(self, _: Step) -> None:
        self.done.append("rolled back")


class FakeLoad:
    """A load that notices nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.tally = Tally(sent=7)

    def __enter__(self) -> "FakeLoad":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def audit(self) -> WriteAudit:
        return WriteAudit(3, 3, 0, 0)


class FakeWitness:
    """Somebody for whom all goes on, or nothing does."""

    holds = True

    def __init__(self, _: object) -> None:
        pass

    def proofs(self, _: str) -> list[Proof]:
        return [Proof("the assistant answers", self.holds, "200" if self.holds else "502")]


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch, layout: Layout) -> Callable[..., FakeChange]:
    """Has `rotate` carry out a change of which nothing is real."""

    class FakeEngine:
        def attached(self) -> Cluster:
            return Cluster("kubectl", "helm", "nowhere", "nothing")

    @contextmanager
    def account(_: str) -> Iterator[object]:
        yield object()

    monkeypatch.setattr(command, "find_layout", lambda: layout)
    monkeypatch.setattr(command, "cluster_engine", lambda *_: FakeEngine())
    monkeypatch.setattr(load, "account", account)
    monkeypatch.setattr(load, "Load", FakeLoad)
    monkeypatch.setattr(proofs, "Witness", FakeWitness)
    change = FakeChange()

    def plan(keep: Callable[[], str] = lambda: ".env has it.", left: str = "") -> FakeChange:
        monkeypatch.setattr(command, "plan", lambda *_: command.Plan(change, keep, left))
        return change

    return plan


def test_a_rotation_that_holds_is_kept(planned: Callable[..., FakeChange], capsys: pytest.CaptureFixture[str]) -> None:
    change = planned()
    with pytest.raises(typer.Exit) as end:
        command.rotate(command.Key.openai_key)
    assert end.value.exit_code == 0
    assert change.done == ["made"]
    assert "Nobody notices" in (reported := capsys.readouterr().out)
    assert ".env has it." in reported


def test_a_value_that_cannot_be_kept_is_taken_back(planned: Callable[..., FakeChange]) -> None:
    """Or the next `up` would deploy the former one over it."""

    def refused() -> str:
        raise PermissionError(13, "Permission denied", ".env")

    def interrupted() -> str:
        raise KeyboardInterrupt

    for keep, error, words in (
        (refused, Problem, "cannot be kept: .env: Permission denied"),
        (interrupted, KeyboardInterrupt, None),
    ):
        change = planned(keep)
        change.done.clear()
        with pytest.raises(error, match=words):
            command.rotate(command.Key.openai_key)
        assert change.done == ["made", "rolled back"]


def test_what_was_taken_back_tells_the_load_and_what_is_left(
    planned: Callable[..., FakeChange], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(FakeWitness, "holds", False)
    change = planned(left=".env still has the new OPENAI_API_KEY, in line 4")
    with pytest.raises(Problem, match="1 proofs failed") as problem:
        command.rotate(command.Key.openai_key)
    assert change.done == ["made", "rolled back"]
    assert "7 requests meanwhile: 0 failed" in capsys.readouterr().out
    assert problem.value.__notes__ == [".env still has the new OPENAI_API_KEY, in line 4"]


def test_without_a_value_file_a_plan_names_the_line_that_stays(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    layout.env_file.write_text("LOG_LEVEL=info\nOPENAI_API_KEY=sk-2\n")
    monkeypatch.setattr(changes, "current_values", lambda _: {"OPENAI_API_KEY": "sk-1"})
    made = command.plan(command.Key.openai_key, layout, Any, Any, None, 5)  # type: ignore[arg-type]
    assert ".env still has the new OPENAI_API_KEY, in line 2" in made.left
    value_file = layout.root / "value"
    value_file.write_text("sk-3\n")
    made = command.plan(command.Key.openai_key, layout, Any, Any, value_file, 5)  # type: ignore[arg-type]
    assert made.left == ""
    made.keep()
    assert layout.env_file.read_text() == "LOG_LEVEL=info\nOPENAI_API_KEY=sk-3\n"


class FakeCluster:
    """Answers of kubectl and helm, and what they were asked to write."""

    release = "todo-stack"

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.written: list[dict[str, Any]] = []
        self.revision = 3

    def kubectl(self, *arguments: str, stdin: str) -> None:
        self.asked.append(arguments)
        self.written.append(json.loads(stdin))

    def apply(self, manifest: dict[str, Any]) -> None:
        self.written.append(manifest)

    def get(self, *_: str, **_options: Any) -> dict[str, Any]:
        return {
            "metadata": {
                "name": "todo-stack-secrets",
                "resourceVersion": "7",
                "annotations": {"todo-stack/revision": "a"},
            },
            "data": {"OPENAI_API_KEY": base64.b64encode(b"sk-old").decode()},
        }

    def helm(self, *arguments: str) -> Result:
        self.asked.append(arguments)
        answers: dict[str, Any] = {"get": {"secrets": {"revision": "a"}}, "history": [{"revision": self.revision}]}
        return Result(0, json.dumps(answers.get(arguments[0], {})), "")


def test_pods_that_do_not_become_ready_bring_the_former_secret_and_revision_back(
    monkeypatch: pytest.MonkeyPatch, steps: Steps
) -> None:
    cluster: Any = FakeCluster()
    asked_values: list[dict[str, Any]] = []

    def upgrade(values: dict[str, Any]) -> bool:
        asked_values.append(values)
        cluster.revision = 4
        return True

    waits: list[str] = []

    def wait(*_: Any) -> None:
        waits.append("")
        if len(waits) == 1:
            raise Problem("the pods do not become ready")

    monkeypatch.setattr("acceptance.rotation.changes.wait_ready", wait)
    change = SecretChange(cluster, "OPENAI_API_KEY", "sk-new", 5, upgrade)
    with pytest.raises(Problem, match="do not become ready"), rolled_back_on_failure(change, steps):
        change.make(silent_step())

    assert secret_values(cluster.written[0]) == {"OPENAI_API_KEY": "sk-new"}
    assert (
        asked_values[0]["secrets"]["revision"] == cluster.written[0]["metadata"]["annotations"]["todo-stack/revision"]
    )
    assert base64.b64decode(cluster.written[-1]["data"]["OPENAI_API_KEY"]) == b"sk-old"
    assert "resourceVersion" not in cluster.written[-1]["metadata"]
    assert ("rollback", "todo-stack", "3") in cluster.asked
    assert len(waits) == 2
    assert not any("sk-" in word for words in cluster.asked for word in words)


def test_pods_that_drain_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would answer the proofs with the former secret."""
    monkeypatch.setattr(components, "POLL_SECONDS", 0.01)
    leaving = {"metadata": {"name": "former", "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    staying = {"metadata": {"name": "new"}}
    seen = iter([[leaving, staying], [leaving, staying], [staying]])
    monkeypatch.setattr(Cluster, "items", lambda *_: next(seen))
    components.wait_left(Cluster("kubectl", "helm", "context", "namespace"), 5, silent_step())
    assert list(seen) == []

    monkeypatch.setattr(Cluster, "items", lambda *_: [leaving])
    with pytest.raises(Problem, match="former"):
        components.wait_left(Cluster("kubectl", "helm", "context", "namespace"), 0.05, silent_step())
