"""Secrets rotated for real: the proofs hold, `up` keeps what was rotated, and what does not work is taken back."""

import os
import subprocess
import sys

import pytest
from acceptance.load import account
from acceptance.rotation import Proof, Witness
from acceptance.stack import Stack

from todo_cli.cluster import rotation
from todo_cli.cluster.rotation import SecretChange, SigningKeyChange
from todo_cli.commands.deployed import cluster_engine
from todo_cli.commands.rotate import taken_back_on_failure
from todo_cli.errors import Problem
from todo_cli.layout import find_layout
from todo_cli.progress import Steps, make_console, silent_step


def todo(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "todo_cli", *words], capture_output=True, text=True, timeout=600, check=False
    )


def test_a_rotated_auth_secret_is_proven_and_kept(running: Stack) -> None:
    before = rotation.current_values(running.cluster)
    result = todo("rotate", "auth-secret")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "fails" not in result.stdout
    after = rotation.current_values(running.cluster)
    assert after["BETTER_AUTH_SECRET"] == before["BETTER_AUTH_SECRET"]
    assert before["BETTER_AUTH_SECRET"] in after["BETTER_AUTH_SECRETS"] != before.get("BETTER_AUTH_SECRETS")
    assert after["BETTER_AUTH_SECRETS"] not in result.stdout + result.stderr

    again = todo("up", *os.environ.get("TODO_TEST_UP", "").split())
    assert again.returncode == 0, again.stdout + again.stderr
    assert rotation.current_values(running.cluster) == after


def test_rotated_signing_keys_are_proven(running: Stack) -> None:
    result = todo("rotate", "jwt-keys")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "fails" not in result.stdout


def test_a_secret_that_the_pods_refuse_is_taken_back_and_nobody_notices(running: Stack) -> None:
    engine = cluster_engine(find_layout(), "")
    cluster = running.cluster
    before = rotation.current_values(cluster)
    change = SecretChange(
        cluster, "BETTER_AUTH_SECRETS", "9:too-short", 60, lambda values: engine.upgrade(cluster, values)
    )
    with account(running.address) as visitor:
        with pytest.raises(Problem), taken_back_on_failure(change, Steps(make_console())):
            change.make(silent_step())
        assert visitor.request("GET", "/api/me/tasks").status == 200
    assert rotation.current_values(cluster) == before


def test_signing_keys_are_brought_back(running: Stack) -> None:
    change = SigningKeyChange(running.cluster)
    with account(running.address) as visitor:
        witness = Witness(visitor)
        change.make(silent_step())
        assert _signing(witness, "jwt-keys").ok
        change.undo(silent_step())
        assert _signing(witness, "database-url").ok


def _signing(witness: Witness, kind: str) -> Proof:
    return next(proof for proof in witness.proofs(kind) if proof.says.startswith("the key that signs"))
