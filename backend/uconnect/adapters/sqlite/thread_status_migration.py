"""Migration 7: each thread gets whose turn it is, since when, and how much of it the school's side has answered."""

import sqlite3

import msgspec
from msgspec.structs import replace

from uconnect.domain.enums import Side, State
from uconnect.domain.models import Message, Thread
from uconnect.domain.thread_status import thread_status, turn_since

BATCH = 500

_message = msgspec.json.Decoder(Message)
_thread = msgspec.json.Decoder(Thread)


def fill(connection: sqlite3.Connection) -> None:
    after = ""
    while rows := connection.execute(
        "SELECT id, body FROM thread WHERE id > ? ORDER BY id LIMIT ?", (after, BATCH)
    ).fetchall():
        after = rows[-1][0]
        for id, body in rows:
            try:
                thread = _with_turn(connection, _thread.decode(body))
            except msgspec.DecodeError:
                continue  # a record that nobody can read is listed nowhere, as before
            connection.execute(
                "UPDATE thread SET thread_status = ?, turn_since = ?, ended_at = ?, body = ? WHERE id = ?",
                (
                    thread_status(thread),
                    turn_since(thread),
                    None if thread.state is State.OPEN else thread.at,
                    msgspec.json.encode(thread).decode(),
                    id,
                ),
            )


def _with_turn(connection: sqlite3.Connection, thread: Thread) -> Thread:
    """What the head of a thread would say, had it counted from its first message on."""
    since, asked, settled, side = thread.since, 0, 0, None
    for message in _messages(connection, thread.id):
        if message.side is not side:
            side, since = message.side, message.at
        if side is Side.RAISER:
            asked += 1
        else:
            settled = asked
    return replace(thread, turn_since=since, settled=settled)


def _messages(connection: sqlite3.Connection, thread: str) -> list[Message]:
    found = connection.execute("SELECT body FROM entry WHERE thread = ? ORDER BY seq", (thread,))
    return [it for (body,) in found if isinstance(it := _decoded(body), Message)]


def _decoded(body: str) -> Message | None:
    try:
        return _message.decode(body)
    except msgspec.DecodeError:
        return None  # the end of the thread, or what nobody can read
