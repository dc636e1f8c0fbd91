"""What a rotated secret means for people: for the sessions and tokens that they have, and for those who sign in."""

import base64
import json
from dataclasses import dataclass, replace

from acceptance.visitor import Answer, Visitor

OK, SIGNED_OUT = 200, 401
TASKS = "/api/me/tasks?limit=1"


@dataclass(frozen=True)
class Proof:
    """Something that the documentation says, and what was seen of it."""

    says: str
    ok: bool
    seen: str


@dataclass(frozen=True)
class Expected:
    """What the documentation says of a kind of rotation."""

    sessions_go_on: bool = True
    new_signing_key: bool = False


EXPECTED = {
    "auth-secret": Expected(sessions_go_on=False),
    "jwt-keys": Expected(new_signing_key=True),
    "openai-key": Expected(),
    "database-url": Expected(),
}


class Witness:
    """A session, and a token of it, from before the rotation."""

    def __init__(self, visitor: Visitor) -> None:
        self.before = replace(visitor)
        self.token = _token(self.before)

    def proofs(self, kind: str) -> list[Proof]:
        """What holds now, after the rotation."""
        expected = EXPECTED[kind]
        session = self.before.request("GET", TASKS)
        bearer = self._with_token(self.token)
        fresh = replace(self.before)
        signed_in = fresh.sign_in()
        token = _token(fresh)
        accepted = self._with_token(token)
        chat = fresh.request("POST", "/api/me/chat", {"message": "hello"})
        key, former = _key_of(token), _key_of(self.token)
        published = _published(fresh)
        lives = "goes on" if expected.sessions_go_on else "ends: people sign in again"
        signs = "is new" if expected.new_signing_key else "is the former one"
        return [
            _proof(f"a running session {lives}", session, OK if expected.sessions_go_on else SIGNED_OUT),
            _proof("a token from before is accepted until it expires", bearer, OK),
            _proof("signing in works", signed_in, OK),
            _proof("a token of the new session is accepted", accepted, OK),
            Proof(
                f"the key that signs it {signs}",
                bool(key) and (key != former) is expected.new_signing_key,
                f"{former[:8]} before, {key[:8] or 'none'} now",
            ),
            Proof("both keys are published", {key, former} <= published, f"{len(published)} keys"),
            _proof("the assistant answers", chat, OK),
        ]

    def _with_token(self, token: str) -> Answer:
        return Visitor(self.before.address).request("GET", TASKS, Authorization=f"Bearer {token}")


def _proof(says: str, answer: Answer, status: int) -> Proof:
    detail = "" if answer.status == status else f" {answer.error or answer.body}"[:160]
    return Proof(says, answer.status == status, f"{answer.status}{detail}")


def _token(visitor: Visitor) -> str:
    answer = visitor.request("GET", "/api/auth/token")
    return str(answer.body["token"]) if answer.status == OK else ""


def _key_of(token: str) -> str:
    """The id of the key that signed a token."""
    head = token.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]) if head else ""


def _published(visitor: Visitor) -> set[str]:
    answer = visitor.request("GET", "/api/auth/jwks")
    return {key["kid"] for key in answer.body["keys"]} if answer.status == OK else set()
