"""The load that the cluster's tests run in a pod works with the standard library and the sources that the pod is given."""

import inspect
import json
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

from acceptance.tests.small_app import small_app

from cluster.load import SOURCES
from cluster.noticing import assert_all_went_well


def test_the_load_works_with_its_sources_alone(tmp_path: Path) -> None:
    for module in SOURCES:
        file = tmp_path / f"{module.replace('.', '/')}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(inspect.getsource(import_module(module)))
    end = tmp_path / "end"
    with small_app() as app:
        command = [sys.executable, "-S", "-m", "cluster.load", app.address, str(end)]
        env = {"PYTHONPATH": str(tmp_path)}
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == "loading\n"
            deadline = time.monotonic() + 60
            while not app.titles and time.monotonic() < deadline:
                time.sleep(0.05)
            end.touch()
            seen = json.loads(process.communicate(timeout=60)[0])
    assert seen["written"] == len(app.titles) > 0
    assert_all_went_well(seen)
