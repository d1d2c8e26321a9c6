"""The server lets the rule of its settings hold, deletes by it, and notes for the journal what it has deleted."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.fake_job_dependencies import fake_job_dependencies
from tests.support.polling import poll
from tests.support.stores import Home, Time
from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.sqlite import erasures
from uconnect.adapters.sqlite.erasures import Erased
from uconnect.application import jobs
from uconnect.domain.enums import Kind, Side, State
from uconnect.domain.jobs import FindSilent, Retention
from uconnect.domain.keys import EntryKey, Mailbox, SideActivityKey, ThreadKey, ThreadsOf
from uconnect.domain.models import Job
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import profiles, threads
from uconnect.domain.usecases.retention import DAY, EVERY, FIND_SILENT, NOTICE
from uconnect.domain.views.retention import RetentionShown
from uconnect.entrypoints.server.app import _background_tasks

END, DELETE = 30, 60  # days


class Retained:
    """A server with a thread of a user, by a clock that the test moves."""

    def __init__(self, server: ServerInProcess, time: Time) -> None:
        self.server, self.time = server, time
        self.home = Home(server.container.service.store, time)
        self.ann, self.law = server.party(Kind.USER, "ann@example.org"), server.party(Kind.SCHOOL, "law@example.org")
        command = Raise(key="r" * 16, school=self.law, subject="A question", text="Hello")
        server.run(partial(threads.raise_, by=self.ann, command=command))
        (self.thread,) = self.home.all(ThreadsOf(self.law, Mailbox.RECEIVED, None, 9))

    def begin(self) -> None:
        """As the server's task of the jobs does, with the settings of this server."""
        task = _background_tasks(self.server.container, None)["jobs"]

        async def run() -> None:
            running = asyncio.create_task(task())
            await asyncio.to_thread(poll, lambda: self.home.one(FIND_SILENT), bool, what="the rule holds")
            running.cancel()

        self.server.wait(run())

    def wait(self, days: int) -> None:
        for _ in range(days * 2):
            self.time.now += DAY // 2
            self.work()

    def work(self) -> None:
        beyond = fake_job_dependencies()
        jobs.run_due_jobs(self.home.store, beyond)
        while any(it.due <= self.time.now for it in self.home.jobs()):
            jobs.run_due_jobs(self.home.store, beyond)


@pytest.fixture
def retained(tmp_path: Path) -> Iterator[Retained]:
    time = Time()
    rule = {"END_THREADS_AFTER": str(END), "DELETE_THREADS_AFTER": str(DELETE)}
    server = ServerInProcess(tmp_path / "data", time.new_context, URL="https://ask.uni.edu", **rule)
    yield Retained(server, time)
    server.close()


def test_a_server_lets_the_rule_of_its_settings_hold_and_tells_it(retained: Retained) -> None:
    retained.begin()
    found = retained.home.one(FIND_SILENT)
    assert isinstance(found, Job)
    assert isinstance(found.task, FindSilent)
    assert found.task.retention == Retention(END, DELETE, retained.time.now)
    for party in (retained.ann, retained.law):
        told = retained.server.run(partial(profiles.me, by=party)).retention
        assert told == RetentionShown(END, DELETE, retained.time.now + NOTICE)


def test_a_silent_thread_ends_is_deleted_with_all_its_rows_and_is_noted_for_the_journal(retained: Retained) -> None:
    retained.begin()
    retained.wait(END + 2)
    ended = retained.home.one(ThreadKey(retained.thread.id))
    assert ended is not None
    assert ended.state is State.TERMINATED
    retained.wait(DELETE + 2)
    retained.time.now += EVERY
    retained.work()
    for key in (
        ThreadKey(retained.thread.id),
        EntryKey(retained.thread.id, 1),
        SideActivityKey(retained.thread.id, Side.RAISER),
    ):
        assert retained.home.one(key) is None
    noted = retained.server.container.database.read(lambda connection: erasures.after(connection, 0))
    assert [(it.kind, it.id) for it in noted] == [(Erased.THREAD, retained.thread.id)]
