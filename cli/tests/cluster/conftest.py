"""The stack on a cluster: brought up by `./todo up` if it is not up yet, reached by kubectl and by its address.

`./todo test cluster` sets TODO_HOME, TODO_PORT, TODO_ENV_FILE and KUBECTL for a deployment apart from the user's.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import cache, partial

import pytest
from acceptance.api_client import ApiClient
from acceptance.api_server import ReadCluster, reading
from acceptance.tests.ending import end_in_order_on_sigterm

from cluster.load import sign_up
from cluster.model_server import MODEL_ADDRESS, model_server
from cluster.own_release import DATABASE, KEYS, OwnRelease, Values, images_of, merged
from cluster.stack import PATIENCE, Stack
from todo_cli import tools
from todo_cli.cluster import fixes
from todo_cli.engines import kubernetes, minikube
from todo_cli.kube.cluster import Cluster
from todo_cli.layout import find_layout
from todo_cli.state import load_state

UP_SECONDS = 900


def pytest_configure() -> None:
    """Leave no namespace and no port-forward behind, however the run ends."""
    end_in_order_on_sigterm()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The deployment; `./todo up` is quick when it is up already."""
    layout = find_layout()
    if not load_state(layout).is_up:  # where it is, others may be at work on it
        options = os.environ.get("TODO_TEST_UP", "").split()
        up = [sys.executable, "-m", "todo_cli", "up", *options]
        result = subprocess.run(up, capture_output=True, text=True, timeout=UP_SECONDS * PATIENCE)
        assert result.returncode == 0, result.stdout + result.stderr

    state = load_state(layout)
    assert state.context, "the stack is not on a cluster"
    programs = os.environ.get("KUBECTL", "kubectl"), os.environ.get("HELM", "helm")
    with (
        reading(Cluster(*programs, state.context, state.namespace or "")) as cluster,
        pytest.MonkeyPatch.context() as patch,
    ):
        # For the `./todo status` and `doctor` that run in this process, again and again.
        for engine in (minikube, kubernetes):
            patch.setattr(engine, "Cluster", partial(ReadCluster, api=cluster.api))
        for module, name in (
            (tools, "helm_version"),
            (tools, "kubectl_version"),
            (minikube, "profile_status"),
            (fixes, "made_by_up"),
        ):  # each starts a program, and finds the same every time
            patch.setattr(module, name, cache(getattr(module, name)))
        yield Stack(layout.address, cluster)


@pytest.fixture
def new_client(stack: Stack) -> Callable[[], ApiClient]:
    """Signs up a new user and returns the way in."""
    return lambda: sign_up(stack.address)


@pytest.fixture
def client(new_client: Callable[[], ApiClient]) -> ApiClient:
    """A new user, signed in."""
    return new_client()


@pytest.fixture(scope="session")
def new_release(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], OwnRelease]]:
    """Makes a namespace for a release of the test's own; all of them go at the end."""
    small = {"resources": {"requests": {"cpu": "5m", "memory": "64Mi"}}}
    base: Values = {
        "secrets": {"existingSecret": KEYS},
        "assistant": {"provider": "builtin"},
        "backend": small,
        "frontend": small | {"service": {"type": "ClusterIP"}},
        "database": {"demo": small},
    }
    base = merged(base, images_of(stack))
    of_the_stack = load_state(find_layout())
    made: list[OwnRelease] = []

    def make(name: str) -> OwnRelease:
        namespace = f"edge-{name}-{secrets.token_hex(3)}"
        home = tmp_path_factory.mktemp(name)
        state = replace(of_the_stack, namespace=namespace, processes={})  # what else it knows is true here, too
        (home / "run.json").write_text(json.dumps(asdict(state)))
        release = OwnRelease("", replace(stack.cluster, namespace=namespace), home, base)
        made.append(release)
        release.kubectl("create", "namespace", namespace)
        return release

    yield make
    for release in made:
        release.end()


@pytest.fixture(scope="session")
def shared_release(new_release: Callable[[str], OwnRelease]) -> OwnRelease:
    """A whole release with a demo database and a model server of its own; use `spare`."""
    release = new_release("spare")
    release.write_secret(OPENAI_API_KEY="first-key", BETTER_AUTH_SECRET=secrets.token_urlsafe(32))
    release.create(*model_server(release))
    values: Values = {
        "assistant": {"provider": "openai", "baseUrl": MODEL_ADDRESS},
        "database": {"demo": {"enabled": True}},
        "aiops": {"kagent": {"enabled": True}},
        # A hung pod stays hung for longer than the default's 25 s, so that there is time to see what is said of it; and
        # one that a busy machine keeps waiting is not taken for hung.
        # A migration that waits for its database waits on, until a test on a slow machine has seen it wait.
        "backend": {"probes": {"liveness": {"failureThreshold": 9}}, "migrate": {"timeoutSeconds": 900}},
        "frontend": {"probes": {"liveness": {"failureThreshold": 9}}},
    }
    code, output = release.install(values)
    assert code == 0, output
    release.wait_settled()
    return release


@pytest.fixture
def spare(shared_release: OwnRelease) -> OwnRelease:
    """A whole release that tests may break one after another, each leaving it to recover; settled at the start."""
    shared_release.wait_serving()
    return shared_release


@pytest.fixture(scope="session")
def database(new_release: Callable[[str], OwnRelease]) -> OwnRelease:
    """A demo database, with the application's tables, for releases that have none of their own; no more than that."""
    release = new_release("database")
    release.start_database()
    return release


@pytest.fixture(scope="session")
def database_url(database: OwnRelease) -> str:
    """That database, as other namespaces reach it."""
    url = database.secret("DATABASE_URL", DATABASE)
    return url.replace(f"@{DATABASE}:", f"@{DATABASE}.{database.namespace}:")


@pytest.fixture(scope="session")
def auth_secret() -> str:
    """The secret that reads the signing keys in that database: its releases have one and the same."""
    return secrets.token_urlsafe(32)
