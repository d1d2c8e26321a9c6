"""Stores letters in the transaction that causes them, so that none is lost and a rolled back change sends none."""

import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from uconnect.adapters.mail.templates import Email
from uconnect.adapters.sqlite import Database, Migrations
from uconnect.application.email_addresses import kept as normal

MOST_READ = 200  # letters kept to be read, where none is sent; and letters that were refused for good
SECONDS_READ = 30 * 24 * 3600
SEVERAL = 3  # addresses whose letters the server puts off, before that is told as a warning
STANDS = 300  # seconds that a letter may be due before health says that none leaves

# The letters that are due, so many of each domain.
DUE = """number IN (SELECT number FROM (
    SELECT number, row_number() OVER (
        PARTITION BY lower(substr(recipient, instr(recipient, '@') + 1)) ORDER BY number
    ) AS place FROM letter WHERE refused IS NULL AND due <= ?
) WHERE place <= ?) ORDER BY number"""


def _respell(connection: sqlite3.Connection) -> None:
    """Letters that an earlier release wrote wait under the normal form of their address, too."""
    for number, recipient in connection.execute("SELECT number, recipient FROM letter").fetchall():
        connection.execute("UPDATE letter SET recipient = ? WHERE number = ?", (normal(recipient), number))


MIGRATIONS = Migrations(
    "mails",
    [
        (
            """CREATE TABLE letter (
                number INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order written
                id TEXT NOT NULL, -- random; a letter sent twice is known by it
                written INT NOT NULL, -- Unix seconds
                recipient TEXT NOT NULL,
                subject TEXT NOT NULL,
                text TEXT NOT NULL,
                tries INT NOT NULL DEFAULT 0,
                due INT NOT NULL -- not before then
            ) STRICT""",
        ),
        (_respell,),
        (
            # What a mail server answered that will not take it, ever; its text is erased by then, for it held a code.
            "ALTER TABLE letter ADD COLUMN refused INT",
            "CREATE INDEX letter_due ON letter (due) WHERE refused IS NULL",
        ),
        ("ALTER TABLE letter ADD COLUMN stop TEXT NOT NULL DEFAULT ''",),
    ],
)


@dataclass(frozen=True, slots=True)
class StoredEmail:
    """A letter as it lies in the outbox."""

    number: int
    id: str
    written: int
    letter: Email
    tries: int
    refused: int | None = None


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """How many letters wait and how many no server will ever take.

    `stands` says that a letter is due and is not tried, `delayed` that several were tried and none was taken of late.
    `waited` is how many seconds the oldest has waited.
    """

    waiting: int
    failed: int
    stands: bool
    delayed: bool = False
    waited: float = 0.0


class Outbox:
    """The letters that nobody has taken yet. `sends` says whether a mail server will; else they are kept to be read.

    The database must have been opened with MIGRATIONS. `now` is Unix seconds.
    """

    def __init__(self, database: Database, *, sends: bool = False, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self.sends = sends
        self._now = now

    def put(self, connection: sqlite3.Connection, letter: Email) -> None:
        """Write a letter in the transaction of `connection`; it leaves if that commits."""
        now = int(self._now())
        connection.execute(
            "INSERT INTO letter (id, written, recipient, subject, text, stop, due) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (secrets.token_urlsafe(16), now, normal(letter.to), letter.subject, letter.text, letter.stop, now),
        )
        if not self.sends:
            self._make_room(connection, now)

    def forget(self, connection: sqlite3.Connection, to: str) -> None:
        """Throw away what still lies here for an address."""
        connection.execute("DELETE FROM letter WHERE recipient = ?", (normal(to),))

    def read(self, connection: sqlite3.Connection, after: int = 0) -> list[StoredEmail]:
        """The letters with a higher number than `after`, oldest first."""
        return _stored_emails(
            connection, "number > ? AND written >= ? ORDER BY number", after, self._now() - SECONDS_READ
        )

    def due(self, connection: sqlite3.Connection, most: int) -> list[StoredEmail]:
        """The letters to send now, oldest first: `most` of each domain, so that one that is slow hides no other."""
        return _stored_emails(connection, DUE, self._now(), most)

    def status(self, connection: sqlite3.Connection, taken: float) -> OutboxStatus:
        """How the letters are that leave by a mail server, which has taken one at `taken`."""
        return status(connection, self._now(), taken)

    async def remove(self, number: int) -> None:
        """Take a letter off: a mail server has it, or never will."""

        def transaction(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM letter WHERE number = ?", (number,))
            self._database.erased()  # it may have held a link or a code

        await self._database.write_soon(transaction)

    async def refuse(self, number: int, code: int) -> None:
        """Keep that nobody will ever take a letter, for the operator to see; not its text, which may hold a link."""

        def transaction(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE letter SET refused = ?, text = '', stop = '' WHERE number = ?", (code, number))
            connection.execute(
                "DELETE FROM letter WHERE refused IS NOT NULL AND (written < ? OR number <= ("
                "SELECT number FROM letter WHERE refused IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET ?))",
                (self._now() - SECONDS_READ, MOST_READ),
            )
            self._database.erased()

        await self._database.write_soon(transaction)

    async def postpone(self, number: int, seconds: float) -> None:
        """Try a letter again, `seconds` from now."""
        due = int(self._now() + seconds)
        await self._database.write_soon(
            lambda c: c.execute("UPDATE letter SET tries = tries + 1, due = ? WHERE number = ?", (due, number))
        )

    def _make_room(self, connection: sqlite3.Connection, now: int) -> None:
        connection.execute(
            "DELETE FROM letter WHERE written < ?"
            " OR number <= (SELECT number FROM letter ORDER BY number DESC LIMIT 1 OFFSET ?)",
            (now - SECONDS_READ, MOST_READ),
        )


def status(connection: sqlite3.Connection, now: float, taken: float) -> OutboxStatus:
    """How the letters are at `now` that leave by a mail server, which has taken one at `taken`.

    A server that answers for each letter works, whatever it answers: strangers choose the addresses. So several
    letters that it puts off are no more than `delayed`.
    """
    waiting, failed, oldest, tried, written = connection.execute(
        "SELECT count(*) FILTER (WHERE refused IS NULL), count(refused), min(due) FILTER (WHERE refused IS NULL),"
        " count(DISTINCT recipient) FILTER (WHERE refused IS NULL AND tries > 0),"
        " min(written) FILTER (WHERE refused IS NULL) FROM letter"
    ).fetchone()
    late = now - STANDS
    stands = oldest is not None and oldest < late
    waited = max(0.0, now - written) if waiting else 0.0
    return OutboxStatus(waiting, failed, stands, tried >= SEVERAL and taken < late, waited)


def _stored_emails(connection: sqlite3.Connection, which: str, *values: float) -> list[StoredEmail]:
    rows = connection.execute(
        f"SELECT number, id, written, tries, refused, recipient, subject, text, stop FROM letter WHERE {which}",  # noqa: S608
        values,
    ).fetchall()
    return [
        StoredEmail(number, id, written, Email(*letter), tries, refused)
        for number, id, written, tries, refused, *letter in rows
    ]
