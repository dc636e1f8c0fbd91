"""What the load in a pod noticed, on a machine that may be too busy to tell."""

from typing import Any

from acceptance.inspection import beyond_limit


def assert_all_went_well(seen: dict[str, Any]) -> None:
    """Of what `cluster.load` printed: no request failed or had to be repeated, no task was lost or doubled.

    Where nothing but requests failed, on a machine whose other work leaves too little for them, the test is skipped.
    """
    assert seen["found"] == seen["written"], seen
    assert seen["lost"] == seen["doubled"] == 0, seen
    if seen["troubled"]:
        beyond_limit(str(seen), seen["machine"])
