"""Bearer tokens: EdDSA signatures checked once in a while, remembered by hash."""

import hashlib
import time

import jwt
from cachetools import TLRUCache

from todo_backend.auth.jwks import JwksCache
from todo_backend.auth.principal import Principal
from todo_backend.core.errors import Unauthorized

REMEMBERED_TOKENS = 10_000
REMEMBERED_SECONDS = 300.0  # so that a token of a key which is published no more is refused soon, whatever its own end
_ALGORITHMS = ["EdDSA"]
_MAX_TOKEN_LENGTH = 8192


class TokenVerifier:
    """Turns a token into a Principal.

    The memory holds nothing that another replica could not find out by itself.
    """

    def __init__(self, keys: JwksCache, *, issuer: str, audience: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._known: TLRUCache[bytes, Principal] = TLRUCache(
            REMEMBERED_TOKENS,
            ttu=lambda _, principal, now: min(principal.expires_at, now + REMEMBERED_SECONDS),
            timer=time.time,
        )

    async def verify(self, token: str) -> Principal:
        """The user that `token` proves.

        Raises Unauthorized, saying what is wrong with the token; Unavailable when no key can be had.
        """
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        try:
            return self._known[digest]
        except KeyError:
            pass
        principal = self._known[digest] = await self._verify(token)
        return principal

    async def _verify(self, token: str) -> Principal:
        if len(token) > _MAX_TOKEN_LENGTH:
            raise Unauthorized("The token is too long.")
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
            key = await self._keys.key(key_id) if isinstance(key_id, str) else None
            if key is None:
                raise Unauthorized("The token is signed with an unknown key; sign in again.")
            claims = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                options={"require": ["exp", "iat", "sub", "iss", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthorized("The token has expired; sign in again.") from None
        except jwt.InvalidTokenError as error:
            raise Unauthorized(f"The token is not valid: {error}.") from None
        if not claims["sub"]:
            raise Unauthorized("The token names no user.")
        return Principal(claims["sub"], float(claims["exp"]))
