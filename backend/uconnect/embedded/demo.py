"""A small university of made-up people to look around in; all know their password, so no stranger may come near."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from uconnect.core.terms import Kind
from uconnect.embedded import demo_days as days
from uconnect.embedded.given import is_loopback
from uconnect.embedded.parts import Parts
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


def check(parts: Parts, *, wanted: bool) -> None:
    """Keep made-up people and real ones apart. Raises Unusable."""
    data = parts.settings.data
    there = parts.database.read(lambda connection: accounts.of_email(connection, SCHOOLS[0][1])) is not None
    if wanted and not there and not parts.database.read(accounts.nobody):
        raise Unusable(f"There are people in {data} already. Give the demo a folder of its own, such as DATA=demo.")
    if there and not _near(parts.settings):
        raise Unusable(f"In {data} is the demo, whose passwords are known to all. Choose another folder with DATA.")


async def settle(parts: Parts) -> None:
    """Make the university, unless it is there already. To be done before anyone is let in."""
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
