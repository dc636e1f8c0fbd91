"""What a rotated secret means: for the pods, which have the new one, and for people's sessions, tokens and sign-ins."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from acceptance.api_client import Answer, ApiClient, ask_again
from acceptance.clients import BUSY_WAITS, TRANSIENT
from acceptance.replicas import name_of, pods, ready
from acceptance.stack import Stack

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


# Print the hash of a key as a pod has it, in its environment or in a file.
PRINT_HASH = {
    "backend": (
        "python",
        "-c",
        "import hashlib, os, sys; n = sys.argv[1]; "
        "v = os.environ.get(n) or open(os.environ[n + '_FILE']).read().strip(); "
        "print(hashlib.sha256(v.encode()).hexdigest())",
    ),
    "frontend": (
        "node",
        "-e",
        "const n = process.argv[1], e = process.env; "
        "const v = e[n] || require('fs').readFileSync(e[n + '_FILE'], 'utf8').trim(); "
        "console.log(require('crypto').createHash('sha256').update(v).digest('hex'))",
    ),
}
EXPECTED = {
    "auth-secret": Expected(sessions_go_on=False),
    "jwt-keys": Expected(new_signing_key=True),
    "openai-key": Expected(),
    "database-url": Expected(),
}


def at_work(stack: Stack, tier: str, name: str, value: str) -> Proof:
    """That every pod of the tier has this value as its `name`, by its hash: the value itself is never shown."""
    wanted = hashlib.sha256(value.encode()).hexdigest()
    found = ready(pods(stack, tier))
    hashes = {
        name_of(pod): stack.cluster.kubectl(
            "exec", name_of(pod), "-c", tier, "--", *PRINT_HASH[tier], name, check=False
        ).stdout.strip()
        for pod in found
    }
    have = [pod for pod, seen in hashes.items() if seen == wanted]
    return Proof(
        f"the {tier}'s pods have the new {name}",
        bool(found) and len(have) == len(found),
        f"{len(have)} of {len(found)} pods, sha256 {wanted[:8]}",
    )


class Witness:
    """A session, and a token of it, from before the rotation."""

    def __init__(self, client: ApiClient) -> None:
        self.before = replace(client)
        self.token = _token(self.before)

    def proofs(self, kind: str) -> list[Proof]:
        """What holds now, after the rotation."""
        expected = EXPECTED[kind]
        session = _asked(lambda: self.before.request("GET", TASKS))
        bearer = self._with_token(self.token)
        fresh = replace(self.before)
        signed_in = _asked(fresh.sign_in)
        token = _token(fresh)
        accepted = self._with_token(token)
        chat = _asked(lambda: fresh.request("POST", "/api/me/chat", {"message": "hello"}))
        key, former = _key_of(token), _key_of(self.token)
        keys = published(fresh)
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
            Proof("both keys are published", {key, former} <= keys, f"{len(keys)} keys"),
            _proof("the assistant answers", chat, OK),
        ]

    def _with_token(self, token: str) -> Answer:
        client = ApiClient(self.before.address)
        return _asked(lambda: client.request("GET", TASKS, Authorization=f"Bearer {token}"))


def _asked(send: Callable[[], Answer]) -> Answer:
    """The answer, asked for again while nobody is there to give it."""
    return ask_again(send, BUSY_WAITS, lambda answer: answer.status in TRANSIENT)


def _proof(says: str, answer: Answer, status: int) -> Proof:
    detail = "" if answer.status == status else f" {answer.error or answer.body}"[:160]
    return Proof(says, answer.status == status, f"{answer.status}{detail}")


def _token(client: ApiClient) -> str:
    answer = _asked(lambda: client.request("GET", "/api/auth/token"))
    return str(answer.body["token"]) if answer.status == OK else ""


def _key_of(token: str) -> str:
    """The id of the key that signed a token."""
    head = token.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]) if head else ""


def published(client: ApiClient) -> set[str]:
    """The ids of the keys whose tokens are accepted."""
    answer = _asked(lambda: client.request("GET", "/api/auth/jwks"))
    return {key["kid"] for key in answer.body["keys"]} if answer.status == OK else set()
