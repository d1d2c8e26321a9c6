"""The product: the real `uconnect serve` with its accounts, rules, limits of size and views."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

from bench.peers.peer import Dialect, Launch, Peer, Sockets

from uconnect.adapters.clock import fresh, new_context
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import MIGRATIONS, SqliteStore
from uconnect.domain.context import Context, Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import registration, threads, tickets

DIALECT = Dialect(
    protocol="websocket",
    template='{"t":"send","key":"%k","id":"%a","text":"%t"}',
    hello='{"t":"hello","protocol":1}',
)
HERE = Path(__file__).parent
OPENINGS = 4  # how often the sockets of one start can be opened: a ticket opens one, once
AHEAD = 600_000  # ms that tickets are made ahead of time, so that they live longer than half a minute


class University:
    """A data folder that is filled through the product's own use cases, while no server runs on it."""

    def __init__(self, data: Path) -> None:
        self._database = Database(data / "uconnect.sqlite", MIGRATIONS)
        self._store = SqliteStore(self._database, new_context)
        self._later = SqliteStore(self._database, _later)

    def register(self, site: Kind, name: str) -> str:
        command = registration.Registration(
            site=site, issuer="bench", subject=name, email=f"{name}@bench.example", name=name
        )
        return str(_answer(self._store, partial(registration.register, command=command)))

    def raise_thread(self, user: str, school: str) -> str:
        """The thread's id, as the user knows it."""
        command = Raise(key=fresh(), school=school, subject="bench", text="begin")
        return str(_answer(self._store, partial(threads.raise_, by=user, command=command)).row.id)

    def path(self, party: str) -> str:
        """Where one socket of a party opens, once."""
        return f"/api/socket?ticket={_answer(self._later, partial(tickets.issue, by=party)).ticket}"

    def close(self) -> None:
        self._database.close()


def _later() -> Context:
    context = new_context()
    context.now += AHEAD
    return context


def _answer(store: SqliteStore, use_case: UseCase[Any]) -> Any:
    outcome = store.run(use_case)
    if not isinstance(outcome, Plan):
        raise SystemExit(f"refused: {outcome.code}")
    return outcome.answer


def launch(data: Path, port: int, sockets: list[Sockets]) -> Launch:
    """A start of the product on a filled folder; each list of sockets can be opened once."""
    return Launch(
        [sys.executable, str(HERE / "serve_unpaced.py"), "serve"],
        partial(next, iter(sockets)),
        {"PORT": str(port), "DATA": str(data)},
        health="/api/health",
    )


def _prepare(folder: Path, port: int, pairs: int) -> Launch:
    university = University(folder)
    parties = []
    for n in range(pairs):
        school, user = university.register(Kind.SCHOOL, f"school{n}"), university.register(Kind.USER, f"user{n}")
        thread = university.raise_thread(user, school)
        parties += [(user, thread), (school, thread)]
    sockets = [[(university.path(party), thread) for party, thread in parties] for _ in range(OPENINGS)]
    university.close()
    return launch(folder, port, sockets)


def prepare_idle(folder: Path, port: int, sockets: int, starts: int) -> Launch:
    """Parties with one socket each, for so many starts on one folder."""
    university = University(folder)
    parties = [university.register(Kind.USER, f"user{n}") for n in range(sockets)]
    opened = [[(university.path(party), "-") for party in parties] for _ in range(starts)]
    university.close()
    return launch(folder, port, opened)


def _install() -> None:
    """It is what this repository's own environment holds."""


UCONNECT = Peer("uconnect", "uconnect", DIALECT, _install, _prepare)
