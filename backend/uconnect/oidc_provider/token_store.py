"""Authorization codes, refresh tokens and signed tokens.

A code works once. Of a family of refresh tokens only the last works, and using an older one ends them all: the access
tokens that came with them too, and their sockets. For a minute the token before the last works as well: the answer to
it may have been lost on the way.

Everybody can check what is signed here with the published key. It says who, for which site and until when.
"""

import base64
import hashlib
import sqlite3
from dataclasses import astuple, dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from uconnect.oidc_provider.hashed_secrets import hash_secret, new_public_id, new_secret
from uconnect.oidc_provider.sessions import Session

ALGORITHM = "ES256"
TOKEN_LIFETIME = 600  # seconds, of access and ID tokens alike
CODE_LIFETIME = 60  # seconds: the redirect back and one request
GRACE = 60  # seconds that a token is good for again: a phone that loses its network tries again within them
FAMILIES = 8  # of one session: enough for tabs that each signed in, few enough to bound the table


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """What one authorization code stands for. `secret` is its hash."""

    secret: bytes
    sid: str
    client: str
    redirect_uri: str
    scope: str
    nonce: str | None
    challenge: str


CODE_COLUMNS = "secret, sid, client, redirect_uri, scope, nonce, challenge, expires"


@dataclass(frozen=True, slots=True)
class TokenFamily:
    """The refresh tokens that follow from one code, named by its public `id`.

    `authenticated` is when the person had proved who they are, at the time of the code: it stays the same in all tokens
    that follow (OpenID Connect Core §12.2, RFC 9068 §2.2.1). `again` says that the token was used before, and the
    answer to it may have been lost.
    """

    id: str
    sid: str
    client: str
    scope: str
    authenticated: int
    again: bool = False


def save_code(connection: sqlite3.Connection, code: AuthorizationCode, now: float) -> None:
    """Keep a code for CODE_LIFETIME seconds, before it is sent."""
    connection.execute("DELETE FROM issuer_code WHERE expires <= ?", (now,))
    connection.execute(
        f"INSERT INTO issuer_code ({CODE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (*astuple(code), int(now) + CODE_LIFETIME),
    )


def knows_code(connection: sqlite3.Connection, secret: str) -> bool:
    """Whether there is such a code, or was one whose tokens are still good."""
    values = {"code": hash_secret(secret)}
    there = "SELECT EXISTS (SELECT 1 FROM issuer_code WHERE secret = :code)"
    used = "OR EXISTS (SELECT 1 FROM issuer_token_family WHERE code = :code)"
    return bool(connection.execute(f"{there} {used}", values).fetchone()[0])


def knows_family(connection: sqlite3.Connection, token: str) -> bool:
    """Whether there is a family that a refresh token may be of, an old one too."""
    family = token.partition(".")[0]
    return connection.execute("SELECT 1 FROM issuer_token_family WHERE id = ?", (family,)).fetchone() is not None


def take_code(connection: sqlite3.Connection, secret: str, client: str, now: float) -> AuthorizationCode | None:
    """The code, deleted in the same step, so that two requests cannot both have it.

    A code used a second time was stolen by one of the two users. Then the tokens that the first one got must end, see
    `end_tokens_of_code` (RFC 6749 §4.1.2).
    """
    if not knows_code(connection, secret):
        return None
    row = connection.execute(
        f"DELETE FROM issuer_code WHERE secret = ? AND client = ? RETURNING {CODE_COLUMNS}",  # noqa: S608
        (hash_secret(secret), client),
    ).fetchone()
    return AuthorizationCode(*row[:-1]) if row and row[-1] > now else None


def end_tokens_of_code(connection: sqlite3.Connection, secret: str) -> list[str]:
    """End what a code was exchanged for. Returns the places that ended (see `verification.Claims.session_scope`)."""
    rows = connection.execute(
        "SELECT sid, id FROM issuer_token_family WHERE code = ?", (hash_secret(secret),)
    ).fetchall()
    for _, id in rows:
        end_family(connection, id)
    return [session_scope(sid, id) for sid, id in rows]


