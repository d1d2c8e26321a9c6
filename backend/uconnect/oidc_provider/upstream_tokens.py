"""Believes a token of another provider only if one of its published keys signed it, for us, now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from uconnect.oidc_provider.upstream_fetch import json_object

LONGEST = 16 * 1024  # characters of a token: those with many groups have a few thousand
MOST_KEYS = 50  # of a provider that are looked at
# RFC 7517 §4, RFC 7518 §6, RFC 8037.
PUBLIC_MEMBERS = ("kty", "use", "alg", "kid", "key_ops", "n", "e", "crv", "x", "y")
LONGEST_MEMBER = 3000  # characters: a modulus of 16,384 bits, the longest that OpenSSL verifies with, has 2,731
RELOAD = 10.0  # seconds between two fetches of the keys for a token that none of those we know has signed
LIFETIME = 3600.0  # seconds that keys count: one that the provider takes back is believed no longer

# Signatures by a private key alone. `none` is no signature, and with HMAC the public key would be the secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")

Key = RSAKey | ECKey | OKPKey
KEY_TYPES: Mapping[str, type[Key]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
BROKEN = (JoseError, ValueError, TypeError, RecursionError, KeyError)


class InvalidToken(Exception):
    """It is not a token that this provider made for us."""


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """The head and the claims of a token whose signature is right."""

    header: Mapping[str, Any]
    claims: dict[str, Any]


def usable(jwks: Mapping[str, Any]) -> list[Key]:
    """The keys of a set (RFC 7517 §5) that may have signed something. What cannot be read is left out."""
    listed = jwks.get("keys")
    found: list[Key] = []
    for each in listed[:MOST_KEYS] if isinstance(listed, list) else ():
        try:
            public = _public_members(each)
            if public.get("use", "sig") == "sig":
                found.append(KEY_TYPES[public["kty"]].import_key(public))
        except BROKEN:
            continue
    return found


def _public_members(key: Any) -> dict[str, Any]:
    """What of a key is looked at. A private part, or a very long number, would cost half a minute of work, in which
    nobody else is served."""
    found = {name: key[name] for name in PUBLIC_MEMBERS if name in key}
    if any(len(it) > LONGEST_MEMBER for it in found.values()):
        raise ValueError
    return found


def key_id(token: str) -> str | None:
    """Which key a token says it was signed with, before anything is verified; None if it names none.

    Raises InvalidToken.
    """
    if len(token) > LONGEST or not token.isascii():
        raise InvalidToken
    try:
        kid = jws.extract_compact(token.encode(), registry=_registry()).headers().get("kid")
    except BROKEN:
        raise InvalidToken from None
    return kid if isinstance(kid, str) else None


def verified(token: str, keys: Sequence[Key]) -> VerifiedToken:
    """A token that one of these keys signed. Raises InvalidToken.

    A token without the name of a key may be of any of them.
    """
    kid = key_id(token)
    for key in keys:
        if kid is not None and key.kid is not None and key.kid != kid:
            continue
        try:
            found = jws.deserialize_compact(token, key, registry=_registry())
            return VerifiedToken(found.headers(), json_object(found.payload))
        except BROKEN:
            continue
    raise InvalidToken


def _registry() -> JWSRegistry:
    """Takes names in the head that it does not know (RFC 7515 §4.2), but for those that must be understood."""
    return JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)


class PublishedKeys:
    """The keys of a provider. They are fetched when they are first needed, each LIFETIME, and for a token that none of
    them has signed, at most once in RELOAD seconds: anybody may make up such tokens."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._keys: list[Key] = []
        self._fetched = self._tried = float("-inf")

    def knows(self, token: str) -> bool:
        """Whether a key is known that may have signed this token. Raises InvalidToken."""
        kid = key_id(token)
        return any(kid is None or it.kid is None or it.kid == kid for it in self._keys)

    def needs_fetch(self, token: str, *, refused: bool = False) -> bool:
        """Whether the keys must be fetched to verify this token. With `refused` none of those that are known has
        signed it: a new key may have the old one's name, or no key has a name. Raises InvalidToken."""
        is_known = self.knows(token) and not refused and 0 <= self._now() - self._fetched < LIFETIME
        return not is_known and not 0 <= self._now() - self._tried < RELOAD

    def keep(self, jwks: Mapping[str, Any]) -> None:
        """Know these keys, and no others any more."""
        self._keys = usable(jwks)
        self._fetched = self._tried = self._now()

    def note_failure(self) -> None:
        """The keys could not be fetched: wait before the next try."""
        self._tried = self._now()

    def verify(self, token: str) -> VerifiedToken:
        """Raises InvalidToken."""
        return verified(token, self._keys)
