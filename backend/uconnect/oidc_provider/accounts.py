"""An account is an e-mail address and a password. One address is one account, however it is written.

An account's new address is kept in an outbox until the product has taken it over, also after a crash in between.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from uconnect.adapters.sqlite import Database
from uconnect.application.email_addresses import kept, spellings
from uconnect.oidc_provider import (
    email_verification,
    passkeys,
    second_step,
    sessions,
    upstream_links,
    upstream_requests,
)
from uconnect.oidc_provider.hashed_secrets import new_public_id
from uconnect.oidc_provider.passwords import Lane, Passwords, ignore_begun

EmailChanged = Callable[[str, str, str], Awaitable[None]]
NameOf = Callable[[str], Awaitable[str | None]]
RETRY_INTERVAL = 30.0  # seconds
log = logging.getLogger("uconnect")


async def no_other_name(_subject: str) -> None:
    """What a provider is given whose accounts have no name but that of the sign-up."""


async def ignore_email_change(_subject: str, _old: str, _new: str) -> None:
    """For a provider without a product behind it: nobody else keeps the address."""


class EmailTaken(Exception):
    """There is an account with this e-mail address already."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What an account says of its owner. `name` is empty if none was given.

    `accepted` is the worker of the last invitation that the owner accepted (`invitations.Invitation.for_worker`), or
    empty.
    """

    email: str
    verified: bool
    name: str
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class CheckedAccount:
    """An account whose password was typed right. `password` is its hash at that moment."""

    subject: str
    password: str


class Accounts:
    """The accounts that may sign in. A subject is random and never used again."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    async def create_all(self, people: Sequence[tuple[str, str]], password: str) -> dict[str, str]:
        """Make an account with one password for each (name, address). Returns their subjects by address. Raises
        EmailTaken, and Busy (see Passwords). Validates neither an address nor the password."""
        hashed = await self._passwords.hash(password)

        def work(connection: sqlite3.Connection) -> dict[str, str]:
            made = {email: add(connection, email, hashed, verified=True, name=name) for name, email in people}
            subjects = {email: subject for email, subject in made.items() if subject is not None}
            if len(subjects) < len(people):
                raise EmailTaken
            return subjects

        return await self._database.write_soon(work)

    async def profile(self, subject: str) -> Profile | None:
        """The account's e-mail address, whether it is verified, and the name; None if there is no such account."""
        return await self._database.read_soon(lambda connection: profile(connection, subject))

    async def forget_accepted(self, subject: str) -> None:
        """Forget the invitation that the owner accepted: the product has acted on it."""
        found = await self.profile(subject)
        if found is not None and found.accepted:
            await self._database.write_soon(lambda connection: accept(connection, subject, ""))

    async def check(
        self, email: str, password: str, lane: Lane = Lane.NEW, begun: Callable[[], object] = ignore_begun
    ) -> CheckedAccount | None:
        """The account whose address and password these are, or None. An unknown address takes the same work.

        `lane` is where the caller waits while many sign in; `begun` is called when its turn has come. More than one
        account is tried only where an earlier release has kept one address twice (see `email_addresses.spellings`).
        """
        found = await self._database.read_soon(lambda connection: _spelled(connection, email))
        if not found:
            await self._passwords.check(password, None, lane, begun)  # equal work: leak 14
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
    subject = new_public_id()
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
    """Keep the invitation that the account's owner has accepted."""
    connection.execute("UPDATE issuer_account SET accepted = ? WHERE subject = ?", (place, subject))


def of_email(connection: sqlite3.Connection, email: str) -> str | None:
    """The subject of the account with this address."""
    found = _spelled(connection, email)
    return found[0].subject if found else None


def _spelled(connection: sqlite3.Connection, email: str) -> list[CheckedAccount]:
    """The accounts with this address: at most one, unless an earlier release has stored two."""
    asked = "SELECT subject, password FROM issuer_account WHERE email = ?"
    rows = (connection.execute(asked, (spelling,)).fetchone() for spelling in spellings(email))
    return [CheckedAccount(*row) for row in rows if row]


