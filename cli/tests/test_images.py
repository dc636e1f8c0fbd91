"""`todo images` and the build behind it, over a stand-in for Docker; the real images: tests/cluster/test_images.py."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from acceptance.commands import images as command
from acceptance.image_contents import own_layers
from typer.testing import CliRunner

from conftest import CHECKOUT, Machine
from todo_cli import images as images_module
from todo_cli.errors import Problem
from todo_cli.images import build, images_of, source_of, version_of
from todo_cli.layout import Layout
from todo_cli.main import app
from todo_cli.programs import stream
from todo_cli.progress import silent_step

MB = 1_000_000


def history(*entries: tuple[str, int]) -> list[dict[str, str]]:
    """`docker history`, the newest first, above a base that has a layer of its own."""
    base = [("RUN /bin/sh -c make python", 50 * MB)]
    first = [('LABEL org.opencontainers.image.title="Todo"', 0)]
    return [{"CreatedBy": name, "Size": str(size)} for name, size in [*reversed(entries), *first, *base]]


@pytest.fixture
def built(layout: Layout, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine on which both images are built."""
    monkeypatch.setattr(command, "find_layout", lambda: layout)
    machine.set(
        docker_images=[image.reference for image in images_of(layout)],
        docker_history=history(("COPY /dependencies/ / # buildkit", 20 * MB), ("WORKDIR /app", 0), ("ENV A=b", 0)),
        docker_packages={"small 1.0": 1 * MB, "large 2.0": 15 * MB},
    )
    return machine


class TestCommand:
    @pytest.mark.usefixtures("built")
    def test_layers_above_the_base_and_packages_by_size(self) -> None:
        answer = CliRunner().invoke(app, ["images", "--json"])
        backend, frontend = json.loads(answer.stdout)["images"]
        assert answer.exit_code == 0
        assert backend["layers"] == [{"name": "COPY /dependencies/ /", "size": 20 * MB}]
        assert (backend["size"], backend["limit_mb"], frontend["limit_mb"]) == (20 * MB, 110, 35)
        assert [part["name"] for part in backend["packages"]] == ["large 2.0", "small 1.0"]

    @pytest.mark.usefixtures("built")
    def test_in_words(self, layout: Layout) -> None:
        answer = CliRunner().invoke(app, ["images"])
        assert f"{images_of(layout)[0].reference}: 20.0 MB above its base, within its 110 MB" in answer.stdout
        assert answer.stdout.index("COPY /dependencies/") < answer.stdout.index("large 2.0")

    def test_one_above_its_limit_exits_1(self, built: Machine) -> None:
        built.set(docker_history=history(("COPY /application/ /", 36 * MB)))
        answer = CliRunner().invoke(app, ["images"])
        assert answer.exit_code == 1
        assert "36.0 MB above its base, above its 35 MB" in answer.stdout
        assert "36.0 MB above its base, within its 110 MB" in answer.stdout

    def test_one_that_is_not_built_is_told_with_its_fix(self, built: Machine, layout: Layout) -> None:
        frontend = images_of(layout)[1].reference
        built.set(docker_images=[images_of(layout)[0].reference])
        answer = CliRunner().invoke(app, ["images"])
        assert answer.exit_code == 1
        assert f"{frontend} is not built yet. Build it: ./todo images --build" in answer.stdout
        assert CliRunner().invoke(app, ["images", "--build"]).exit_code == 0

    def test_bills_of_materials_lie_beside_each_other_named_as_their_images(
        self, built: Machine, layout: Layout, tmp_path: Path
    ) -> None:
        answer = CliRunner().invoke(app, ["images", "--json", "--sbom", str(tmp_path / "sbom")])
        wanted = {f"{image.reference.replace(':', '-')}.cdx.json" for image in images_of(layout)}
        assert {path.name for path in (tmp_path / "sbom").iterdir()} == wanted
        assert {Path(one["sbom"]).name for one in json.loads(answer.stdout)["images"]} == wanted
        assert built.called("docker", "--target", "sbom") == 2

    def test_no_docker_is_a_problem_with_a_fix(self, built: Machine) -> None:
        built.set(docker=False)
        answer = CliRunner().invoke(app, ["images"])
        assert isinstance(answer.exception, Problem)
        assert answer.exception.fix

    def test_an_image_of_another_recipe_is_refused(self, built: Machine, layout: Layout) -> None:
        built.set(docker_history=[{"CreatedBy": "COPY . .", "Size": "1"}])
        with pytest.raises(Problem, match="not built by our Dockerfile"):
            own_layers(images_of(layout)[0].reference)


