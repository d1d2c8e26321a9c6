"""Counts the work that a store does: statements or requests, and what it decodes. A clock measures this and its noise.

It looks inside both stores, from the outside: SQLite tells each statement to a trace, DynamoDB's client each request to
an event, and the decoders of both are wrapped.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support import dynamodb_emulator
from uconnect.adapters.sqlite import Database, engine
from uconnect.adapters.sqlite.checkpointer import Checkpointer
from uconnect.domain import records
from uconnect.domain.models import Thread

VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
REQUESTS = "provide-client-params.dynamodb.*"
WORKER_BYTES = 96  # at most, by which a head with a worker is longer than one without


@dataclass
class Work:
    """What was done: each statement or request without its values, each record that was decoded, and their bytes."""

    statements: "Counter[str]" = field(default_factory=Counter)
    decoded: "Counter[str]" = field(default_factory=Counter)
    size: int = 0

    def differs(self, other: "Work", *, sizes: bool = True) -> str:
        """In what this is not the same as another; empty if it is the same."""
        found = []
        for name, mine, theirs in (
            ("asked", self.statements, other.statements),
            ("decoded", self.decoded, other.decoded),
        ):
            if mine != theirs:
                found.append(f"{name}: {dict(mine - theirs)} against {dict(theirs - mine)}")
        heads = sum(times for name, times in self.decoded.items() if name.endswith(f": {Thread.__name__}"))
        if sizes and abs(self.size - other.size) > WORKER_BYTES * max(2, heads):
            found.append(f"bytes decoded: {self.size} against {other.size}")
        return "; ".join(found)


class WorkCounter:
    """Counts into one Work at a time."""

    def __init__(self) -> None:
        self.work = Work()

    def taken(self) -> Work:
        """What was counted since this was last called."""
        taken, self.work = self.work, Work()
        return taken

    def statement(self, sql: str) -> None:
        self.work.statements[VALUES.sub("?", " ".join(sql.split()))] += 1

    def request(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        lists = [params.get("TransactItems", ()), *map(_keys, params.get("RequestItems", {}).values())]
        self.work.statements[f"{model.name} of {sum(map(len, lists)) or 1}"] += 1

    def decoding(self, name: str, decode: Callable[..., Any]) -> Callable[..., Any]:
        """The decoder, counted by the kind of key. What comes out may be a stand-in: it costs the same."""

        def counted(*columns: Any) -> Any:
            record = decode(*columns)
            self.work.decoded[f"{name}: {type(record).__name__}"] += 1
            self.work.size += sum(len(column) for column in columns if isinstance(column, str | bytes))
            return record

        return counted


def _keys(asked: Any) -> Any:
    return asked["Keys"] if isinstance(asked, dict) else asked


@contextmanager
def counting(store: str) -> Iterator[WorkCounter]:
    """Counts what stores do that are opened in the block: `sqlite` or `dynamodb`."""
    meter = WorkCounter()
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for stored in records.RECORDS:
            patch.setitem(vars(stored), "decode", meter.decoding(stored.key.__name__, stored.decode))
        if store == "sqlite":
            _trace(patch, meter)
        else:
            events = dynamodb_emulator.dynamodb().meta.events
            events.register(REQUESTS, meter.request)
            stack.callback(events.unregister, REQUESTS, meter.request)
        yield meter


def _trace(patch: pytest.MonkeyPatch, meter: WorkCounter) -> None:
    patch.setattr(engine, "PRAGMAS", ("journal_mode=WAL", "synchronous=OFF"))  # no power is cut here
    begun, reader, truncated = Database._begin, Database._reader, Checkpointer._truncate

    def begin(self: Database) -> None:
        self._writer.set_trace_callback(meter.statement)
        begun(self)

    def reading(self: Database) -> Any:
        connection = reader(self)
        connection.set_trace_callback(meter.statement)
        return connection

    def truncating(self: Checkpointer) -> Any:
        """After a job that erases, on a thread and at a moment of its own: it is no part of an act. A checkpoint of an
        act would be counted."""
        self._writer.set_trace_callback(None)
        return truncated(self)

    patch.setattr(Database, "_begin", begin)
    patch.setattr(Checkpointer, "_truncate", truncating)
    patch.setattr(Database, "_reader", reading)