def begin_family(connection: sqlite3.Connection, code: AuthorizationCode, authenticated: int, now: float) -> str:
    """The first refresh token of a new family. At the limit, the session's family longest unused gives way."""
    connection.execute(
        "DELETE FROM issuer_token_family WHERE id IN"
        " (SELECT id FROM issuer_token_family WHERE sid = ? ORDER BY used DESC LIMIT -1 OFFSET ?)",
        (code.sid, FAMILIES - 1),
    )
    family, secret = new_public_id(), new_secret()
    connection.execute(
        "INSERT INTO issuer_token_family (id, secret, code, sid, client, scope, authenticated, used)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (family, hash_secret(secret), code.secret, code.sid, code.client, code.scope, authenticated, int(now)),
    )
    return f"{family}.{secret}"


def session_scope(sid: str, family: str) -> str:
    """Where the tokens of a family are good: in its session, as long as the family lasts."""
    return f"{sid}.{family}"


def use_refresh_token(
    connection: sqlite3.Connection, token: str, client: str, now: float, ended: list[str]
) -> TokenFamily | None:
    """The family whose last token this is, or the one before that, for GRACE seconds after its first use.

    An older token of a living family means that two hold it, the site and a thief, and we cannot tell which one asks:
    the family ends (RFC 9700 §4.14.2), and its place is added to `ended`. A family's name stands in its tokens alone,
    so only somebody who once held one can end it.
    """
    family, _, secret = token.partition(".")
    row = connection.execute(
        "SELECT id, sid, client, scope, authenticated, secret, before, changed FROM issuer_token_family"
        " WHERE id = ? AND client = ?",
        (family, client),
    ).fetchone()
    if row is None:
        return None
    id, sid, owner, scope, authenticated, last, before, changed = row
    again = before == hash_secret(secret) and changed <= now < changed + GRACE
    if last != hash_secret(secret) and not again:
        end_family(connection, family)
        ended.append(session_scope(sid, family))
        return None
    return TokenFamily(id, sid, owner, scope, authenticated, again)


def rotate(connection: sqlite3.Connection, family: TokenFamily, now: float) -> str:
    """The family's next refresh token; the one before it is an older one from now on.

    A repeated request gets a token in place of the lost one. If that was not lost, its holder ends the family by using
    it: of two holders, one of them a thief, neither keeps the family beyond the other's next turn.
    """
    secret = new_secret()
    moved = "" if family.again else "before = secret, changed = :now, "
    connection.execute(
        f"UPDATE issuer_token_family SET {moved}secret = :secret, used = :now WHERE id = :id",  # noqa: S608
        {"secret": hash_secret(secret), "now": int(now), "id": family.id},
    )
    return f"{family.id}.{secret}"


def end_family(connection: sqlite3.Connection, family: str) -> None:
    """Make every token of the family worthless."""
    connection.execute("DELETE FROM issuer_token_family WHERE id = ?", (family,))


class Signer:
    """Signs as the issuer `url`."""

    def __init__(self, url: str, private: ECKey) -> None:
        self._url = url
        self._private = private

    @property
    def kid(self) -> str:
        """The key's name in the head of each token."""
        return str(self._private.kid)

    def access_token(self, session: Session, scope: str, now: float, grant: str = "") -> str:
        """For the API (RFC 9068). No name and no address: the API's logs shall not hold them even by accident. It ends
        with its session, and before that with its `grant`, the family of refresh tokens that it was given with."""
        claims: dict[str, Any] = {"client_id": session.client, "scope": scope, "jti": new_public_id()}
        claims |= {"auth_time": session.authenticated, "sid": session.sid}
        claims |= {"grant": grant} if grant else {}
        return self._sign("at+jwt", session, claims, now)

    def id_token(self, session: Session, access_token: str, nonce: str | None, now: float) -> str:
        """For the site (OpenID Connect Core §2), and its hint when it signs out."""
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims: dict[str, Any] = {
            "auth_time": session.authenticated,
            "sid": session.sid,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        }
        if nonce is not None:
            claims["nonce"] = nonce
        return self._sign("JWT", session, claims, now)

    def _sign(self, kind: str, session: Session, claims: dict[str, Any], now: float) -> str:
        common = {
            "iss": self._url,
            "sub": session.subject,
            "aud": session.client,
            "iat": int(now),
            "exp": int(now) + TOKEN_LIFETIME,
        }
        header = {"typ": kind, "alg": ALGORITHM, "kid": self.kid}
        return jwt.encode(header, common | claims, self._private, [ALGORITHM])