class TestBuild:
    def arguments(self, machine: Machine, layout: Layout) -> list[str]:
        """What `docker build` of the backend is called with."""
        build(images_of(layout)[0], layout, silent_step())
        calls = [call["arguments"] for call in machine.calls if call["arguments"][:1] == ["build"]]
        assert isinstance(calls[-1], list)
        return calls[-1]

    def git(self, layout: Layout, *arguments: str) -> str:
        who = ["-c", "user.name=t", "-c", "user.email=t@t"]
        done = subprocess.run(["git", *who, *arguments], cwd=layout.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def test_labels_name_version_commit_and_source(self, layout: Layout, machine: Machine) -> None:
        (layout.chart / "Chart.yaml").write_text('name: todo-stack\nappVersion: "1.2.3"\n')
        self.git(layout, "init", "-q")
        self.git(layout, "add", "backend", "charts")
        self.git(layout, "commit", "-qm", "a")
        commit = self.git(layout, "rev-parse", "HEAD")
        self.git(layout, "remote", "add", "origin", "https://user:hunter2@example.com/todo.git")
        given = self.arguments(machine, layout)
        for value in ("VERSION=1.2.3", f"REVISION={commit}", "SOURCE=https://example.com/todo.git"):
            assert given[given.index(value) - 1] == "--build-arg"

    @pytest.mark.parametrize(
        ("origin", "source"),
        [
            ("git@example.com:team/todo.git", "ssh://git@example.com/team/todo.git"),
            ("https://example.com/todo.git", "https://example.com/todo.git"),
            ("/home/somebody/todo", None),
            ("", None),
        ],
    )
    def test_the_source_is_a_url_or_none(self, layout: Layout, origin: str, source: str | None) -> None:
        self.git(layout, "init", "-q")
        if origin:
            self.git(layout, "remote", "add", "origin", origin)
        assert source_of(layout) == source

    def test_what_is_no_commit_is_named_by_its_content(self, layout: Layout, machine: Machine) -> None:
        assert f"REVISION=content-{images_of(layout)[0].tag}" in self.arguments(machine, layout)

    def test_options_of_the_user_reach_docker(
        self, layout: Layout, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        digest = "sha256:" + "a" * 64
        options = f"--secret 'id=ca,src=my ca.pem' --build-arg PYTHON_IMAGE=mirror/python:3.13-slim@{digest}"
        monkeypatch.setenv("TODO_BUILD_OPTIONS", options)
        given = self.arguments(machine, layout)
        assert given[given.index("id=ca,src=my ca.pem") - 1] == "--secret"
        assert f"org.opencontainers.image.base.digest={digest}" in given

    @pytest.mark.usefixtures("machine")
    def test_a_file_edited_during_the_build_changes_no_name(
        self, layout: Layout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def edited(*arguments: Any, **options: Any) -> Any:
            (layout.backend / "edited.py").write_text("x = 1\n")
            return stream(*arguments, **options)

        monkeypatch.setattr(images_module, "stream", edited)
        assert build(images_of(layout)[0], layout, silent_step())
        assert build(images_of(layout)[0], layout, silent_step()), "the edit is another content"

    def test_options_that_cannot_be_split_are_a_problem(
        self, layout: Layout, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TODO_BUILD_OPTIONS", "--label 'a")
        with pytest.raises(Problem, match="TODO_BUILD_OPTIONS"):
            self.arguments(machine, layout)


def test_the_product_has_one_version() -> None:
    layout = Layout(root=CHECKOUT, home=CHECKOUT, cache=CHECKOUT, env_file=CHECKOUT, port=0)
    version = version_of(layout)
    assert f'version = "{version}"' in (layout.backend / "pyproject.toml").read_text()
    assert json.loads((layout.frontend / "package.json").read_text())["version"] == version


def test_every_base_can_be_another_and_is_never_the_newest() -> None:
    for image in images_module.images_of(Layout(CHECKOUT, CHECKOUT, CHECKOUT, CHECKOUT, 0)):
        lines = (image.context / "Dockerfile").read_text().splitlines()
        bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
        stages = {line.split(" AS ")[1] for line in lines if line.startswith("FROM ")}
        assert all(base in stages | {"scratch"} or base.startswith("${") for base in bases), bases
        defaults = [line.partition("=")[2] for line in lines if line.startswith("ARG ") and "_IMAGE=" in line]
        assert defaults
        assert all(":" in one and not one.endswith(":latest") for one in defaults)


def test_the_backend_is_made_of_nothing_that_is_not_locked() -> None:
    backend = CHECKOUT / "backend"
    steps = (backend / "Dockerfile").read_text().replace("\\\n", " ")
    installs = re.findall(r"uv pip install ([^&\n]*)", steps)
    assert len(installs) == 4
    assert [one for one in installs if not {"--require-hashes", "--offline"} & set(one.split())] == []
    [tool] = tomllib.loads((backend / "pyproject.toml").read_text())["build-system"]["requires"]
    assert f"{tool} " in (backend / "image/build.lock").read_text()
