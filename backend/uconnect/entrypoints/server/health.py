"""Reports whether uconnect works, in words that a monitor can compare and that name nobody.

It is looked at every few seconds at most, however often it is asked: who asks all the time is no load.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

from uconnect.adapters.mail import Outbox, SmtpSender
from uconnect.adapters.sqlite import Damaged, Database, check
from uconnect.domain.context import Plan
from uconnect.domain.usecases import job_steps
from uconnect.entrypoints.server.service import ApplicationService

FRESH = 5.0  # seconds that what was found is told again
EVERY = 20.0  # seconds between two looks while nobody asks
WAIT = 10.0  # seconds that a write may take
log = logging.getLogger("uconnect")


class Status(StrEnum):
    """As in the health check response format for HTTP APIs (draft-inadarei-api-health-check)."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"  # everybody is served; the operator has something to look at
    FAIL = "fail"


class Reason(StrEnum):
    """Why it is not well. These words stay the same: monitors compare them."""

    FILE_GONE = "file_gone"
    FILE_DAMAGED = "file_damaged"
    WRITE_FAILS = "write_fails"
    READ_FAILS = "read_fails"
    TASK_FAILING = "task_failing"
    JOBS_OVERDUE = "jobs_overdue"
    MAIL_STANDS = "mail_stands"
    JOBS_SET_ASIDE = "jobs_set_aside"
    MAIL_DELAYED = "mail_delayed"


WARNINGS = {Reason.JOBS_SET_ASIDE, Reason.MAIL_DELAYED}


@dataclass(frozen=True)
class Report:
    """What was found: `tasks` are the background tasks that fail, `counts` is for the log and leaves by it alone."""

    reasons: tuple[Reason, ...] = ()
    tasks: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        if not self.reasons:
            return Status.PASS
        return Status.WARN if WARNINGS.issuperset(self.reasons) else Status.FAIL

    def shown(self) -> dict[str, Any]:
        """What is answered to anybody. How much stands where is not told: it would show what others do."""
        serves = self.status is not Status.FAIL
        said = {"serves": serves, "status": self.status, "reasons": self.reasons}
        return said | ({"tasks": self.tasks} if self.tasks else {})


class Health:
    """Looks at the database, the jobs, the letters and the background tasks, of which `failing` knows."""

    def __init__(
        self,
        database: Database,
        service: ApplicationService,
        outbox: Outbox,
        mail_sender: SmtpSender | None,
        failing: Callable[[], list[str]],
    ) -> None:
        self._database, self._service, self._outbox, self._mail_sender = database, service, outbox, mail_sender
        self._failing = failing
        self._looking = asyncio.Lock()
        self._found, self._at = Report(), -FRESH

    async def report(self) -> Report:
        """What was found a few seconds ago at most."""
        async with self._looking:
            if time.monotonic() - self._at >= FRESH:
                self._found = await self.look()
                self._at = time.monotonic()
            return self._found

    async def keep_looking(self) -> None:
        """Look now and then while nobody asks, and log what is wrong, until cancelled."""
        while True:
            found = await self.report()
            if found.reasons:
                told = log.error if found.status is Status.FAIL else log.warning
                told("this uconnect is not well: %s (%s)", ", ".join([*found.reasons, *found.tasks]), found.counts)
            await asyncio.sleep(EVERY)

    async def keep_checked(self, whole: bool) -> None:
        """Read the whole file once, unless that was done: it was too big to let people wait for it."""
        if not whole:
            try:
                await asyncio.to_thread(check, self._database.path)
            except Damaged:
                self._database.damaged = True
        await asyncio.Event().wait()

    async def look(self) -> Report:
        """What is so now."""
        tasks = tuple(self._failing())
        reasons = {Reason.TASK_FAILING} if tasks else set()
        reasons |= await self._write()
        counts: dict[str, int] = {}
        reasons |= await self._jobs(counts) | await self._letters(counts)
        if self._database.damaged:
            reasons = reasons - {Reason.WRITE_FAILS, Reason.READ_FAILS} | {Reason.FILE_DAMAGED}
        if not self._database.is_there():
            reasons = reasons - {Reason.WRITE_FAILS, Reason.READ_FAILS} | {Reason.FILE_GONE}
        return Report(tuple(it for it in Reason if it in reasons), tasks, counts)

    async def _write(self) -> set[Reason]:
        """A disk that is full, or took to refusing, shows only when something is written."""

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
        if self._mail_sender is None:  # they are read here
            return set()
        try:
            found = await self._database.read_soon(partial(self._outbox.status, taken=self._mail_sender.taken))
        except sqlite3.Error:
            return {Reason.READ_FAILS}
        counts |= {"letters_waiting": found.waiting, "letters_failed": found.failed}
        if found.stands or self._mail_sender.fails:
            return {Reason.MAIL_STANDS}
        return {Reason.MAIL_DELAYED} if found.delayed else set()
