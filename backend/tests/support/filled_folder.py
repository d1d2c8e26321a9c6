"""Fills the data folder of a server that runs, by the use cases: what a browser would take hours to do."""

import time
from functools import partial
from typing import Any

from tests.support.sample_university import send
from tests.support.server_process import Server
from tests.support.stores import Home, Time, answer, fresh
from uconnect import oidc_provider
from uconnect.adapters import mail
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.store import MIGRATIONS, SqliteStore
from uconnect.domain.context import UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.keys import AddressKey
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import registration, threads

IN_A_ROW = 50  # writes, before others have a turn
PAUSE = 0.1  # seconds: as long as SQLite sleeps at the most before it tries again to get a lock
SLOW_ENOUGH = 300  # ms between two events: within the rate limit of messages


class FilledFolder:
    """Its own clock starts `events` steps of `step` ms before now, so that nothing is of the future."""

    def __init__(self, server: Server, events: int, step: int = SLOW_ENOUGH) -> None:
        path = server.data / "uconnect.sqlite"
        self._database = Database(path, [*MIGRATIONS, oidc_provider.MIGRATIONS, mail.MIGRATIONS])
        clock = Time(now=int(time.time() * 1000) - events * step, step=step)
        self._written = 0
        self._home = Home(SqliteStore(self._database, clock.new_context), clock)

    def close(self) -> None:
        self._database.close()

    def party(self, email: str) -> str:
        """The id of somebody who has signed in."""
        address = self._home.one(AddressKey(email))
        assert address is not None
        assert address.party is not None
        return address.party

    def register(self, site: Kind, name: str) -> str:
        login = fresh()
        command = registration.Registration(
            site=site, issuer="town", subject=login, email=f"{login.lower()}@town.example", name=name
        )
        return str(self._run(partial(registration.register, command=command)))

    def ask(self, by: str, to: str, subject: str, text: str) -> str:
        """Raises a thread; its id for the raiser."""
        command = Raise(key=fresh(), school=to, subject=subject, text=text)
        return str(self._run(partial(threads.raise_, by=by, command=command)).row.id)

    def say(self, by: str, id: str, text: str) -> None:
        self._run(send(by, id, text))

    def _run(self, use_case: UseCase[Any]) -> Any:
        """The server writes to the same file. Without a pause it might not get the lock for as long as it waits."""
        self._written += 1
        if self._written % IN_A_ROW == 0:
            time.sleep(PAUSE)
        return answer(self._home.store.run(use_case))
