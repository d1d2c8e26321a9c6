"""Verifies an access token: signed by our issuer, for one of our sites, and not expired."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

LONGEST = 8192  # characters; ours have about 500, Cognito's about 1,100
ACCESS_TYPES = {"at+jwt", "application/at+jwt"}  # RFC 9068 §2.1


@dataclass(frozen=True, slots=True)
class Claims:
    """What a believed token says: who (`subject`, of `issuer`), by which site (`client`), until when (Unix seconds).

    `authenticated` is when they last proved who they are (0), `session` where they are signed in (empty), `grant` which
    family of tokens it belongs to (empty), `scope` what the site asked for (empty), if the token does not say. `key`
    names the key that signed it.
    """

    issuer: str
    subject: str
    client: str
    expires: float
    authenticated: float
    session: str = ""
    grant: str = ""
    key: str = ""
    scope: str = ""

    @property
    def session_scope(self) -> str:
        """Where this token is good: in a session, and in it as long as its family of tokens lasts."""
        return f"{self.session}.{self.grant}" if self.grant else self.session


@dataclass(frozen=True, slots=True)
class TokenTrust:
    """Whose tokens are believed: one issuer, its public keys, its one algorithm, and the client ids of our sites."""

    issuer: str
    keys: KeySet
    clients: frozenset[str]
    algorithm: str

    @classmethod
    def of(cls, issuer: str, jwks: Mapping[str, Any], clients: Collection[str], algorithm: str) -> "TokenTrust":
        """The trust in an issuer that publishes `jwks` (RFC 7517 §5)."""
        return cls(issuer, KeySet.import_key_set({"keys": list(jwks["keys"])}), frozenset(clients), algorithm)


def verify(token: str, trust: TokenTrust, now: float) -> Claims | None:
    """The claims of an access token, or None for anything that is not one, for us, now. Never raises for its bytes."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        # Exactly one algorithm: `none`, and HMAC keyed with the public key, are not on the list.
        found = jwt.decode(token, trust.keys, algorithms=[trust.algorithm])
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
    kid = found.header.get("kid")
    if not isinstance(kid, str) or not _is_access(found.header, found.claims):
        return None
    return _believed(found.claims, kid, trust, now)


def key_id(token: str) -> str | None:
    """Which key a token says it was signed with, before anything is verified. Never raises for its bytes."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
    return kid if isinstance(kid, str) else None


def read_hint(id_token: str, trust: TokenTrust) -> dict[str, Any] | None:
    """What an ID token of the issuer says, also after its end: people sign out late (OpenID Connect RP-Initiated Logout
    1.0 §4). Never raises for its bytes."""
    try:
        found = jwt.decode(id_token, trust.keys, algorithms=[trust.algorithm])
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
    ours = found.header.get("typ") == "JWT" and found.claims.get("iss") == trust.issuer
    return found.claims if ours else None


def _is_access(header: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    """An ID token carries the same signature; sent here it is refused. Cognito marks the use in a claim instead."""
    kind = header.get("typ")
    return claims.get("token_use") == "access" or (isinstance(kind, str) and kind.lower() in ACCESS_TYPES)


def _believed(claims: Mapping[str, Any], kid: str, trust: TokenTrust, now: float) -> Claims | None:
    issuer, subject, client = claims.get("iss"), claims.get("sub"), claims.get("client_id")
    expires, start = _time(claims.get("exp")), _time(claims.get("nbf", 0))
    if issuer != trust.issuer or not isinstance(subject, str) or not subject:
        return None
    if not isinstance(client, str) or client not in trust.clients:
        return None
    if not _for_us(claims.get("aud", client), client):
        return None
    if expires is None or start is None or not start <= now < expires:
        return None
    proved = _time(claims.get("auth_time")) or 0
    place = _text(claims.get("sid")), _text(claims.get("grant"))
    return Claims(trust.issuer, subject, client, expires, proved, *place, kid, _text(claims.get("scope")))


def _for_us(audience: object, client: str) -> bool:
    return audience == client or (isinstance(audience, list) and client in audience)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _time(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
