"""What turns health red, and what is a warning that keeps the server among those that are asked."""

import asyncio
from pathlib import Path

import pytest

from tests.support.stores import Time, keeping
from uconnect.adapters import mail
from uconnect.adapters.mail import Outbox
from uconnect.adapters.realtime.in_process import Sockets
from uconnect.adapters.sqlite import Database, audit_log
from uconnect.adapters.sqlite.schema import MIGRATIONS as STORE
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.api.health import Reason, Report, Status
from uconnect.domain.jobs import ReturnThreads
from uconnect.domain.models import Job
from uconnect.entrypoints.server.health import Health
from uconnect.entrypoints.server.service import ServerService


@pytest.mark.parametrize("reason", [Reason.JOBS_SET_ASIDE, Reason.MAIL_DELAYED])
def test_what_the_operator_has_to_look_at_while_everybody_is_served_is_a_warning(reason: Reason) -> None:
    report = Report((reason,))
    assert (report.status, report.shown()["serves"]) == (Status.WARN, True)
    assert Report((Reason.MAIL_STANDS, reason)).status is Status.FAIL


def test_jobs_that_wait_behind_a_long_one_are_overdue_only_if_it_does_not_go_on(tmp_path: Path) -> None:
    time = Time()
    database = Database(tmp_path / "uconnect.sqlite", [STORE, mail.MIGRATIONS, audit_log.MIGRATIONS])
    store = SqliteStore(database, time.new_context)
    service = ServerService(store, Sockets(), time.new_context)
    health = Health(database, service, Outbox(database), None, list)
    store.run(keeping(Job(id="behind", due=time.now, task=ReturnThreads("walt"))))

    def reasons(minutes: int) -> tuple[Reason, ...]:
        time.now += minutes * 60_000
        return asyncio.run(health.look()).reasons

    assert reasons(2) == ()
    service.has_progressed()
    assert reasons(2) == (), "the job waits for four minutes, and the one before it has done a step since"
    service.has_progressed()
    assert reasons(2) == ()
    assert reasons(2) == (Reason.JOBS_OVERDUE,)
    database.close()
