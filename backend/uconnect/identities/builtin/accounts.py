"""An account is an e-mail address and a password; one address is one account, however it is written."""

import sqlite3
import unicodedata

from uconnect.identities.builtin import opaque
from uconnect.identities.builtin.passwords import Passwords
from uconnect.sqlite import Database


class EmailTaken(Exception):
    """There is an account with this e-mail address already."""


class Accounts:
    """The people who may sign in. A subject is random and never used again."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    async def create(self, email: str, password: str, *, verified: bool = True) -> str:
        """Make an account and return its subject. Raises EmailTaken; Busy (see Passwords). Checks neither the address
        nor the password: whoever asks for them has to."""
        subject, kept = opaque.short(), await self._passwords.hash(password)

        def insert(connection: sqlite3.Connection) -> bool:
            return (
                connection.execute(
                    "INSERT INTO issuer_account (subject, email, verified, password) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (email) DO NOTHING",
                    (subject, normal(email), verified, kept),
                ).rowcount
                == 1
            )

        if not await self._database.write_soon(insert):
            raise EmailTaken
        return subject

    async def email(self, subject: str) -> tuple[str, bool] | None:
        """The account's e-mail address and whether it is verified; None if there is no such account."""
        row = await self._database.read_soon(
            lambda connection: connection.execute(
                "SELECT email, verified FROM issuer_account WHERE subject = ?", (subject,)
            ).fetchone()
        )
        return (row[0], bool(row[1])) if row else None

    async def check(self, email: str, password: str) -> str | None:
        """The subject whose address and password these are, or None. Does the same work for an unknown address."""
        row = await self._database.read_soon(
            lambda connection: connection.execute(
                "SELECT subject, password FROM issuer_account WHERE email = ?", (normal(email),)
            ).fetchone()
        )
        subject, kept = row or ("", None)
        if not await self._passwords.check(password, kept) or kept is None:
            return None
        if self._passwords.stale(kept):
            await self._rehash(subject, password, kept)
        return str(subject)

    async def _rehash(self, subject: str, password: str, old: str) -> None:
        """Move the hash to today's parameters, unless the password was changed meanwhile."""
        kept = await self._passwords.hash(password)
        await self._database.write_soon(
            lambda connection: connection.execute(
                "UPDATE issuer_account SET password = ? WHERE subject = ? AND password = ?", (kept, subject, old)
            )
        )


def normal(email: str) -> str:
    """The one spelling of an address: Unicode composed, letters small. Two accounts cannot differ in capitals only.

    Not case-folded: that would turn an ß into ss, which is another person's mailbox.
    """
    return unicodedata.normalize("NFC", email.strip()).lower()
