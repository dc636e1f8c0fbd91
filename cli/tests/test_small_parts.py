"""The small parts: counting, content names, ports, the lock, the command line."""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from forked import todo
from todo_cli import ports
from todo_cli.content import content_hash
from todo_cli.errors import Problem
from todo_cli.layout import Layout, find_layout
from todo_cli.programs import ProgramFailed, capture, stream
from todo_cli.state import exclusive, load_state
from todo_cli.testing.counts import read_junit

JUNIT = """<testsuites><testsuite><testcase classname="a" name="ok"/><testcase classname="a" name="bad"><failure/></testcase>
<testcase name="worse"><error/></testcase><testcase name="not"><skipped message="no cluster"/></testcase></testsuite></testsuites>"""


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments], cwd=folder, check=True, capture_output=True
    )


class TestContent:
    def test_it_changes_with_content_names_and_modes(self, tmp_path: Path) -> None:
        file = tmp_path / "a.py"
        file.write_text("1")
        names = {content_hash(tmp_path)}
        file.write_text("2")
        names.add(content_hash(tmp_path))
        file.chmod(0o755)
        names.add(content_hash(tmp_path))
        file.rename(tmp_path / "b.py")
        names.add(content_hash(tmp_path))
        assert len(names) == 4
        assert all(len(name) == 12 for name in names)

    def test_what_git_ignores_does_not_count_and_new_files_do(self, tmp_path: Path) -> None:
        git(tmp_path, "init", "-q")
        (tmp_path / ".gitignore").write_text("*.log\n")
        (tmp_path / "a.py").write_text("1")
        git(tmp_path, "add", ".")
        first = content_hash(tmp_path)
        (tmp_path / "x.log").write_text("noise")
        assert content_hash(tmp_path) == first
        (tmp_path / "new.py").write_text("1")
        assert content_hash(tmp_path) != first

    def test_what_the_image_is_not_built_from_does_not_count(self, tmp_path: Path) -> None:
        git(tmp_path, "init", "-q")
        tmp_path = tmp_path / "backend"
        (tmp_path / "src" / "tests").mkdir(parents=True)
        (tmp_path / "tests").mkdir()
        (tmp_path / ".dockerignore").write_text("# not these\n*\n!src\n**/*.md\n")
        for name in ("src/a.py", "src/a.md", "src/tests/a.py", "tests/a.py", "Dockerfile", "README"):
            (tmp_path / name).write_text("1")
        git(tmp_path, "add", ".")
        first = content_hash(tmp_path)
        for name in ("src/a.md", "tests/a.py", "README", "tests/new.py"):
            (tmp_path / name).write_text("2")
            assert content_hash(tmp_path) == first, name
        seen = {first}
        for name in ("src/a.py", "src/tests/a.py", "src/new.py", "Dockerfile", ".dockerignore"):
            (tmp_path / name).write_text("*\n!src\n**/*.md\n# changed\n")
            seen.add(content_hash(tmp_path))
        assert len(seen) == 6

    def test_a_commit_and_an_unpacked_archive_have_the_same_name(self, tmp_path: Path) -> None:
        git(tmp_path, "init", "-q")
        (tmp_path / "a.py").write_text("1")
        git(tmp_path, "add", ".")
        inside = content_hash(tmp_path)
        (tmp_path / ".git").rename(tmp_path.parent / "gone")
        assert content_hash(tmp_path) == inside


