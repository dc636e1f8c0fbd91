"""The Secret that `./todo up` writes, on a real API server: it holds what `.env` gives, whatever it held before."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from acceptance.rotation.changes import current_values

from cluster.stack import Stack
from todo_cli.cluster import release
from todo_cli.kube.cluster import Cluster


@pytest.fixture(scope="module")
def namespace(stack: Stack) -> Iterator[Cluster]:
    """A namespace for these tests, as `up` makes it; deleted as `down` does."""
    made = replace(stack.cluster, namespace=f"secret-{secrets.token_hex(3)}")
    assert release.ensure_namespace(made)
    yield made
    assert release.delete_namespace(made)


@pytest.fixture
def cluster(namespace: Cluster) -> Cluster:
    """The namespace without a Secret."""
    namespace.kubectl("delete", "secret", release.SECRET, "--ignore-not-found")
    return namespace


@pytest.fixture
def values() -> dict[str, str]:
    return {"BETTER_AUTH_SECRET": "s" * 40, "OPENAI_API_KEY": "sk-1"}


def test_it_is_written_once(cluster: Cluster, values: dict[str, str]) -> None:
    assert [release.ensure_secret(cluster, values) for _ in range(2)] == ["written", "unchanged"]
    assert current_values(cluster) == values


@pytest.mark.parametrize("change", [{"BETTER_AUTH_SECRET": None}, {"BETTER_AUTH_SECRET": "ZWRpdGVk"}])
def test_what_somebody_changed_by_hand_is_put_back(
    cluster: Cluster, values: dict[str, str], change: dict[str, str | None]
) -> None:
    release.ensure_secret(cluster, values)
    cluster.kubectl("patch", "secret", release.SECRET, "-p", json.dumps({"data": change}))
    assert current_values(cluster) != values
    assert release.ensure_secret(cluster, values) == "repaired"
    assert current_values(cluster) == values


def test_a_key_that_is_no_longer_set_goes(cluster: Cluster, values: dict[str, str]) -> None:
    release.ensure_secret(cluster, values)
    del values["OPENAI_API_KEY"]
    assert release.ensure_secret(cluster, values) == "written"
    assert current_values(cluster) == values
