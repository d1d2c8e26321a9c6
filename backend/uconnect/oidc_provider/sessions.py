"""A session is one browser signed in on one site. Ending it ends every token that came of it, and its sockets.

A device is a browser that has signed in to an account before. It is a random secret in a cookie and opens nothing: its
holder still needs the password, but has tries of their own, which strangers cannot use up. So it may live long, also
while nobody is signed in. It is renewed at each sign-in: a secret that was set in a browser before, or is known to
somebody else, is worth nothing after.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from enum import Enum

from starlette.requests import Request
from starlette.responses import Response

from uconnect.adapters.sqlite import Database
from uconnect.application.email_addresses import spellings
from uconnect.oidc_provider.email_verification import LIFETIME as VERIFICATION_LIFETIME
from uconnect.oidc_provider.hashed_secrets import hash_secret, new_public_id, new_secret
from uconnect.oidc_provider.settings import Client

Ended = Callable[[Iterable[str]], None]
LIFETIME = 30 * 24 * 3600  # seconds from signing in; then the password is asked again
DEVICE_LIFETIME = 400 * 24 * 3600  # seconds since the last sign-in; browsers keep no cookie for longer (RFC 6265bis)
DEVICES = 10  # of one account; the one longest unused gives way


class Cookie(Enum):
    """What a browser holds for each site."""

    SESSION = "session"
    DEVICE = "device"
    TICKET = "proof"  # what opens the verification of an address
    UPSTREAM = "upstream"  # what ties the answer of another provider to the browser that asked it
    ARRIVAL = "arrival"  # what opens the page after such an answer
    STEP = "step"  # what opens a sign-in that waits for its second step
    PASSKEY = "passkey"  # what binds challenges to the browser


STEP_LIFETIME = 600  # seconds between the first step and the second
LIFETIMES = {
    Cookie.SESSION: LIFETIME,
    Cookie.DEVICE: DEVICE_LIFETIME,
    Cookie.TICKET: VERIFICATION_LIFETIME,
    Cookie.UPSTREAM: VERIFICATION_LIFETIME,
    Cookie.ARRIVAL: VERIFICATION_LIFETIME,
    Cookie.STEP: STEP_LIFETIME,
    Cookie.PASSKEY: 24 * 3600,
}

BROWSERS = (  # the first that the User-Agent names: most name their ancestors too
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (  # the same: Android says Linux, and an iPhone says Mac OS X
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
DAY = 24 * 3600  # seconds


def ignore_ended(_: Iterable[str]) -> None:
    """For a provider without sockets: nothing else ends with a session."""


@dataclass(frozen=True, slots=True)
class Session:
    """The account (`subject`) that is signed in on a site, the browser, and when the person last proved who they are
    (Unix seconds).

    `issuer` is the provider that said who they are; empty if we did. The session is `strong` if they have shown more
    than a password. `used` is the day when it last got tokens.
    """

    sid: str
    client: str
    subject: str
    authenticated: int
    expires: int
    browser: str = ""
    issuer: str = ""
    strong: bool = False
    used: int = 0


COLUMNS = "sid, client, subject, authenticated, expires, browser, issuer, strong, used"
Row = tuple[str, str, str, int, int, str, str, int, int]


@dataclass(frozen=True, slots=True)
class UpstreamProof:
    """What another provider says of a sign-in: when the person proved who they are (Unix seconds), for how many seconds
    that counts here, and the hash of its own name for its session. It is `strong` if the provider has asked for more
    than a password.

    `upstream_subject`, if there is one, is the provider's name for a person who is not linked to the account yet, and
    `email` the address that it gave.
    """

    issuer: str
    authenticated: int
    lifetime: int
    upstream_sid: bytes | None = None
    strong: bool = False
    upstream_subject: str = ""
    email: str = ""


def day(now: float) -> int:
    """The beginning of a day (UTC). When somebody was here is kept no finer."""
    return int(now) // DAY * DAY


def begin(
    connection: sqlite3.Connection,
    client: str,
    subject: str,
    now: float,
    browser: str = "",
    proof: UpstreamProof | None = None,
    *,
    strong: bool = False,
    idle: int = LIFETIME,
) -> tuple[Session, str]:
    """A new session and the secret its cookie holds. Without a `proof` of another provider, we have seen one now.
    `idle` is how many seconds the session lasts without use."""
    _purge(connection, now)
    known = proof or UpstreamProof("", int(now), LIFETIME)
    latest, secret = int(now) + known.lifetime, new_secret()
    about = client, subject, known.authenticated, min(int(now) + idle, latest), browser, known.issuer
    session = Session(new_public_id(), *about, strong or known.strong, day(now))
    connection.execute(
        f"INSERT INTO issuer_session ({COLUMNS}, secret, upstream_sid, latest)"  # noqa: S608
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*astuple(session), hash_secret(secret), known.upstream_sid, latest),
    )
    return session, secret


def use(connection: sqlite3.Connection, sid: str, now: float, idle: int = LIFETIME) -> None:
    """The session gets tokens: from now it lasts for `idle` seconds, and never beyond its latest end."""
    connection.execute(
        "UPDATE issuer_session SET used = ?, expires = min(latest, ?) WHERE sid = ?", (day(now), int(now) + idle, sid)
    )


def shorten_all(connection: sqlite3.Connection, now: float, idle: int) -> None:
    """Let no session last for more than `idle` seconds without use, also those that began before that was asked for."""
    connection.execute("UPDATE issuer_session SET expires = ? WHERE expires > ?", (int(now) + idle, int(now) + idle))


def of_cookie(connection: sqlite3.Connection, client: str, secret: str, now: float) -> Session | None:
    """The session a cookie opens. A cookie of another site opens none: each site is its own party."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_session WHERE secret = ? AND client = ? AND expires > ?",  # noqa: S608
        (hash_secret(secret), client, now),
    ).fetchone()
    return _session(row) if row else None