class TestCounts:
    def test_a_report_is_counted(self, tmp_path: Path) -> None:
        (tmp_path / "r.xml").write_text(JUNIT)
        counts = read_junit(tmp_path / "r.xml")
        assert (counts.passed, counts.failed, counts.skipped) == (1, 2, 1)
        assert counts.failures == ("a::bad", "worse")
        assert counts.reasons == ("not: no cluster",)

    @pytest.mark.parametrize(
        ("failure", "why"),
        [
            ("<failure message='AssertionError: wanted 2,&#10;got  1'>def test(): ...</failure>", "AssertionError: wanted 2, got 1"),
            ("<error>OSError: gone</error>", "OSError: gone"),
            (
                "<failure message='a.spec.ts:3:1 title'>  1) a.spec.ts:3:1 &#10;&#10;  Error: not visible&#10;  Locator: b</failure>",
                "Error: not visible Locator: b",
            ),
            (f"<failure message='{'x' * 400}'/>", f"{'x' * 297}..."),
        ],
    )  # fmt: skip
    def test_a_failure_is_told_with_its_cause_on_one_line(self, tmp_path: Path, failure: str, why: str) -> None:
        case = f"<testcase classname='a.spec.ts' name='bad'>{failure}</testcase>"
        (tmp_path / "r.xml").write_text(f"<testsuites>{case}</testsuites>")
        assert read_junit(tmp_path / "r.xml").failures == (f"a.spec.ts::bad: {why}",)

    @pytest.mark.parametrize("text", [None, "<testsuites>", "<testsuites/>"])
    def test_no_tests_are_a_failure(self, tmp_path: Path, text: str | None) -> None:
        if text is not None:
            (tmp_path / "r.xml").write_text(text)
        assert read_junit(tmp_path / "r.xml").failed == 1


