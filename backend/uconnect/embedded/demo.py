"""A small university of made-up people to look around in; all know their password, so no stranger may come near."""

import os
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from uconnect.core.terms import Kind
from uconnect.embedded import demo_days as days
from uconnect.embedded import purpose
from uconnect.embedded.given import is_loopback
from uconnect.embedded.parts import Parts, opened
from uconnect.embedded.purpose import Purpose
from uconnect.embedded.settings import Settings, Unusable
from uconnect.embedded.town import Town
from uconnect.identities.builtin import accounts
from uconnect.stores.clock import moment
from uconnect.stores.sqlite import SqliteStore

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


def shown(settings: Settings) -> dict[str, Any]:
    """What the landing page tells: demo.json."""
    people = [
        *({"site": Kind.SCHOOL.value, "name": name, "email": email} for name, email in SCHOOLS),
        *({"site": Kind.WORKER.value, "name": name, "email": email} for name, email, _ in WORKERS),
        *({"site": Kind.USER.value, "name": name, "email": email} for name, email in USERS),
    ]
    return {"password": PASSWORD, "accounts": people, "mail": settings.letterbox}


def check_settings(settings: Settings) -> None:
    """Raises Unusable where the demo may not be."""
    if not is_loopback(settings.host) or not _near(settings):
        raise Unusable("The demo's passwords are known to all. Run it without HOST and URL, or run: uconnect serve")
    if settings.mailing:
        raise Unusable("The demo's people have no mailboxes. Run it without SMTP, or run: uconnect serve")


def purpose_of(parts: Parts) -> Purpose | None:
    """What a data folder has been used for, if for anything."""
    return parts.database.read(partial(purpose.of, demo_address=SCHOOLS[0][1]))


def check(parts: Parts, *, wanted: bool) -> None:
    """Keep made-up people and real ones apart, and mark a new folder as what it is for now. Raises Unusable."""
    chosen = Purpose.DEMO if wanted else Purpose.REAL
    purpose.require(purpose_of(parts), chosen, parts.settings.data)
    parts.database.write(partial(purpose.mark, purpose=chosen))


async def make(settings: Settings) -> None:
    """Make the university in a data folder that nobody has used, unless it is there.

    It is made beside the folder's file and put in its place at the end: who is cut short leaves nothing, or all of it.
    Nobody else may use the folder meanwhile. Raises Unusable, Unavailable, sqlite3.Error, OSError.
    """
    making = settings.data / MAKING
    shutil.rmtree(making, ignore_errors=True)  # what was cut short
    if settings.database.exists() and not _is_unused(settings):
        return
    parts = opened(replace(settings, data=making))
    try:
        await settle(parts)
        parts.database.write(partial(purpose.mark, purpose=Purpose.DEMO))
    finally:
        parts.close()
    _put_in_place(parts.settings.database, settings.database)
    shutil.rmtree(making)


def _is_unused(settings: Settings) -> bool:
    parts = opened(settings)
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


async def settle(parts: Parts) -> None:
    """Make the university where nobody is yet."""
    if not parts.database.read(accounts.nobody):
        return
    known = [(name, email) for name, email, *_ in (*SCHOOLS, *WORKERS, *USERS)]
    subjects = await parts.issuer.accounts.create_all(known, PASSWORD)
    town = Town(moment().now, partial(SqliteStore, parts.database))
    for name, email in SCHOOLS:
        town.enter(Kind.SCHOOL, name, email, subjects[email])
    for name, email, school in WORKERS:
        town.invite(school, name, email)
        town.enter(Kind.WORKER, name, email, subjects[email])
    for name, email in USERS:
        town.enter(Kind.USER, name, email, subjects[email])
    town.invite(INVITED[2], INVITED[0], INVITED[1])
    days.live(town)


def _near(settings: Settings) -> bool:
    return is_loopback(urlsplit(settings.url).hostname or "")
