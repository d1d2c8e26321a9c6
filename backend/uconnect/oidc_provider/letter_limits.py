"""How many letters an address was sent of late: kept on the disk, so that a restart sends nobody twice as many."""

import sqlite3
from functools import partial

from uconnect.domain import rate_limit
from uconnect.oidc_provider.charges import Charges
from uconnect.oidc_provider.throttle import Key, count


def take(connection: sqlite3.Connection, charges: Charges, now: float) -> bool:
    """Whether a letter may be written, which then counts. `now` is Unix seconds."""
    connection.execute("DELETE FROM issuer_letter_limit WHERE due <= ?", (int(now * 1000),))
    return count(charges, partial(_read, connection), partial(_write, connection), now) == 0


def give_back(connection: sqlite3.Connection, charges: Charges) -> None:
    """Whoever the letter was for has read it: it does not count."""
    for charge in charges:
        due = _read(connection, charge.key)
        if due:
            _write(connection, charge.key, rate_limit.give_back(charge.allowance, due))


def _read(connection: sqlite3.Connection, key: Key) -> int:
    row = connection.execute(
        "SELECT due FROM issuer_letter_limit WHERE kind = ? AND key = ?", (key.kind.name, key.hashed)
    ).fetchone()
    return int(row[0]) if row else 0


def _write(connection: sqlite3.Connection, key: Key, due: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO issuer_letter_limit (kind, key, due) VALUES (?, ?, ?)", (key.kind.name, key.hashed, due)
    )