def of_sid(connection: sqlite3.Connection, sid: str, now: float) -> Session | None:
    """The session of this public id, while it lasts."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_session WHERE sid = ? AND expires > ?",  # noqa: S608
        (sid, now),
    ).fetchone()
    return _session(row) if row else None


def lasts(connection: sqlite3.Connection, place: str, now: float) -> bool:
    """Whether a token that is good in this place (see `verification.Claims.session_scope`) has not been ended."""
    sid, _, family = place.partition(".")
    if of_sid(connection, sid, now) is None:
        return False
    query = "SELECT 1 FROM issuer_token_family WHERE id = ? AND sid = ?"
    return not family or connection.execute(query, (family, sid)).fetchone() is not None


def of_subject(connection: sqlite3.Connection, subject: str, now: float) -> list[Session]:
    """Where an account is signed in, the latest first."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM issuer_session WHERE subject = ? AND expires > ?"  # noqa: S608
        " ORDER BY authenticated DESC, sid",
        (subject, now),
    ).fetchall()
    return [_session(row) for row in rows]


def renew(connection: sqlite3.Connection, sid: str, now: float, *, strong: bool = False) -> None:
    """The person has proved again who they are."""
    connection.execute(
        "UPDATE issuer_session SET authenticated = ?, strong = strong OR ? WHERE sid = ?", (int(now), strong, sid)
    )


def _session(row: Row) -> Session:
    sid, client, subject, authenticated, expires, browser, issuer, strong, used = row
    return Session(sid, client, subject, authenticated, expires, browser, issuer, bool(strong), used)


def end_all(connection: sqlite3.Connection, subject: str, *, exclude: str | None = None) -> list[str]:
    """Sign an account out everywhere, but for the session `exclude`. Returns the sessions that ended."""
    found = connection.execute("SELECT sid FROM issuer_session WHERE subject = ?", (subject,)).fetchall()
    ended = [sid for (sid,) in found if sid != exclude]
    for sid in ended:
        end(connection, sid)
    return ended


def is_known(connection: sqlite3.Connection, sid: str) -> bool:
    """Whether there is such a session, expired or not."""
    return connection.execute("SELECT 1 FROM issuer_session WHERE sid = ?", (sid,)).fetchone() is not None


def ended_among(connection: sqlite3.Connection, sids: Sequence[str]) -> list[str]:
    """Those of these sessions that are no longer there."""
    sql = "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM issuer_session WHERE sid = value)"
    return [sid for (sid,) in connection.execute(sql, (json.dumps(sids),))]


def end(connection: sqlite3.Connection, sid: str) -> None:
    """End the session, with its unused codes and its refresh tokens."""
    for table in ("issuer_session", "issuer_code", "issuer_token_family"):
        connection.execute(f"DELETE FROM {table} WHERE sid = ?", (sid,))  # noqa: S608


