"""Backs up a data folder again and again while the server runs, and deletes the oldest backups."""

import asyncio
import logging
import os
import re
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from uconnect.entrypoints.backups import journal
from uconnect.entrypoints.backups.journal import JournalCopy
from uconnect.entrypoints.backups.partial_files import PARTIAL
from uconnect.entrypoints.server.settings import Settings
from uconnect.entrypoints.server.settings_sources import reason

NAME = re.compile(r"uconnect-(\d{8}T\d{6}Z)\.backup")
PARTIAL_NAME = re.compile(rf"\.{NAME.pattern}(\.[0-9a-f]+)?(\.data)?{re.escape(PARTIAL)}")
TIME = "%Y%m%dT%H%M%SZ"
LOOK = 5.0  # seconds between two looks at the journal and at the clock
RETRY = 900.0  # seconds until a backup that failed is tried again
UNUSABLE = 60.0  # seconds until a folder that cannot be used is looked at again
HOUR = 3600.0
log = logging.getLogger("uconnect")


def backups(folder: Path) -> list[Path]:
    """The scheduled backups in a folder, the oldest first. One of a time to come is of a clock that was wrong: no newer
    one may be deleted for it, so it counts as older than all others. Raises OSError."""
    now = time.time()
    found = ((at <= now, at, it) for it in folder.iterdir() if (at := _taken(it)) is not None)
    return [it for *_, it in sorted(found)]


def last_taken(folder: Path) -> float | None:
    """When the last scheduled backup in a folder was begun (Unix seconds); None if there is none. One of a time to come
    is not counted: the next would wait for that. Raises OSError."""
    found = backups(folder)
    last = _taken(found[-1]) if found else None
    return last if last is not None and last <= time.time() else None


def _taken(file: Path) -> float | None:
    """When a scheduled backup was begun, by its name; None if the file is none."""
    named = NAME.fullmatch(file.name)
    try:
        return datetime.strptime(named[1], TIME).replace(tzinfo=UTC).timestamp() if named else None
    except ValueError:
        return None


class BackupSchedule:
    """Writes a backup into `BACKUPS` every `BACKUP_EVERY` hours, and keeps the last `BACKUPS_KEPT`.

    A process of its own writes it: the server's stays free for people.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._every = settings.backup_every * HOUR
        self._began = time.monotonic()
        self._last: float | None = None  # when the last backup was begun, as of the last look
        self._not_before = 0.0
        self._journal = JournalCopy(settings.data / journal.NAME, folder / journal.NAME)

    def is_overdue(self) -> bool:
        """Whether no backup was written for twice as long as it should take. Nothing is read for it: health would wait
        for a folder that does not answer."""
        waited = min(time.time() - (self._last or 0), time.monotonic() - self._began)
        return waited > 2 * self._every

    async def run(self) -> None:
        """Runs until cancelled. A folder that cannot be used is looked at again: people are served all the same."""
        while True:
            try:
                wait = await self._look()
            except OSError as error:
                log.error("the folder of the backups cannot be used: %s", reason(error))
                self._last, wait = None, UNUSABLE
            await asyncio.sleep(wait)

    async def _look(self) -> float:
        """Do what is due. Returns the seconds until the next look."""
        self._last = await asyncio.to_thread(self._follow)
        due = (self._last or 0) + self._every
        if time.time() < due or time.monotonic() < self._not_before:
            return LOOK
        if await self._write():
            await asyncio.to_thread(self._delete_oldest)
        else:
            self._not_before = time.monotonic() + RETRY
        return LOOK

    def _follow(self) -> float | None:
        """Have the folder, and the journal in it. When the last backup was begun."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._journal.follow()
        return last_taken(self._folder)

    async def _write(self) -> bool:
        await asyncio.to_thread(self._delete_partial)
        target = self._folder / f"uconnect-{time.strftime(TIME, time.gmtime())}.backup"
        command = ("-m", "uconnect.entrypoints.cli", "backup", str(target.resolve()))
        environment = os.environ | {"DATA": str(self._settings.data.resolve())}
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        written = asyncio.create_task(process.communicate())
        try:
            while not written.done():
                await asyncio.wait({written}, timeout=LOOK)
                with suppress(OSError):  # the next look tells it
                    await asyncio.to_thread(self._journal.follow)
            _, said = written.result()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):  # it has just ended
                process.terminate()
            await asyncio.wait({written})
            self._delete_partial()
            raise
        if process.returncode:
            log.error("no backup could be written: %s", said.decode("utf-8", "replace").strip())
        return process.returncode == 0

    def _delete_oldest(self) -> None:
        for it in backups(self._folder)[: -self._settings.backups_kept]:
            it.unlink()

    def _delete_partial(self) -> None:
        """What a scheduled backup that was ended has left."""
        for it in self._folder.iterdir():
            if PARTIAL_NAME.fullmatch(it.name):
                it.unlink(missing_ok=True)
