"""Does what the operator's commands ask for on a data folder, also while the server runs.

Each action is kept for ever.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from uconnect import oidc_provider
from uconnect.adapters import mail
from uconnect.adapters.clock import new_context
from uconnect.adapters.mail import Outbox, StoredEmail
from uconnect.adapters.sqlite import Database, Migrations, address_migration
from uconnect.adapters.sqlite.schema import MIGRATIONS as STORE
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.application.email_addresses import NotAnAddress, kept, normal, spellings
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.enums import Kind
from uconnect.domain.errors import Refusal
from uconnect.domain.errors import RefusalCode as Why
from uconnect.domain.usecases import account_closing, admin, job_steps, registration
from uconnect.domain.views.admin import Account, JobSetAside
from uconnect.entrypoints.server.settings import InvalidSetting, Settings
from uconnect.oidc_provider import email_migration

A = TypeVar("A")
A_PAGE = 100  # schools asked for at once

MIGRATIONS = Migrations(
    "operator",
    [
        (
            """CREATE TABLE operator_act (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                at INT NOT NULL, -- Unix seconds
                what TEXT NOT NULL,
                party TEXT NOT NULL -- whom it concerns; empty for an invitation: an address alone is nobody yet
            ) STRICT""",
            """CREATE TRIGGER operator_act_stays BEFORE UPDATE ON operator_act
            BEGIN SELECT RAISE(ABORT, 'what was done stays done'); END""",
            """CREATE TRIGGER operator_act_is_kept BEFORE DELETE ON operator_act
            BEGIN SELECT RAISE(ABORT, 'what was done is kept'); END""",
        ),
        ("CREATE TABLE data_folder (what TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",),
    ],
)


class AdminRefused(Exception):
    """It was not done. The message says why."""


@dataclass(frozen=True, slots=True)
class Collision:
    """Two accounts with one address: an earlier release took the two spellings for two addresses.

    `odd` and `normal` are the spellings, `odd_is` and `normal_is` who has them, such as "user Ada".
    """

    odd: str
    odd_is: str
    normal: str
    normal_is: str


@dataclass(frozen=True)
class Admin:
    """What may be done to a uconnect by whoever runs it. All raise Refused."""

    database: Database
    store: SqliteStore
    outbox: Outbox

    def schools(self) -> Iterator[Account]:
        """All schools, by name."""
        last: Account | None = None
        while page := self._ask(partial(admin.schools, after=last, most=A_PAGE)):
            yield from page
            last = page[-1]

    def account(self, email: str, kind: Kind) -> Account:
        """The user or school of an address, in any spelling."""
        found = (self.store.ask(partial(admin.account, email=it, kind=kind)) for it in spellings(email))
        return _answer(next((it for it in found if isinstance(it, Plan)), Why.NOT_FOUND.refusal))

    def invite_school(self, email: str) -> None:
        """Let an address become a school. The running server writes the letter."""
        try:
            self._act("invite a school", partial(registration.invite_school, email=normal(email)), lambda _: "")
        except NotAnAddress as error:
            raise AdminRefused(str(error)) from error

    def close(self, email: str, kind: Kind) -> None:
        """End an account, whatever it has open. The running server ends what hangs on it."""
        kept = self.account(email, kind).email
        self._act(f"close a {kind.value}", partial(account_closing.close_by_admin, email=kept, kind=kind), str)

    def collisions(self) -> list[Collision]:
        """The addresses that two accounts have."""
        odd = self.database.read(lambda c: {*email_migration.odd(c), *address_migration.odd(c)})
        return [Collision(it, self._who(it), kept(it), self._who(kept(it))) for it in sorted(odd)]

    def jobs(self) -> tuple[JobSetAside, ...]:
        """The jobs that are set aside."""
        return self._ask(job_steps.jobs_set_aside)

    def retry(self) -> int:
        """Let them run again; how many there were."""
        ids = [it.id for it in self.jobs()]
        return sum(_answer(self.store.run(partial(job_steps.retry, id=id))) for id in ids)

    def letters(self) -> list[StoredEmail]:
        """What lies in the outbox, oldest first."""
        return self.database.read(self.outbox.read)

    def _who(self, spelling: str) -> str:
        """Whose an address is, by exactly this spelling."""
        for kind in (Kind.USER, Kind.SCHOOL):
            outcome = self.store.ask(partial(admin.account, email=spelling, kind=kind))
            if isinstance(outcome, Plan):
                return f"{kind.value} {outcome.answer.name}"
        return "a worker, or an account that has opened no site"

    def _act(self, what: str, use_case: UseCase[A], concerns: Callable[[A], str]) -> None:
        def write_audit(connection: sqlite3.Connection, plan: Plan[A]) -> None:
            row = (int(time.time()), what, concerns(plan.answer))
            connection.execute("INSERT INTO operator_act (at, what, party) VALUES (?, ?, ?)", row)

        _answer(self.store.run_audited(use_case, write_audit))

    def _ask(self, use_case: UseCase[A]) -> A:
        return _answer(self.store.ask(use_case))


@contextmanager
def open_admin(settings: Settings) -> Iterator[Admin]:
    """The operator of a data folder. Raises Unusable if there is nothing in it; NewerSchema, sqlite3.Error."""
    if not settings.database.is_file():
        raise InvalidSetting(
            f"There is no uconnect in {settings.data}. Say with DATA which folder keeps its data, or start it there"
            " once with: uconnect serve"
        )
    database = Database(settings.database, [STORE, oidc_provider.MIGRATIONS, mail.MIGRATIONS, MIGRATIONS])
    try:
        yield Admin(database, SqliteStore(database, new_context), Outbox(database, sends=settings.mail is not None))
    finally:
        database.close()


def _answer(outcome: Plan[A] | Refusal) -> A:
    if isinstance(outcome, Refusal):
        raise AdminRefused(outcome.sentence)
    return outcome.answer
