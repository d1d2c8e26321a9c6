"""What turns health red, and what is a warning that keeps the server among those that are asked."""

import asyncio
from pathlib import Path

import pytest

from tests.kit.homes import Time, keeping
from uconnect import mails
from uconnect.core.model import Todo
from uconnect.core.tasks import Return
from uconnect.deliveries.sockets import Sockets
from uconnect.embedded import operator
from uconnect.embedded.desk import Desk
from uconnect.embedded.health import Health, Reason, Report, Status
from uconnect.mails import Outbox
from uconnect.sqlite import Database
from uconnect.stores.sqlite import SqliteStore
from uconnect.stores.sqlite_tables import MIGRATIONS as STORE


@pytest.mark.parametrize("reason", [Reason.JOBS_SET_ASIDE, Reason.MAIL_DELAYED])
def test_what_the_operator_has_to_look_at_while_everybody_is_served_is_a_warning(reason: Reason) -> None:
    report = Report((reason,))
    assert (report.status, report.shown()["serves"]) == (Status.WARN, True)
    assert Report((Reason.MAIL_STANDS, reason)).status is Status.FAIL


def test_jobs_that_wait_behind_a_long_one_are_overdue_only_if_it_does_not_go_on(tmp_path: Path) -> None:
    time = Time()
    database = Database(tmp_path / "uconnect.sqlite", [STORE, mails.MIGRATIONS, operator.MIGRATIONS])
    store = SqliteStore(database, time.moment)
    desk = Desk(store, Sockets(), time.moment)
    health = Health(database, desk, Outbox(database), None, list)
    store.run(keeping(Todo(id="behind", due=time.now, task=Return("walt"))))

    def reasons(minutes: int) -> tuple[Reason, ...]:
        time.now += minutes * 60_000
        return asyncio.run(health.look()).reasons

    assert reasons(2) == ()
    desk.has_progressed()
    assert reasons(2) == (), "the job waits for four minutes, and the one before it has done a step since"
    desk.has_progressed()
    assert reasons(2) == ()
    assert reasons(2) == (Reason.JOBS_OVERDUE,)
    database.close()
