"""Moves addresses that an earlier release stored under another spelling to their normal form.

Invitations of two spellings are put together: they are for one mailbox. Two parties are not. The one that has the
normal form keeps it, the other keeps its spelling and its account, and `uconnect address collisions` lists both.
"""

import sqlite3
from typing import Any

import msgspec

from uconnect.application.email_addresses import kept

Body = dict[str, Any]  # as it lies there: a record's type may have changed since


def respell(connection: sqlite3.Connection) -> None:
    """Move every address to its normal form, but for parties whose normal form another party has."""
    for email in odd(connection):
        _move(connection, email, kept(email))
    for id, body in connection.execute("SELECT id, body FROM party").fetchall():
        _respell_party(connection, id, body)
    for id, body in connection.execute("SELECT id, body FROM todo").fetchall():
        _respell_job(connection, id, body)


def odd(connection: sqlite3.Connection) -> list[str]:
    """The addresses that are not in their normal form."""
    rows = connection.execute("SELECT email FROM address ORDER BY email").fetchall()
    return [email for (email,) in rows if kept(email) != email]


def _move(connection: sqlite3.Connection, email: str, new: str) -> None:
    mine, other = _address(connection, email), _address(connection, new)
    if mine is None or (other and other.get("party") and mine.get("party")):
        return
    other = other or {}
    together = {
        "email": new,
        "party": mine.get("party") or other.get("party"),
        "invitations": [*dict.fromkeys((*other.get("invitations", ()), *mine.get("invitations", ())))],
        "school_invited": bool(mine.get("school_invited") or other.get("school_invited")),
    }
    connection.execute("DELETE FROM address WHERE email = ?", (email,))
    connection.execute("INSERT OR REPLACE INTO address (email, body) VALUES (?, ?)", (new, _written(together)))


def _respell_party(connection: sqlite3.Connection, id: str, body: str) -> None:
    party = _read(body)
    if party is None or kept(party["email"]) == party["email"]:
        return
    stays = _address(connection, party["email"])
    if stays is None or id not in (stays.get("party"), *stays.get("invitations", ())):
        changed = party | {"email": kept(party["email"])}
        connection.execute("UPDATE party SET body = ? WHERE id = ?", (_written(changed), id))


def _respell_job(connection: sqlite3.Connection, id: str, body: str) -> None:
    job = _read(body, "task")
    if job and "email" in job["task"]:
        changed = job | {"task": job["task"] | {"email": kept(job["task"]["email"])}}
        connection.execute("UPDATE todo SET body = ? WHERE id = ?", (_written(changed), id))


def _address(connection: sqlite3.Connection, email: str) -> Body | None:
    row = connection.execute("SELECT body FROM address WHERE email = ?", (email,)).fetchone()
    return _read(row[0]) if row else None


def _read(body: str, field: str = "email") -> Body | None:
    """A record's fields; None if it has none of that name: an ended school's address is empty, a test's row no JSON."""
    try:
        read = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    return read if isinstance(read, dict) and read.get(field) else None


def _written(body: Body) -> str:
    return msgspec.json.encode(body).decode()
