"""The logs of both tiers: merged by time, for people and for programs, and one request's way through them."""

import json
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from conftest import Machine, pod
from todo_cli.cluster import pod_logs
from todo_cli.commands import logs as command
from todo_cli.engines.choose import running_engine
from todo_cli.errors import Problem
from todo_cli.follow import follow_logs
from todo_cli.layout import Layout
from todo_cli.loglines import LogLine, error_line, in_order, of_kubectl, said
from todo_cli.main import app
from todo_cli.state import ProcessRecord, RunState, save_state

ACCESS = {"time": "2026-11-23T10:00:02.500+00:00", "level": "info", "logger": "todo_backend.access", "message": "request",
          "pod": "b", "request_id": "r-1", "method": "GET", "path": "/api/me/tasks", "status": 200, "duration_ms": 12.4}  # fmt: skip
PASSED_ON = {"time": "2026-11-23T10:00:02.510Z", "level": "info", "message": "request", "pod": "f", "request_id": "r-1",
             "method": "GET", "path": "/api/me/tasks", "status": 200, "duration_ms": 20.61}  # fmt: skip
REFUSED = {"time": "2026-11-23T10:00:02.600Z", "level": "error", "message": "no backend answered", "pod": "f",
           "request_id": "r-3", "error": "refused"}  # fmt: skip
OTHER = ACCESS | {"time": "2026-11-23T10:00:01.000+00:00", "request_id": "r-2"}
POSTGRES = "2026-11-23 10:00:02.550 UTC [7] LOG:  checkpoint starting"


def kubectl(tier: str, pod: str, line: str) -> str:
    return f"[pod/{pod}/{tier}] 2026-11-23T10:00:09.123456789Z {line}"


def test_lines_are_in_the_order_of_their_own_times() -> None:
    lines = [
        said("frontend", "f", json.dumps(REFUSED)),
        said("database", "d", POSTGRES),
        said("backend", "b", json.dumps(ACCESS)),
        said("backend", "b", "  a line without a time"),
        said("backend", "c", json.dumps(OTHER)),
    ]
    assert [line.pod for line in in_order(lines)] == ["c", "b", "b", "d", "f"]


def test_a_request_reads_as_one() -> None:
    words = said("backend", "b-1", json.dumps(ACCESS)).in_words()
    assert words == "10:00:02.500 info    backend  b-1 GET /api/me/tasks 200 12 ms (r-1)"


def test_a_message_has_its_other_fields_and_its_trace() -> None:
    line = said("frontend", "f", json.dumps(REFUSED | {"exception": "Traceback:\n  E: x\n"}))
    assert line.in_words().splitlines() == [
        "10:00:02.600 error   frontend f no backend answered error=refused (r-3)",
        "    Traceback:",
        "      E: x",
    ]


# As Node.js 20 writes it.
UNCAUGHT = """/app/server.js:1
throw error
^

TypeError: cannot read keys
    at [eval]:1:32
    at process.processTicksAndRejections (node:internal/process/task_queues:77:11) {
  [cause]: Error: inner
      at [eval]:1:74
}

Node.js v20.20.2
"""


ANSWERED = '{"level": "info", "message": "request", "method": "GET", "path": "/health/live", "status": 200}'


@pytest.mark.parametrize(
    ("lines", "reported"),
    [
        ([], ""),
        (["", " plain text "], "plain text"),
        (['{"level": "error", "message": "no database"}'], "no database"),
        (['{"level": "info", "message": "started"}', '{"level": "info", "message": "stopped"}'], "stopped"),
        (
            [
                '{"level": "error", "message": "an earlier one"}',
                '{"level": "error", "message": "address already in use"}',
                '{"level": "info", "message": "Application shutdown complete."}',
            ],
            "address already in use",
        ),
        (['{"level": "error", "message": "an earlier one"}', "ValueError: no", '{"level": "info"}'], "ValueError: no"),
        (UNCAUGHT.splitlines(), "TypeError: cannot read keys"),
        (["Node.js v20.20.2"], "Node.js v20.20.2"),
        # The kubelet keeps the last 2048 bytes, wherever a line begins.
        (['GET","path":"/api/me/tasks","status":200}', '{"level": "info", "message": "stopped"}'], "stopped"),
        (["00}", '{"level": "info", "message": "stopped"}'], "stopped"),
        (['th":"/api/me/tasks","status":200,"duration_ms":3.1}'], ""),
        (["{'not': 'JSON'}", "x = {}"], "x = {}"),
        # A request that was answered is no reason to end.
        (['{"level": "info", "message": "stopping"}', ANSWERED], "stopping"),
        ([ANSWERED, ANSWERED], ""),
    ],
)
def test_the_line_that_tells_why_a_program_ended(lines: list[str], reported: str) -> None:
    assert error_line(lines) == reported