def forget(connection: sqlite3.Connection, subject: str) -> str | None:
    """Delete the account, sign it out everywhere, and return the address it had; None if it is gone already."""
    found = profile(connection, subject)
    sessions.end_all(connection, subject)
    email_verification.forget(connection, subject)
    sessions.forget_devices(connection, subject)
    upstream_links.forget(connection, subject)
    upstream_requests.forget(connection, subject)
    passkeys.forget(connection, subject)
    second_step.forget(connection, subject)
    connection.execute("DELETE FROM issuer_email_change WHERE subject = ?", (subject,))
    connection.execute("DELETE FROM issuer_account WHERE subject = ?", (subject,))
    return found.email if found else None


def end_sign_ins(
    connection: sqlite3.Connection, subject: str, device: str | None = None, *, exclude: str | None = None
) -> list[str]:
    """End every session of the account but `exclude`, the sign-ins that wait for their second step, and the codes that
    one of them may have asked for. No browser but the one with the secret `device` is known any more. Returns the
    sessions that ended."""
    email_verification.forget(connection, subject)
    second_step.forget(connection, subject)
    sessions.forget_devices(connection, subject, exclude=device)
    return sessions.end_all(connection, subject, exclude=exclude)


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether there is no account at all."""
    return connection.execute("SELECT 1 FROM issuer_account LIMIT 1").fetchone() is None


def still_valid(connection: sqlite3.Connection, known: CheckedAccount) -> str | None:
    """The account's subject, unless it has ended or got another password since the check."""
    row = connection.execute(
        "SELECT subject FROM issuer_account WHERE subject = ? AND password = ?", (known.subject, known.password)
    ).fetchone()
    return row[0] if row else None


def change_password(
    connection: sqlite3.Connection,
    subject: str,
    password: str,
    *,
    exclude: str | None = None,
    device: str | None = None,
) -> list[str] | None:
    """Give the account another password hash. It is signed out everywhere, but for the session `exclude`; it knows no
    browser any more, but for the one with the secret `device`; and codes on their way to it are worth nothing. Returns
    the sessions that ended, or None if there is no such account."""
    ended = end_sign_ins(connection, subject, device, exclude=exclude)
    changed = connection.execute("UPDATE issuer_account SET password = ? WHERE subject = ?", (password, subject))
    return ended if changed.rowcount else None


def change_email(connection: sqlite3.Connection, subject: str, email: str) -> str | None:
    """Give the account a new address, which has been proved, and return the old one.

    None if another account has got it meanwhile, or the account is gone. The change is kept for the EmailChangeOutbox.
    """
    before = profile(connection, subject)
    if before is None or of_email(connection, email) not in {None, subject}:
        return None
    new = kept(email)
    connection.execute("UPDATE issuer_account SET email = ?, verified = 1 WHERE subject = ?", (new, subject))
    connection.execute(
        "INSERT INTO issuer_email_change (subject, old, new) VALUES (?, ?, ?)", (subject, before.email, new)
    )
    email_verification.forget(connection, subject)
    upstream_requests.forget(connection, subject)
    return before.email


class EmailChangeOutbox:
    """Calls `changed(subject, old, new)` for each new address, in order, until it has returned once."""

    def __init__(self, database: Database, changed: EmailChanged = ignore_email_change) -> None:
        self._database = database
        self._changed = changed
        self._delivering = asyncio.Lock()

    async def run(self) -> None:
        """Deliver now, and try again each RETRY_INTERVAL what failed, until cancelled."""
        while True:
            try:
                await self.deliver()
            except sqlite3.Error as error:  # a full disk, say: it must not end the delivering
                log.error("new addresses could not be looked up, and are told again: %s", type(error).__name__)
            await asyncio.sleep(RETRY_INTERVAL)

    async def deliver(self) -> None:
        """Deliver what is pending. What fails is left for the next time, with all that came after it."""
        async with self._delivering:
            for number, *change in await self._database.read_soon(_pending):
                try:
                    await self._changed(*change)
                except Exception as error:  # noqa: BLE001 - the change is kept, and the person's address has changed
                    log.error("a new address was not taken over, and is told again: %s", type(error).__name__)
                    return
                await self._database.write_soon(_delivered(number))


def _pending(connection: sqlite3.Connection) -> list[tuple[int, str, str, str]]:
    return connection.execute("SELECT number, subject, old, new FROM issuer_email_change ORDER BY number").fetchall()


def _delivered(number: int) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.execute("DELETE FROM issuer_email_change WHERE number = ?", (number,))