class TestPorts:
    def test_the_holder_is_named(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            holder = ports.holder(server.getsockname()[1])
        assert holder is not None
        assert holder.pid is not None
        assert str(holder.pid) in str(holder)

    def test_a_free_one_has_none(self) -> None:
        assert ports.holder(ports.any_free()) is None


class TestPrograms:
    def test_a_failure_shows_the_last_lines(self, tmp_path: Path) -> None:
        script = "import sys; sys.exit([print('line', n) for n in range(50)] and 3)"
        with pytest.raises(ProgramFailed, match="exited 3") as caught:
            stream([sys.executable, "-c", script], log=tmp_path / "log")
        assert caught.value.details[-1] == "line 49"
        assert (tmp_path / "log").read_text().count("\n") == 51

    def test_one_that_takes_too_long_is_ended_with_its_children(self, tmp_path: Path) -> None:
        with pytest.raises(ProgramFailed, match="did not end in time"):
            stream(["sh", "-c", "sleep 600 & sleep 600"], log=tmp_path / "log", timeout=0.3)

    @pytest.mark.parametrize(("grace", "cleaned"), [(0.2, False), (60.0, True)])
    def test_a_program_that_is_ended_gets_the_time_that_it_was_granted(
        self, tmp_path: Path, grace: float, cleaned: bool
    ) -> None:
        needs = 0.5 if cleaned else 600
        script = f"trap 'sleep {needs}; touch {tmp_path}/cleaned; exit' TERM; sleep 600 & wait"
        with pytest.raises(ProgramFailed, match="did not end in time"):
            stream(["sh", "-c", script], log=tmp_path / "log", timeout=2 if cleaned else 0.3, grace=grace)
        assert (tmp_path / "cleaned").exists() is cleaned

    def test_one_that_is_not_there_is_code_127(self) -> None:
        assert capture(["no-such-program"], check=False).code == 127


class TestState:
    def test_two_commands_at_once_are_refused(self, layout: Layout) -> None:
        found: list[str] = []

        def second() -> None:
            try:
                with exclusive(layout):
                    found.append("entered")
            except Problem as problem:
                found.append(problem.message)

        with exclusive(layout):
            thread = threading.Thread(target=second)
            thread.start()
            thread.join()
        assert "another ./todo is at work on this stack (process " in found[0]

    def test_an_up_that_goes_on_until_ctrl_c_is_told_with_what_ends_it(self, layout: Layout) -> None:
        program = (
            "import time\nfrom todo_cli.layout import find_layout\nfrom todo_cli.state import exclusive\n"
            "with exclusive(find_layout()):\n    print(flush=True)\n    time.sleep(600)"
        )
        command = [sys.executable, "-c", program, "-m", "todo_cli", "up", "--no-detach"]
        env = {"PYTHONPATH": str(Path(__file__).parents[1] / "src"), "TODO_HOME": str(layout.home)}
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as up:
            assert up.stdout is not None
            up.stdout.readline()
            try:
                with pytest.raises(Problem) as caught, exclusive(layout):
                    pass
            finally:
                up.kill()
        assert caught.value.message == f"./todo up --no-detach is at work on this stack (process {up.pid})"
        assert caught.value.fix == f"press Ctrl-C where it runs, or kill {up.pid}: both take the stack down"

    def test_a_broken_record_is_told(self, layout: Layout) -> None:
        layout.home.mkdir()
        (layout.home / "run.json").write_text("{")
        with pytest.raises(Problem, match="cannot be understood"):
            load_state(layout)


class TestLayout:
    def test_home_port_and_settings_file_can_be_moved(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("TODO_HOME", str(tmp_path))
        monkeypatch.setenv("TODO_PORT", "30180")
        monkeypatch.setenv("TODO_ENV_FILE", "/dev/null")
        layout = find_layout()
        assert (layout.home, layout.port, str(layout.env_file)) == (tmp_path, 30180, "/dev/null")
        assert layout.cache == layout.root / ".todo", "what can be made again is shared"

    def test_a_port_that_is_none_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TODO_PORT", "http")
        with pytest.raises(Problem, match="TODO_PORT is not a port"):
            find_layout()


class TestCommandLine:
    def env(self, tmp_path: Path, **env: str) -> dict[str, str]:
        own = {"HOME": str(tmp_path), "TODO_HOME": str(tmp_path), "TODO_PORT": str(ports.any_free())}
        return {"PATH": "/usr/bin:/bin", "TODO_ENV_FILE": os.devnull} | own | env

    def run(self, tmp_path: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return todo(*arguments, env=self.env(tmp_path, **env))

    def test_help_names_every_command_and_has_no_colour_when_piped(self, tmp_path: Path) -> None:
        answer = self.run(tmp_path, "--help")
        for name in ("up", "down", "status", "doctor", "logs", "open", "test", "bench"):
            assert f"  {name} " in answer.stdout
        assert "\x1b" not in answer.stdout

    def test_status_of_nothing_exits_2(self, tmp_path: Path) -> None:
        answer = self.run(tmp_path, "status", "--json")
        assert (answer.returncode, json.loads(answer.stdout)) == (2, {"deployed": False})

    @pytest.mark.parametrize("command", ["status", "down"])
    def test_a_home_that_cannot_be_is_told(self, tmp_path: Path, command: str) -> None:
        answer = self.run(tmp_path, command, TODO_HOME="/dev/null/x")
        assert (answer.returncode, answer.stdout) == (1, "")
        assert answer.stderr.splitlines()[-1] == "fix: unset TODO_HOME"

    def test_down_of_nothing_is_well(self, tmp_path: Path) -> None:
        answer = self.run(tmp_path, "down")
        assert (answer.returncode, answer.stdout) == (0, "Nothing is up.\n")

    def test_doctor_tells_a_taken_port_with_its_fix(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1])
            answer = self.run(tmp_path, "doctor", "--json", TODO_PORT=port)
        checks = {check["name"]: check for check in json.loads(answer.stdout)["checks"]}
        assert answer.returncode == 1
        assert checks[f"Port {port}"]["verdict"] == "fail"
        assert "kill" in checks[f"Port {port}"]["fix"]

    def test_doctor_never_prints_a_value(self, tmp_path: Path) -> None:
        (tmp_path / "env").write_text("DATABASE_URL=postgresql://u:hunter2@127.0.0.1:1/todo\nOPENAI_API_KEY=hunter2\n")
        answer = self.run(tmp_path, "doctor", TODO_ENV_FILE=str(tmp_path / "env"))
        assert "hunter2" not in answer.stdout + answer.stderr
        assert "fail  Database" in answer.stdout

    def test_ctrl_c_while_it_starts_is_no_traceback(self, tmp_path: Path) -> None:
        (tmp_path / "typer.py").write_text("raise KeyboardInterrupt\n")
        source = Path(__file__).parents[1] / "src"
        command = [sys.executable, "-m", "todo_cli", "status"]
        env = self.env(tmp_path, PYTHONPATH=f"{tmp_path}{os.pathsep}{source}")
        answer = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
        assert (answer.returncode, answer.stderr) == (130, "interrupted\n")

    def test_a_problem_ends_with_its_fix_and_code(self, tmp_path: Path) -> None:
        answer = self.run(tmp_path, "up", TODO_PORT="x")
        assert answer.returncode == 1
        assert answer.stderr == "error: TODO_PORT is not a port: x\nfix: export TODO_PORT=30080 (1024 to 65534)\n"
