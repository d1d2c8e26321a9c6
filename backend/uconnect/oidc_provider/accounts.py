"""An account is an e-mail address and a password; one address is one account, however it is written."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from uconnect.adapters.sqlite import Database
from uconnect.application.email_addresses import kept, spellings
from uconnect.oidc_provider import email_verification, hashed_secrets, known_devices, sessions
from uconnect.oidc_provider.passwords import Lane, Passwords, nothing


class EmailTaken(Exception):
    """There is an account with this e-mail address already."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What an account says of its owner. `name` is empty where none was given.

    `accepted` is what its owner was last invited for and said yes to (see `invitations.Invitation.place`), or empty.
    """

    email: str
    verified: bool
    name: str
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class CheckedAccount:
    """An account whose password was typed right; `password` is its hash as it was then."""

    subject: str
    password: str


class Accounts:
    """The people who may sign in. A subject is random and never used again."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    async def create(self, email: str, password: str, *, verified: bool = True, name: str = "") -> str:
        """Make an account and return its subject. Raises EmailTaken; Busy (see Passwords). Checks neither the address
        nor the password: whoever asks for them has to."""
        kept = await self._passwords.hash(password)
        subject = await self._database.write_soon(
            lambda connection: add(connection, email, kept, verified=verified, name=name)
        )
        if subject is None:
            raise EmailTaken
        return subject

    async def create_all(self, people: Sequence[tuple[str, str]], password: str) -> dict[str, str]:
        """Make an account with one password for each (name, address): their subjects by address. Raises EmailTaken."""
        kept = await self._passwords.hash(password)

        def work(connection: sqlite3.Connection) -> dict[str, str]:
            made = {email: add(connection, email, kept, verified=True, name=name) for name, email in people}
            subjects = {email: subject for email, subject in made.items() if subject is not None}
            if len(subjects) < len(people):
                raise EmailTaken
            return subjects

        return await self._database.write_soon(work)

    async def profile(self, subject: str) -> Profile | None:
        """The account's e-mail address, whether it is verified, and the name; None if there is no such account."""
        return await self._database.read_soon(lambda connection: profile(connection, subject))

    async def forget_accepted(self, subject: str) -> None:
        """What the owner said yes to has been looked at: it does nothing any more."""
        found = await self.profile(subject)
        if found is not None and found.accepted:
            await self._database.write_soon(lambda connection: accept(connection, subject, ""))

    async def check(
        self, email: str, password: str, lane: Lane = Lane.NEW, begun: Callable[[], object] = nothing
    ) -> CheckedAccount | None:
        """The account whose address and password these are, or None. Does the same work for an unknown address.

        `lane` is where the caller waits while many sign in, `begun` is called when the turn has come. More than one
        account is tried only where an earlier release has kept one address twice (see `addresses.spellings`).
        """
        found = await self._database.read_soon(lambda connection: _spelled(connection, email))
        if not found:
            await self._passwords.check(password, None, lane, begun)
        for known in found:
            if await self._passwords.check(password, known.password, lane, begun):
                return await self._rehashed(known, password, lane) if self._passwords.stale(known.password) else known
        return None

    async def _rehashed(self, known: CheckedAccount, password: str, lane: Lane) -> CheckedAccount:
        """Move the hash to today's parameters, unless the password was changed meanwhile."""
        anew = replace(known, password=await self._passwords.hash(password, lane))
        await self._database.write_soon(
            lambda connection: connection.execute(
                "UPDATE issuer_account SET password = ? WHERE subject = ? AND password = ?",
                (anew.password, known.subject, known.password),
            )
        )
        return anew


def add(connection: sqlite3.Connection, email: str, password: str, *, verified: bool, name: str) -> str | None:
    """A new account with this password hash; its subject, or None if the address has an account."""
    subject = hashed_secrets.new_public_id()
    made = connection.execute(
        "INSERT INTO issuer_account (subject, email, verified, password, name) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (email) DO NOTHING",
        (subject, kept(email), verified, password, name),
    ).rowcount
    return subject if made else None


def profile(connection: sqlite3.Connection, subject: str) -> Profile | None:
    """What the account says of its owner, if there is one."""
    row = connection.execute(
        "SELECT email, verified, name, accepted FROM issuer_account WHERE subject = ?", (subject,)
    ).fetchone()
    return Profile(row[0], bool(row[1]), *row[2:]) if row else None


def accept(connection: sqlite3.Connection, subject: str, place: str) -> None:
    """Keep what the account's owner was invited for and has said yes to."""
    connection.execute("UPDATE issuer_account SET accepted = ? WHERE subject = ?", (place, subject))


def of_email(connection: sqlite3.Connection, email: str) -> str | None:
    """The subject of the account with this address."""
    found = _spelled(connection, email)
    return found[0].subject if found else None


def _spelled(connection: sqlite3.Connection, email: str) -> list[CheckedAccount]:
    """The accounts with this address: one at the most, but for what an earlier release has kept twice."""
    asked = "SELECT subject, password FROM issuer_account WHERE email = ?"
    rows = (connection.execute(asked, (spelling,)).fetchone() for spelling in spellings(email))
    return [CheckedAccount(*row) for row in rows if row]


def forget(connection: sqlite3.Connection, subject: str) -> str | None:
    """Delete the account, sign it out everywhere, and return the address it had; None if it is gone already."""
    found = profile(connection, subject)
    sessions.end_all(connection, subject)
    email_verification.forget(connection, subject)
    known_devices.forget(connection, subject)
    connection.execute("DELETE FROM issuer_moved WHERE subject = ?", (subject,))
    connection.execute("DELETE FROM issuer_account WHERE subject = ?", (subject,))
    return found.email if found else None


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether there is no account at all."""
    return connection.execute("SELECT 1 FROM issuer_account LIMIT 1").fetchone() is None


def still_valid(connection: sqlite3.Connection, known: CheckedAccount) -> str | None:
    """The account's subject, unless it ended or got another password since that one was checked."""
    row = connection.execute(
        "SELECT subject FROM issuer_account WHERE subject = ? AND password = ?", (known.subject, known.password)
    ).fetchone()
    return row[0] if row else None


def change_password(
    connection: sqlite3.Connection, subject: str, password: str, *, but: str | None = None, device: str | None = None
) -> list[str] | None:
    """Give the account another password hash. It is signed out everywhere, but for the session `but`, knows no browser
    any more, but for the one with the secret `device`, and codes on their way to it are worth nothing. The sessions
    that ended; None if there is no such account."""
    ended = sessions.end_all(connection, subject, but=but)
    email_verification.forget(connection, subject)
    known_devices.forget(connection, subject, but=device)
    changed = connection.execute("UPDATE issuer_account SET password = ? WHERE subject = ?", (password, subject))
    return ended if changed.rowcount else None


def change_email(connection: sqlite3.Connection, subject: str, email: str) -> str | None:
    """Give the account a new address, which has been proved, and return the old one.

    None if another account has got it meanwhile, or the account is gone. That it moved is kept until it is told.
    """
    before = profile(connection, subject)
    if before is None or of_email(connection, email) not in {None, subject}:
        return None
    new = kept(email)
    connection.execute("UPDATE issuer_account SET email = ?, verified = 1 WHERE subject = ?", (new, subject))
    connection.execute("INSERT INTO issuer_moved (subject, old, new) VALUES (?, ?, ?)", (subject, before.email, new))
    email_verification.forget(connection, subject)
    return before.email
