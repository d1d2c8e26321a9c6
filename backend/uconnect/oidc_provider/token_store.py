"""A code works once; of a family of refresh tokens only the last works, and using an older one ends them all.

The access tokens that were given with them end too, and their sockets: revoked means now. But for a minute the one
before the last works too: its answer may have been lost on the way.
"""

import sqlite3
from dataclasses import dataclass

from uconnect.oidc_provider import hashed_secrets
from uconnect.oidc_provider.sessions import Session

CODE_LIFETIME = 60  # seconds: the redirect back and one request
GRACE = 60  # seconds that a token is good for again: a phone that loses its network tries again within them
FAMILIES = 8  # of one session: enough for tabs that each signed in, few enough to bound the table


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """What one authorization code stands for."""

    secret: bytes
    sid: str
    client: str
    redirect_uri: str
    scope: str
    nonce: str | None
    challenge: str


@dataclass(frozen=True, slots=True)
class TokenFamily:
    """The refresh tokens that follow from one code, named by its public `id`.

    `again` says that the token was used before, and the answer to it may have been lost.
    """

    id: str
    sid: str
    client: str
    scope: str
    again: bool = False


def save_code(
    connection: sqlite3.Connection,
    secret: str,
    session: Session,
    *,
    redirect_uri: str,
    scope: str,
    nonce: str | None,
    challenge: str,
    now: float,
) -> None:
    """Remember a code that is about to leave, for CODE_LIFETIME seconds."""
    connection.execute("DELETE FROM issuer_code WHERE expires <= ?", (now,))
    connection.execute(
        "INSERT INTO issuer_code (secret, sid, client, redirect_uri, scope, nonce, challenge, expires)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            hashed_secrets.hash_secret(secret),
            session.sid,
            session.client,
            redirect_uri,
            scope,
            nonce,
            challenge,
            int(now) + CODE_LIFETIME,
        ),
    )


def knows_code(connection: sqlite3.Connection, secret: str) -> bool:
    """Whether there is such a code, or was one whose tokens are still good."""
    kept = {"code": hashed_secrets.hash_secret(secret)}
    there = "SELECT EXISTS (SELECT 1 FROM issuer_code WHERE secret = :code)"
    used = "OR EXISTS (SELECT 1 FROM issuer_family WHERE code = :code)"
    return bool(connection.execute(f"{there} {used}", kept).fetchone()[0])


def knows_family(connection: sqlite3.Connection, token: str) -> bool:
    """Whether there is a family that a refresh token may be of, an old one too."""
    family = token.partition(".")[0]
    return connection.execute("SELECT 1 FROM issuer_family WHERE id = ?", (family,)).fetchone() is not None


def take_code(connection: sqlite3.Connection, secret: str, client: str, now: float) -> AuthorizationCode | None:
    """The code, taken out in the same step, so that two requests cannot both have it.

    A code used a second time was stolen by one of the two users. What the first one got is then to be ended, see
    `end_of_code` (RFC 6749 §4.1.2).
    """
    if not knows_code(connection, secret):
        return None
    row = connection.execute(
        "DELETE FROM issuer_code WHERE secret = ? AND client = ?"
        " RETURNING secret, sid, client, redirect_uri, scope, nonce, challenge, expires",
        (hashed_secrets.hash_secret(secret), client),
    ).fetchone()
    return AuthorizationCode(*row[:-1]) if row and row[-1] > now else None


def end_of_code(connection: sqlite3.Connection, secret: str) -> list[str]:
    """End what a code was exchanged for. The places that ended (see `tokens.Claims.place`)."""
    rows = connection.execute(
        "SELECT sid, id FROM issuer_family WHERE code = ?", (hashed_secrets.hash_secret(secret),)
    ).fetchall()
    for _, id in rows:
        end_family(connection, id)
    return [place(sid, id) for sid, id in rows]


def begin_family(connection: sqlite3.Connection, code: AuthorizationCode, now: float) -> str:
    """The first refresh token of a new family. At the limit, the session's family longest unused gives way."""
    connection.execute(
        "DELETE FROM issuer_family WHERE id IN"
        " (SELECT id FROM issuer_family WHERE sid = ? ORDER BY used DESC LIMIT -1 OFFSET ?)",
        (code.sid, FAMILIES - 1),
    )
    family, secret = hashed_secrets.new_public_id(), hashed_secrets.new_secret()
    connection.execute(
        "INSERT INTO issuer_family (id, secret, code, sid, client, scope, used) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (family, hashed_secrets.hash_secret(secret), code.secret, code.sid, code.client, code.scope, int(now)),
    )
    return f"{family}.{secret}"


def place(sid: str, family: str) -> str:
    """Where the tokens of a family are good: in its session, as long as the family lasts."""
    return f"{sid}.{family}"


def use_refresh_token(
    connection: sqlite3.Connection, token: str, client: str, now: float, ended: list[str]
) -> TokenFamily | None:
    """The family whose last token this is, or the one before that, for GRACE seconds after its first use.

    An older token of a living family means that two hold it, the site and a thief, and we cannot tell which one asks:
    the family ends (RFC 9700 §4.14.2), and its place is added to `ended`. A family's name is in its tokens alone: only
    who once held one can end it.
    """
    family, _, secret = token.partition(".")
    row = connection.execute(
        "SELECT id, sid, client, scope, secret, before, changed FROM issuer_family WHERE id = ? AND client = ?",
        (family, client),
    ).fetchone()
    if row is None:
        return None
    id, sid, owner, scope, last, before, changed = row
    again = before == hashed_secrets.hash_secret(secret) and changed <= now < changed + GRACE
    if last != hashed_secrets.hash_secret(secret) and not again:
        end_family(connection, family)
        ended.append(place(sid, family))
        return None
    return TokenFamily(id, sid, owner, scope, again)


def rotate(connection: sqlite3.Connection, family: TokenFamily, now: float) -> str:
    """The family's next refresh token; the one before it is an older one from now on.

    Who asks again gets one in place of the one that was lost. If that was not lost, who has it ends the family by using
    it: of two who hold a token, one of them a thief, neither has it for longer than until the other's next turn.
    """
    secret = hashed_secrets.new_secret()
    moved = "" if family.again else "before = secret, changed = :now, "
    connection.execute(
        f"UPDATE issuer_family SET {moved}secret = :secret, used = :now WHERE id = :id",  # noqa: S608
        {"secret": hashed_secrets.hash_secret(secret), "now": int(now), "id": family.id},
    )
    return f"{family.id}.{secret}"


def end_family(connection: sqlite3.Connection, family: str) -> None:
    """Make every token of the family worthless."""
    connection.execute("DELETE FROM issuer_family WHERE id = ?", (family,))
