"""Loads the demo university. Everybody knows its people's password, so only this machine may reach it."""

import os
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from uconnect.adapters.clock import new_context
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.application.loopback import is_loopback
from uconnect.demo.actors import Actors
from uconnect.demo.scenario import AUTOMATIC, INVITED, PEOPLE, PROFILES, SAVED_REPLIES, email, history
from uconnect.entrypoints.server import folder_purpose
from uconnect.entrypoints.server.container import Container, build
from uconnect.entrypoints.server.folder_purpose import Purpose
from uconnect.entrypoints.server.settings import InvalidSetting, Settings
from uconnect.oidc_provider import accounts

PASSWORD = "open the door please"  # noqa: S105 - of made-up people, on a machine that only listens to itself
MAKING = ".making"  # the folder, in the data folder, where a university is made


def demo_accounts(settings: Settings) -> dict[str, Any]:
    """The accounts that the landing page lists, as demo.json."""
    people = [{"site": it.kind.value, "name": it.name, "email": email(key)} for key, it in PEOPLE.items()]
    return {"password": PASSWORD, "accounts": people, "mail": settings.has_dev_mailbox}


def check_settings(settings: Settings) -> None:
    """Raises InvalidSetting if strangers could reach the demo, or letters would leave it."""
    if not is_loopback(settings.host) or not _is_local(settings):
        raise InvalidSetting("Everyone knows the demo's passwords. Run it without HOST and URL, or run: uconnect serve")
    if settings.smtp:
        raise InvalidSetting("The demo's people have no mailboxes. Run it without SMTP, or run: uconnect serve")


def purpose_of(parts: Container) -> Purpose | None:
    """What a data folder has been used for, if for anything."""
    return parts.database.read(partial(folder_purpose.of, demo_address=email("COMPUTING")))


def check_folder(parts: Container, *, wanted: bool) -> None:
    """Refuse to mix made-up people with real ones, and mark a new folder with its purpose. Raises InvalidSetting."""
    chosen = Purpose.DEMO if wanted else Purpose.REAL
    folder_purpose.require(purpose_of(parts), chosen, parts.settings.data)
    parts.database.write(partial(folder_purpose.mark, purpose=chosen))


async def make(settings: Settings) -> None:
    """Make the university in a data folder that nobody has used, unless it is there.

    It is made beside the folder's file and put in its place at the end: if this is cut short, nothing or all of it is
    there. Nobody else may use the folder meanwhile. Raises InvalidSetting, Unavailable, sqlite3.Error, OSError.
    """
    making = settings.data / MAKING
    shutil.rmtree(making, ignore_errors=True)  # of a run that was cut short
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
    """Make the university, if the data folder has no accounts."""
    if not parts.database.read(accounts.is_empty):
        return
    known = [(person.name, email(key)) for key, person in PEOPLE.items()]
    subjects = await parts.issuer.accounts.create_all(known, PASSWORD)
    actors, happened = Actors(new_context().now, partial(SqliteStore, parts.database)), history()
    actors.ago(happened[0].minutes)  # everybody was there before
    for key, person in PEOPLE.items():
        actors.register(key, person, subjects[email(key)])
    for key, person in INVITED.items():
        actors.invite(key, person)
    for profile in PROFILES:
        actors.present(*profile)
    for saved in SAVED_REPLIES:
        actors.save_reply(*saved)
    actors.automate(AUTOMATIC)
    for event in happened:
        actors.act(event)


def _is_local(settings: Settings) -> bool:
    return is_loopback(urlsplit(settings.url).hostname or "")
