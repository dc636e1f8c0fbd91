"""Tokens: what is accepted, what is refused and why, and how the keys are kept."""

import asyncio
import base64
import datetime as dt
import json
import time
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from todo_backend.app import open_resources
from todo_backend.auth import jwks, tokens
from todo_backend.auth.jwks import JwksCache
from todo_backend.auth.tokens import TokenVerifier
from todo_backend.core.errors import Unauthorized, Unavailable
from todo_backend.core.settings import Settings
from todo_backend.ops.drain import Drain


@pytest.fixture
def keys(signing_keys: Any) -> Any:
    return type(signing_keys)()


@pytest.fixture
def verifier(keys: Any) -> TokenVerifier:
    return new_verifier(keys)


def new_verifier(keys: Any) -> TokenVerifier:
    cache = JwksCache("http://frontend.test/jwks", httpx2.AsyncClient(transport=httpx2.MockTransport(keys.handle)))
    return TokenVerifier(cache, issuer="todo-stack", audience="todo-stack-api")


@pytest.fixture
def keys_are_soon_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as they are fetched, and then they may be fetched again."""
    for pause in ("COOLDOWN_SECONDS", "REFRESH_SECONDS", "RETRY_SECONDS"):
        monkeypatch.setattr(jwks, pause, 0.0)


def unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "kid": "key-1"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


async def test_a_good_token_is_its_user(verifier: TokenVerifier, keys: Any) -> None:
    assert (await verifier.verify(keys.token("ada"))).user_id == "ada"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda keys: keys.token("ada", exp=int(time.time()) - 1), "expired"),
        (lambda keys: keys.token("ada", iss="somebody-else"), "not valid"),
        (lambda keys: keys.token("ada", aud="another-api"), "not valid"),
        (lambda keys: keys.token("ada", exp=None), "not valid"),
        (lambda keys: keys.token("ada", sub=None), "not valid"),
        (lambda keys: keys.token(""), "names no user"),
        (lambda keys: keys.token("ada", key=Ed25519PrivateKey.generate()), "not valid"),
        (lambda keys: keys.token("ada", kid="key-9", key=Ed25519PrivateKey.generate()), "unknown key"),
        (lambda keys: jwt.encode({"sub": "ada"}, "s" * 32, "HS256", headers={"kid": "key-1"}), "not valid"),
        (lambda _: unsigned({"sub": "ada", "exp": time.time() + 60}), "not valid"),
        (lambda _: "user_id:ada", "not valid"),
        (lambda _: "a.b.c", "not valid"),
        (lambda _: "x" * 9000, "too long"),
    ],
)
async def test_a_bad_token_is_refused_in_words(
    verifier: TokenVerifier, keys: Any, make: Callable[[Any], str], says: str
) -> None:
    with pytest.raises(Unauthorized, match=says):
        await verifier.verify(make(keys))


async def asked(keys: Any, times: int) -> None:
    """Wait until the frontend has been asked for its keys so often."""
    async with asyncio.timeout(60):
        while keys.fetches < times:  # noqa: ASYNC110 (the stand-in has no event for it)
            await asyncio.sleep(0.01)


async def test_a_remembered_token_still_expires(keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = int(time.time()) + 900
    token = keys.token("ada", exp=ends)
    clock = [ends - 0.5]
    monkeypatch.setattr(tokens, "time", SimpleNamespace(time=lambda: clock[0]))
    verifier = new_verifier(keys)
    await verifier.verify(token)
    clock[0] = ends + 0.5
    late = SimpleNamespace(now=lambda tz: dt.datetime.fromtimestamp(ends + 0.5, tz))
    monkeypatch.setattr(jwt.api_jwt, "datetime", late)
    with pytest.raises(Unauthorized, match="expired"):
        await verifier.verify(token)


@pytest.mark.usefixtures("keys_are_soon_old")
async def test_a_token_of_a_key_that_is_gone_is_refused_soon(
    verifier: TokenVerifier, keys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stole the key gave it an end far away."""
    monkeypatch.setattr(tokens, "REMEMBERED_SECONDS", 0.1)
    token = keys.token("ada", exp=int(time.time()) + 10**9)
    await verifier.verify(token)
    keys.private["key-2"] = keys.private.pop("key-1")
    await asyncio.sleep(0.2)
    with pytest.raises(Unauthorized, match="unknown key"):
        await verifier.verify(token)


async def test_a_token_costs_one_verification(verifier: TokenVerifier, keys: Any) -> None:
    token = keys.token("ada")
    first = await verifier.verify(token)
    assert await verifier.verify(token) is first