def test_kubectl_s_prefix_and_time_are_taken_off() -> None:
    line = of_kubectl(kubectl("migrate", "b-1", "plain words"))
    assert line == LogLine("migrate", "b-1", "2026-11-23T10:00:09.123+00:00", "plain words")
    assert of_kubectl("error: something") is None


def test_files_are_merged(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("backend", "frontend", "database")}
    files["backend"].write_text(json.dumps(ACCESS) + "\n" + "half a li")
    files["frontend"].write_text(json.dumps(REFUSED) + "\n")
    assert [line.tier for line in follow_logs(files, follow=False)] == ["backend", "frontend"]


def test_a_long_log_begins_with_a_whole_line(tmp_path: Path) -> None:
    log = tmp_path / "backend"
    log.write_text("".join(f"{json.dumps(ACCESS | {'request_id': str(number)})}\n" for number in range(1000)))
    reported = list(follow_logs({"backend": log}, follow=False))
    assert 1 < len(reported) < 1000
    assert {line.fields["message"] for line in reported} == {"request"}


class TestCommand:
    @pytest.fixture(autouse=True)
    def stack(self, layout: Layout, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(command, "find_layout", lambda: layout)
        reported = [
            kubectl("frontend", "f-1", json.dumps(PASSED_ON)),
            kubectl("frontend", "f-1", json.dumps(REFUSED)),
            kubectl("backend", "b-1", json.dumps(ACCESS)),
            kubectl("backend", "b-2", json.dumps(OTHER)),
        ]
        machine.set(minikube="running", logs=reported)
        save_state(layout, RunState(engine="minikube", is_up=True, profile="todo-stack", profile_is_ours=True))

    def test_one_request_s_way_through_both_tiers(self) -> None:
        answer = CliRunner().invoke(app, ["logs", "--request", "r-1"])
        assert answer.stdout.splitlines() == [
            "10:00:02.500 info    backend  b-1 GET /api/me/tasks 200 12 ms (r-1)",
            "10:00:02.510 info    frontend f-1 GET /api/me/tasks 200 21 ms (r-1)",
        ]

    def test_a_request_that_nobody_logged(self) -> None:
        answer = CliRunner().invoke(app, ["logs", "--request", "r-9"])
        assert "no log that is kept has the request r-9" in str(answer.exception)

    def test_for_programs(self) -> None:
        lines = [json.loads(line) for line in CliRunner().invoke(app, ["logs", "--json"]).stdout.splitlines()]
        assert [(line["tier"], line["pod"], line["request_id"]) for line in lines] == [
            ("backend", "b-2", "r-2"),
            ("backend", "b-1", "r-1"),
            ("frontend", "f-1", "r-1"),
            ("frontend", "f-1", "r-3"),
        ]

    def test_as_they_are(self) -> None:
        answer = CliRunner().invoke(app, ["logs", "--raw"])
        assert answer.stdout.splitlines()[0] == f"backend b-2 {json.dumps(OTHER)}"

    def test_components_are_asked_for_by_label(self, machine: Machine) -> None:
        CliRunner().invoke(app, ["logs", "backend"])
        assert machine.called("kubectl", "app.kubernetes.io/component in (backend)") == 1

    def test_of_processes_too(self, layout: Layout, tmp_path: Path) -> None:
        (tmp_path / "backend.log").write_text(json.dumps(ACCESS) + "\n")
        record = ProcessRecord("backend", 1, "", "", str(tmp_path / "backend.log"), 15)
        save_state(layout, RunState(engine="process", is_up=True, processes={"backend": record}))
        answer = CliRunner().invoke(app, ["logs", "--request", "r-1"])
        assert "GET /api/me/tasks 200 12 ms" in answer.stdout


def running(name: str, container: str) -> dict[str, Any]:
    """A backend pod with this container in it."""
    return pod(name, "backend", containerStatuses=[{"name": "backend", "containerID": container}])


def at(second: int, name: str, text: str) -> str:
    return f"[pod/{name}/backend] 2026-11-23T10:00:{second:02}.123456789Z {text}"


class TestFollowing:
    """`kubectl logs --follow` stays with the containers of its start; `./todo logs -f` must not."""

    @pytest.fixture(autouse=True)
    def stack(self, layout: Layout, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pod_logs, "LOOK_SECONDS", 0.1)
        save_state(layout, RunState(engine="minikube", is_up=True, profile="todo-stack", profile_is_ours=True))
        machine.set(minikube="running", release={"status": "deployed"}, objects=[running("b-1", "one")])
        machine.set(logs=[at(31, "b-1", "first")])

    def reported(self, layout: Layout, count: int) -> list[str]:
        engine = running_engine(layout)
        assert engine is not None
        lines = engine.logs([], follow=True)
        try:
            return [f"{line.pod} {line.text}" for line in islice(lines, count)]
        finally:
            lines.close()  # type: ignore[attr-defined]

    def test_a_rollout_s_new_pods_are_followed_no_line_lost_or_doubled(self, layout: Layout, machine: Machine) -> None:
        before = [at(31, "b-1", "first"), at(32, "b-1", "second")]
        after = [*before, at(33, "b-1", "last"), at(30, "b-2", "new"), at(34, "b-2", "newer")]
        machine.set(
            streams=[
                {"lines": before, "objects": [running("b-1", "one"), running("b-2", "two")]},
                {"lines": after},
            ]
        )
        assert self.reported(layout, 5) == ["b-1 first", "b-1 second", "b-1 last", "b-2 new", "b-2 newer"]

    def test_a_restarted_container_is_another(self, layout: Layout, machine: Machine) -> None:
        machine.set(
            streams=[
                {"lines": [at(32, "b-1", "dying")], "objects": [running("b-1", "two")]},
                {"lines": [at(33, "b-1", "again")]},
            ]
        )
        assert self.reported(layout, 3) == ["b-1 first", "b-1 dying", "b-1 again"]

    def test_a_kubectl_that_ended_is_started_again(self, layout: Layout, machine: Machine) -> None:
        machine.set(streams=[{"lines": [], "ends": True}, {"lines": [at(32, "b-1", "second")]}])
        assert self.reported(layout, 2) == ["b-1 first", "b-1 second"]

    def test_a_lost_container_is_taken_up_again_and_one_not_yet_begun_is_waited_for(
        self, layout: Layout, machine: Machine
    ) -> None:
        waiting = 'error: container "backend" in pod "b-2" is waiting to start: PodInitializing'
        machine.set(
            streams=[
                {"lines": [waiting, "error: http2: client connection lost"]},
                {"lines": [at(32, "b-1", "second")]},
            ]
        )
        assert self.reported(layout, 2) == ["b-1 first", "b-1 second"]

    def test_kubectl_may_give_every_line_of_many_containers_since_before_the_last_one(
        self, layout: Layout, machine: Machine
    ) -> None:
        machine.set(streams=[{"lines": [at(32, "b-1", "second")]}])
        self.reported(layout, 2)
        (follow,) = [call["arguments"] for call in machine.calls if "--follow" in call["arguments"]]
        assert {"--tail=-1", "--max-log-requests=1000", "--ignore-errors"} <= set(follow)
        (since,) = [word.partition("=")[2] for word in follow if word.startswith("--since-time=")]
        assert datetime.fromisoformat(since) < datetime.fromisoformat("2026-11-23T10:00:31Z")

    def test_nothing_to_show_is_told_with_its_cause(self, layout: Layout, machine: Machine) -> None:
        machine.set(logs=['error: container "backend" in pod "b-1" is waiting to start: PodInitializing'])
        engine = running_engine(layout)
        assert engine is not None
        with pytest.raises(Problem, match="there are no logs") as caught:
            list(engine.logs([], follow=False))
        assert "PodInitializing" in caught.value.details[0]
