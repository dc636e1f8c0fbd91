"""What a check asks for by name: the stack that is up, its own record of it, and the releases that all checks share."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from acceptance import scratch_release
from acceptance.api_server import reading
from acceptance.deployed import stack_on_cluster
from acceptance.inspection import Inspection, Measure
from acceptance.model_server import ModelServer
from acceptance.scratch_release import ExternalDatabaseRelease, HealthyRelease
from acceptance.stack import Stack
from todo_cli.layout import find_layout

INSPECTION = pytest.StashKey[Inspection]()


@pytest.fixture(scope="session")
def running() -> Iterator[Stack]:
    """The stack that is up."""
    found = stack_on_cluster(find_layout(), "the specification is about a cluster")
    with reading(found.cluster) as cluster:
        yield replace(found, cluster=cluster)


@pytest.fixture(scope="session")
def healthy_release(running: Stack) -> Iterator[HealthyRelease]:
    """A scratch release that is well: installed when first asked for, shared by the checks."""
    with scratch_release.healthy_release(running) as release:
        yield release


@pytest.fixture(scope="session")
def external_release(running: Stack, healthy_release: HealthyRelease) -> Iterator[ExternalDatabaseRelease]:
    """One on the healthy one's database, under a host name that appears some seconds after the install."""
    with scratch_release.external_release(running, healthy_release) as release:
        yield release


@pytest.fixture(scope="session")
def model_server(healthy_release: HealthyRelease) -> ModelServer:
    """The server that both releases ask for a model's answers, and which writes down the keys that it is shown."""
    return scratch_release.started_model_server(healthy_release)


@pytest.fixture
def stack(running: Stack, request: pytest.FixtureRequest) -> Inspection:
    """The stack, and a record of what the check does and sees of it."""
    inspection = Inspection(running)
    request.node.stash[INSPECTION] = inspection
    return inspection


@pytest.fixture
def measure(record_property: Callable[[str, object], None]) -> Measure:
    """Keeps a figure beside its limit, and fails where it is beyond."""
    return Measure(record_property)