async def test_many_callers_share_one_fetch(verifier: TokenVerifier, keys: Any) -> None:
    await asyncio.gather(*(verifier.verify(keys.token(f"user-{number}")) for number in range(50)))
    assert keys.fetches == 1


async def test_a_key_that_is_rotated_just_after_a_fetch_is_found(verifier: TokenVerifier, keys: Any) -> None:
    await verifier.verify(keys.token("ada"))
    keys.private["key-2"] = Ed25519PrivateKey.generate()
    assert (await verifier.verify(keys.token("bob", kid="key-2"))).user_id == "bob"


async def test_a_key_that_is_rotated_during_a_fetch_is_found(
    verifier: TokenVerifier, keys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwks, "COOLDOWN_SECONDS", 0.05)
    keys.seconds = 0.1
    asks = [asyncio.create_task(verifier.verify(keys.token("ada")))]
    await asked(keys, 1)
    keys.private["key-2"] = Ed25519PrivateKey.generate()
    asks += [asyncio.create_task(verifier.verify(keys.token("bob", kid="key-2"))) for _ in range(20)]
    assert {principal.user_id for principal in await asyncio.gather(*asks)} == {"ada", "bob"}
    assert keys.fetches == 2


async def test_made_up_key_ids_do_not_flood_the_frontend(
    verifier: TokenVerifier, keys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwks, "COOLDOWN_SECONDS", 0.2)

    async def ask(number: int) -> None:
        await asyncio.sleep(number * 0.01)
        with pytest.raises(Unauthorized, match="unknown key"):
            await verifier.verify(keys.token("ada", kid=f"made-up-{number}", key=Ed25519PrivateKey.generate()))

    began = time.monotonic()
    await asyncio.gather(*map(ask, range(50)))
    assert 2 <= keys.fetches <= 2 + (time.monotonic() - began) / jwks.COOLDOWN_SECONDS


async def test_a_fetch_that_is_given_up_is_made_by_the_next(
    verifier: TokenVerifier, keys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.seconds = 0.1
    given_up, waiting = (asyncio.create_task(verifier.verify(keys.token(name))) for name in ("ada", "bob"))
    await asked(keys, 1)
    given_up.cancel()
    assert (await waiting).user_id == "bob"


@pytest.mark.usefixtures("keys_are_soon_old")
async def test_known_keys_go_on_while_the_frontend_is_away(verifier: TokenVerifier, keys: Any) -> None:
    await verifier.verify(keys.token("ada"))
    keys.down = True
    assert (await verifier.verify(keys.token("bob"))).user_id == "bob"
    assert keys.fetches == 2


@pytest.mark.usefixtures("keys_are_soon_old")
async def test_known_keys_go_on_while_the_frontend_hangs(verifier: TokenVerifier, keys: Any) -> None:
    await verifier.verify(keys.token("ada"))
    keys.seconds = 600
    asks = asyncio.create_task(verifier.verify(keys.token("bob")))
    await asked(keys, 2)
    async with asyncio.timeout(60):
        assert (await verifier.verify(keys.token("carol"))).user_id == "carol"
    asks.cancel()


async def test_a_key_that_cannot_be_looked_for_is_not_called_unknown(verifier: TokenVerifier, keys: Any) -> None:
    await verifier.verify(keys.token("ada"))
    keys.private["key-2"] = Ed25519PrivateKey.generate()
    keys.down = True
    with pytest.raises(Unavailable):
        await verifier.verify(keys.token("bob", kid="key-2"))


async def test_without_any_key_the_caller_is_told_to_come_back(verifier: TokenVerifier, keys: Any) -> None:
    keys.down = True
    with pytest.raises(Unavailable):
        await verifier.verify(keys.token("ada"))


@pytest.mark.parametrize(
    "answer", ["", "<html>", "null", "[]", "{}", '{"keys": {}}', '{"keys": []}', '{"keys": ["a"]}']
)
async def test_an_answer_that_is_no_set_of_keys_is_one_of_a_service_that_is_away(keys: Any, answer: str) -> None:
    """A gateway or another program may answer in the frontend's place."""
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(200, text=answer)))
    verifier = TokenVerifier(JwksCache("http://frontend.test/jwks", client), issuer="todo-stack", audience="api")
    with pytest.raises(Unavailable):
        await verifier.verify(keys.token("ada"))


async def test_keys_are_fetched_past_a_proxy(
    keys: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frontend is in the same cluster, or on the same machine."""
    (tmp_path / "jwks").write_text(json.dumps(keys.jwks()))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        here = settings.model_copy(update={"auth_jwks_url": f"http://127.0.0.1:{server.server_port}/jwks"})
        async with open_resources(here, Drain(0)) as resources:
            assert (await resources.tokens.verify(keys.token("ada"))).user_id == "ada"
        server.shutdown()