def sign_everybody_out(connection: sqlite3.Connection) -> None:
    """End all sessions, all codes of e-mails that were not entered yet, and all sign-ins that have begun."""
    tables = ("issuer_session", "issuer_code", "issuer_token_family", "issuer_email_verification")
    for table in (*tables, "issuer_upstream_request", "issuer_arrival", "issuer_second_step"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608


def _purge(connection: sqlite3.Connection, now: float) -> None:
    for (sid,) in connection.execute("SELECT sid FROM issuer_session WHERE expires <= ?", (now,)).fetchall():
        end(connection, sid)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that is known to an account."""

    id: str
    subject: str


def find_device(connection: sqlite3.Connection, client: str, secret: str, email: str, now: float) -> Device | None:
    """The browser that holds this secret, if the account with this address, as it was typed, knows it."""
    first, *_, last = spellings(email) * 2
    row = connection.execute(
        "SELECT id, subject FROM issuer_device JOIN issuer_account USING (subject)"
        " WHERE secret = ? AND client = ? AND email IN (?, ?) AND used > ?",
        (hash_secret(secret), client, first, last, now - DEVICE_LIFETIME),
    ).fetchone()
    return Device(*row) if row else None


def remember_device(connection: sqlite3.Connection, client: str, subject: str, before: str | None, now: float) -> str:
    """Let an account know the browser that held the secret `before`, if any. Returns its new secret.

    Its id stays, and with it what it has tried at other accounts: signing in to one gives no tries at another.
    """
    secret, old = new_secret(), hash_secret(before or "")
    row = connection.execute(
        "SELECT id FROM issuer_device WHERE secret = ? AND client = ? LIMIT 1", (old, client)
    ).fetchone()
    id = row[0] if row else new_public_id()
    connection.execute("UPDATE issuer_device SET secret = ? WHERE id = ?", (hash_secret(secret), id))
    connection.execute(
        "INSERT OR REPLACE INTO issuer_device (id, subject, client, secret, used) VALUES (?, ?, ?, ?, ?)",
        (id, subject, client, hash_secret(secret), int(now)),
    )
    connection.execute("DELETE FROM issuer_device WHERE used <= ?", (now - DEVICE_LIFETIME,))
    connection.execute(
        "DELETE FROM issuer_device WHERE subject = ? AND id NOT IN"
        " (SELECT id FROM issuer_device WHERE subject = ? ORDER BY used DESC, rowid DESC LIMIT ?)",
        (subject, subject, DEVICES),
    )
    return secret


def forget_devices(connection: sqlite3.Connection, subject: str, *, exclude: str | None = None) -> None:
    """Let an account know no browser any more, but for the one that holds the secret `exclude`."""
    connection.execute(
        "DELETE FROM issuer_device WHERE subject = ? AND secret <> ?", (subject, hash_secret(exclude or ""))
    )


def browser_name(user_agent: str) -> str:
    """The browser and the system in a few words, such as "Firefox on Linux": by them a person knows their devices. No
    version is kept, and nothing else that would tell one such browser from another."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "Another browser")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


class BrowserSessions:
    """What a browser's cookies open. Each site has cookies of its own (see `Cookie`), so one browser can be three
    parties.

    `ended` is told of sessions that end. `now` is Unix seconds. `idle` is how many seconds a session lasts without use.
    """

    def __init__(
        self, database: Database, now: Callable[[], float], ended: Ended, *, secure: bool, idle: int = LIFETIME
    ) -> None:
        self.idle = idle
        self.database = database
        self.now = now
        self.ended = ended
        self._secure = secure
        # With this prefix a browser takes the cookie from us alone: a neighbour of our host name cannot set one.
        self._prefix = "__Host-uconnect_" if secure else "uconnect_"

    async def find(self, request: Request, client: Client) -> Session | None:
        """The session of the browser on this site."""
        secret = self.get(request, client, Cookie.SESSION)
        if secret is None:
            return None
        return await self.database.read_soon(lambda connection: of_cookie(connection, client.id, secret, self.now()))

    async def device(self, request: Request, client: Client, email: str) -> Device | None:
        """The browser, if the account with this address knows it."""
        secret = self.get(request, client, Cookie.DEVICE)
        if secret is None:
            return None
        return await self.database.read_soon(
            lambda connection: find_device(connection, client.id, secret, email, self.now())
        )

    async def end(self, sids: Sequence[str]) -> None:
        """End these sessions. Where none of them is one, nobody's write waits for that."""

        def known(connection: sqlite3.Connection) -> list[str]:
            return [sid for sid in sids if is_known(connection, sid)]

        def work(connection: sqlite3.Connection) -> None:
            for sid in there:
                end(connection, sid)

        there = await self.database.read_soon(known)
        if there:
            await self.database.write_soon(work)
        self.ended(sids)

    def get(self, request: Request, client: Client, cookie: Cookie) -> str | None:
        """What the browser holds for this site."""
        return request.cookies.get(self._name(client, cookie))

    def set(self, response: Response, client: Client, cookie: Cookie, secret: str) -> None:
        """Let the browser hold a secret for this site."""
        self._set(response, client, cookie, secret, LIFETIMES[cookie])

    def clear(self, response: Response, client: Client, cookie: Cookie) -> None:
        self._set(response, client, cookie, "", 0)

    def _name(self, client: Client, cookie: Cookie) -> str:
        return f"{self._prefix}{cookie.value}_{client.short}"

    def _set(self, response: Response, client: Client, cookie: Cookie, value: str, seconds: int) -> None:
        # Lax, not Strict: a person comes here from a site on another origin, and is known.
        name = self._name(client, cookie)
        response.set_cookie(name, value, seconds, path="/", secure=self._secure, httponly=True, samesite="lax")
