"""Fills an empty data folder with the demo university.

Everyone knows its passwords, so only this machine may reach it.
"""

import os
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from uconnect.adapters.clock import new_context
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.demo import scenario as days
from uconnect.demo.actors import Actors
from uconnect.domain.enums import Kind
from uconnect.entrypoints.server import folder_purpose
from uconnect.entrypoints.server.container import Container, build
from uconnect.entrypoints.server.folder_purpose import Purpose
from uconnect.entrypoints.server.settings import InvalidSetting, Settings
from uconnect.entrypoints.server.settings_sources import is_loopback
from uconnect.oidc_provider import accounts

PASSWORD = "open the door please"  # noqa: S105 - of made-up people, on a machine that only listens to itself
SCHOOLS = (
    (days.COMPUTING, "computing@demo.example"),
    (days.LAW, "law@demo.example"),
    (days.LIBRARY, "library@demo.example"),
    (days.HOUSING, "housing@demo.example"),
)
WORKERS = (  # and the school that each works for
    (days.WANDA, "wanda@demo.example", days.COMPUTING),
    (days.BO, "bo@demo.example", days.COMPUTING),
    (days.INGRID, "ingrid@demo.example", days.LIBRARY),
)
USERS = (
    (days.UMA, "uma@demo.example"),
    (days.TOMAS, "tomas@demo.example"),
    (days.NOOR, "noor@demo.example"),
    (days.ADA, "ada@demo.example"),
)
MAKING = ".making"  # the folder, in the data folder, where a university is made
INVITED = (days.AMIRA, "amira@demo.example", days.COMPUTING)  # has not come yet: her letter lies here to be tried


def demo_accounts(settings: Settings) -> dict[str, Any]:
    """What the landing page tells: demo.json."""
    people = [
        *({"site": Kind.SCHOOL.value, "name": name, "email": email} for name, email in SCHOOLS),
        *({"site": Kind.WORKER.value, "name": name, "email": email} for name, email, _ in WORKERS),
        *({"site": Kind.USER.value, "name": name, "email": email} for name, email in USERS),
    ]
    return {"password": PASSWORD, "accounts": people, "mail": settings.has_dev_mailbox}


def check_settings(settings: Settings) -> None:
    """Raises Unusable where the demo may not be."""
    if not is_loopback(settings.host) or not _is_local(settings):
        raise InvalidSetting(
            "The demo's passwords are known to all. Run it without HOST and URL, or run: uconnect serve"
        )
    if settings.mail:
        raise InvalidSetting("The demo's people have no mailboxes. Run it without SMTP, or run: uconnect serve")


def purpose_of(parts: Container) -> Purpose | None:
    """What a data folder has been used for, if for anything."""
    return parts.database.read(partial(folder_purpose.of, demo_address=SCHOOLS[0][1]))


def check_folder(parts: Container, *, wanted: bool) -> None:
    """Keep made-up people and real ones apart, and mark a new folder as what it is for now. Raises Unusable."""
    chosen = Purpose.DEMO if wanted else Purpose.REAL
    folder_purpose.require(purpose_of(parts), chosen, parts.settings.data)
    parts.database.write(partial(folder_purpose.mark, purpose=chosen))


async def make(settings: Settings) -> None:
    """Make the university in a data folder that nobody has used, unless it is there.

    It is made beside the folder's file and put in its place at the end: who is cut short leaves nothing, or all of it.
    Nobody else may use the folder meanwhile. Raises Unusable, Unavailable, sqlite3.Error, OSError.
    """
    making = settings.data / MAKING
    shutil.rmtree(making, ignore_errors=True)  # what was cut short
    if settings.database.exists() and not _is_unused(settings):
        return
    parts = build(replace(settings, data=making))
    try:
        await load_scenario(parts)
        parts.database.write(partial(folder_purpose.mark, purpose=Purpose.DEMO))
    finally:
        parts.close()
    _put_in_place(parts.settings.database, settings.database)
    shutil.rmtree(making)


def _is_unused(settings: Settings) -> bool:
    parts = build(settings)
    try:
        return purpose_of(parts) is None
    finally:
        parts.close()


def _put_in_place(made: Path, place: Path) -> None:
    for rest in ("-wal", "-shm"):  # of a file that nobody has used
        place.with_name(place.name + rest).unlink(missing_ok=True)
    made.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


async def load_scenario(parts: Container) -> None:
    """Make the university where nobody is yet."""
    if not parts.database.read(accounts.is_empty):
        return
    known = [(name, email) for name, email, *_ in (*SCHOOLS, *WORKERS, *USERS)]
    subjects = await parts.issuer.accounts.create_all(known, PASSWORD)
    university = Actors(new_context().now, partial(SqliteStore, parts.database))
    for name, email in SCHOOLS:
        university.register(Kind.SCHOOL, name, email, subjects[email])
    for name, email, school in WORKERS:
        university.invite(school, name, email)
        university.register(Kind.WORKER, name, email, subjects[email])
    for name, email in USERS:
        university.register(Kind.USER, name, email, subjects[email])
    university.invite(INVITED[2], INVITED[0], INVITED[1])
    days.play(university)


def _is_local(settings: Settings) -> bool:
    return is_loopback(urlsplit(settings.url).hostname or "")
