"""Checks from within whether the server is well.

It checks once in a few seconds at most, however often it is asked. So whoever asks all the time is no load.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from functools import partial

from uconnect.adapters.mail import Outbox, SmtpSender
from uconnect.adapters.sqlite import Damaged, Database, check
from uconnect.api.health import Reason, Report, Status
from uconnect.domain.context import Plan
from uconnect.domain.usecases import job_steps
from uconnect.entrypoints.server.service import ServerService

FRESH = 5.0  # seconds that a report is answered again
EVERY = 20.0  # seconds between two checks while nobody asks
WAIT = 10.0  # seconds that a write may take
log = logging.getLogger("uconnect")


class Health:
    """Checks the database, the jobs, the letters, and the background tasks: `failing` names those that fail."""

    def __init__(
        self,
        database: Database,
        service: ServerService,
        outbox: Outbox,
        mail_sender: SmtpSender | None,
        failing: Callable[[], list[str]],
        backup_overdue: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database, self._service, self._outbox, self._mail_sender = database, service, outbox, mail_sender
        self._failing = failing
        self._backup_overdue = backup_overdue
        self._looking = asyncio.Lock()
        self._found, self._at = Report(), -FRESH

    async def report(self) -> Report:
        """The last report. It is a few seconds old at most."""
        async with self._looking:
            if time.monotonic() - self._at >= FRESH:
                self._found = await self.look()
                self._at = time.monotonic()
            return self._found

    async def keep_looking(self) -> None:
        """Check now and then while nobody asks, and log what is wrong. Runs until cancelled."""
        while True:
            found = await self.report()
            if found.reasons:
                told = log.error if found.status is Status.FAIL else log.warning
                told("this uconnect is not well: %s (%s)", ", ".join([*found.reasons, *found.tasks]), found.counts)
            await asyncio.sleep(EVERY)

    async def keep_checked(self, whole: bool) -> None:
        """Read the whole file once, unless the start has done so: people do not wait for a big file."""
        if not whole:
            try:
                await asyncio.to_thread(check, self._database.path)
            except Damaged:
                self._database.damaged = True
        await asyncio.Event().wait()

    async def look(self) -> Report:
        """A report of this moment."""
        tasks = tuple(self._failing())
        reasons = {Reason.TASK_FAILING} if tasks else set()
        reasons |= await self._write()
        counts: dict[str, int] = {}
        reasons |= await self._jobs(counts) | await self._letters(counts)
        if self._backup_overdue():
            reasons.add(Reason.BACKUP_OVERDUE)
        if self._database.damaged:
            reasons = reasons - {Reason.WRITE_FAILS, Reason.READ_FAILS} | {Reason.FILE_DAMAGED}
        if not self._database.is_there():
            reasons = reasons - {Reason.WRITE_FAILS, Reason.READ_FAILS} | {Reason.FILE_GONE}
        return Report(tuple(it for it in Reason if it in reasons), tasks, counts)

    async def _write(self) -> set[Reason]:
        """Write something: a disk that is full or refuses shows only then."""

        def transaction(connection: sqlite3.Connection) -> None:
            probe = ("probe", str(time.time_ns()))
            connection.execute("INSERT OR REPLACE INTO data_folder (what, value) VALUES (?, ?)", probe)

        try:
            async with asyncio.timeout(WAIT):
                await self._database.write_soon(transaction)
        except (sqlite3.Error, TimeoutError):
            return {Reason.WRITE_FAILS}
        return set()

    async def _jobs(self, counts: dict[str, int]) -> set[Reason]:
        outcome = await self._service.ask(job_steps.health)
        if not isinstance(outcome, Plan):
            return {Reason.READ_FAILS}
        counts["jobs_set_aside"] = outcome.answer.set_aside
        overdue = {Reason.JOBS_OVERDUE} if outcome.answer.overdue and self._service.stands_still else set()
        return overdue | ({Reason.JOBS_SET_ASIDE} if outcome.answer.set_aside else set())

    async def _letters(self, counts: dict[str, int]) -> set[Reason]:
        if self._mail_sender is None:  # the dev mailbox shows them
            return set()
        try:
            found = await self._database.read_soon(partial(self._outbox.status, taken=self._mail_sender.taken))
        except sqlite3.Error:
            return {Reason.READ_FAILS}
        counts |= {"letters_waiting": found.waiting, "letters_failed": found.failed}
        if found.stands or self._mail_sender.fails:
            return {Reason.MAIL_STANDS}
        return {Reason.MAIL_DELAYED} if found.delayed else set()
