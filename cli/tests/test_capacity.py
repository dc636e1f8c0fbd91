"""What the nodes have free, counted as the scheduler does."""

import pytest

from conftest import pod
from todo_cli.cluster.capacity import asked, proposal
from todo_cli.kube.quantity import as_written, quantity

MEBIBYTE = 2**20


@pytest.mark.parametrize(
    ("text", "amount"),
    [("250m", 0.25), ("2", 2), ("192Mi", 192 * MEBIBYTE), ("1Gi", 2**30), ("128k", 128_000), ("1e3", 1000)],
)
def test_quantities_are_read(text: str, amount: float) -> None:
    assert quantity(text) == amount


def test_what_is_no_quantity_is_refused() -> None:
    with pytest.raises(ValueError, match="no quantity: much"):
        quantity("much")


def test_amounts_are_written_as_in_a_manifest() -> None:
    assert (as_written("cpu", 0.25), as_written("memory", 192 * MEBIBYTE)) == ("250m", "192Mi")


def test_what_is_proposed_fits_and_is_enough_to_run_with() -> None:
    assert (proposal("cpu", 0.257), proposal("cpu", 0.004)) == ("250m", None)
    assert (proposal("memory", 150 * MEBIBYTE), proposal("memory", 20 * MEBIBYTE)) == ("144Mi", None)
    assert proposal("nvidia.com/gpu", 4) is None


def test_a_pod_asks_for_its_containers_or_its_largest_init_container() -> None:
    one = pod("p", "backend")
    assert asked(one, "cpu") == 0.1
    one["spec"]["initContainers"] = [{"resources": {"requests": {"cpu": "300m"}}}]
    assert asked(one, "cpu") == pytest.approx(0.3)
