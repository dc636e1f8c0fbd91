"""Secrets rotated for real: the proofs hold, `up` keeps what was rotated, and what does not work is rolled back."""

import os
import subprocess
import sys

import pytest
from acceptance.api_client import ApiClient
from acceptance.commands.rotate import rolled_back_on_failure
from acceptance.contention import Contention
from acceptance.load import account
from acceptance.rotation import changes
from acceptance.rotation.changes import SecretChange, SigningKeyChange
from acceptance.rotation.proofs import Proof, Witness, published
from acceptance.stack import Stack
from acceptance.tests.cluster.noticing import assert_rotated

from todo_cli.engines.choose import cluster_engine
from todo_cli.errors import Problem
from todo_cli.layout import find_layout
from todo_cli.progress import Steps, make_console, silent_step


def todo(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "todo_cli", *words], capture_output=True, text=True, timeout=1800, check=False
    )


def test_a_rotated_auth_secret_is_proven_and_kept(running: Stack) -> None:
    before = changes.current_values(running.cluster)
    with Contention() as machine:
        result = todo("rotate", "auth-secret", "--timeout", "900")
    assert "fails" not in result.stdout, result.stdout
    after = changes.current_values(running.cluster)
    assert after["BETTER_AUTH_SECRET"] == before["BETTER_AUTH_SECRET"]
    assert before["BETTER_AUTH_SECRET"] in after["BETTER_AUTH_SECRETS"] != before.get("BETTER_AUTH_SECRETS")
    assert after["BETTER_AUTH_SECRETS"] not in result.stdout + result.stderr

    again = todo("up", *os.environ.get("TODO_TEST_UP", "").split())
    assert again.returncode == 0, again.stdout + again.stderr
    assert changes.current_values(running.cluster) == after
    assert_rotated(result, machine)


def test_rotated_signing_keys_are_proven(running: Stack) -> None:
    with Contention() as machine:
        result = todo("rotate", "jwt-keys", "--timeout", "900")
    assert "fails" not in result.stdout, result.stdout
    assert_rotated(result, machine)


def test_a_secret_that_the_pods_refuse_is_taken_back_and_nobody_notices(running: Stack) -> None:
    engine = cluster_engine(find_layout(), "")
    cluster = running.cluster
    before = changes.current_values(cluster)
    change = SecretChange(
        cluster, "BETTER_AUTH_SECRETS", "9:too-short", 60, lambda values: engine.upgrade(cluster, values)
    )
    with account(running.address) as client:
        with pytest.raises(Problem), rolled_back_on_failure(change, Steps(make_console())):
            change.make(silent_step())
        assert client.request("GET", "/api/me/tasks").status == 200
    assert changes.current_values(cluster) == before


def test_signing_keys_are_brought_back_as_they_were(running: Stack) -> None:
    """A key that signed long ago is not published anew by what is done to others."""
    change = SigningKeyChange(running.cluster)
    with account(running.address) as client:
        witness = Witness(client)
        change.make(silent_step())
        assert _signing(witness, "jwt-keys").ok
        [retired] = _sql(running, """SELECT id FROM jwks ORDER BY "createdAt" LIMIT 1""")
        aged = f"""UPDATE jwks SET "expiresAt" = '2026-01-02 03:04:05+00' WHERE id = '{retired}' RETURNING id"""
        ended = f"""SELECT extract(epoch FROM "expiresAt")::bigint FROM jwks WHERE id = '{retired}'"""
        second = SigningKeyChange(running.cluster)
        second.make(silent_step())
        _sql(running, aged)
        second.undo(silent_step())
        assert _sql(running, ended) == ["1767323045"]
        assert retired not in published(ApiClient(running.address))
        change.undo(silent_step())
        assert _signing(witness, "database-url").ok
        assert _sql(running, """SELECT count(*) FROM jwks WHERE "expiresAt" IS NULL""") == ["1"]


def _sql(stack: Stack, statement: str) -> list[str]:
    """Run SQL in the demo database; gives the first column."""
    psql = ("psql", "-U", "todo", "-d", "todo", "-XAtq", "-v", "ON_ERROR_STOP=1")
    database = f"deployment/{stack.cluster.release}-database"
    return stack.cluster.kubectl("exec", "-i", database, "--", *psql, stdin=statement).stdout.split()


def _signing(witness: Witness, kind: str) -> Proof:
    return next(proof for proof in witness.proofs(kind) if proof.says.startswith("the key that signs"))
