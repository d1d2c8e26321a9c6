"""All that servers of this process print or log, and the search of it for what must not stand there.

What must not is asked of the stores and of the people's devices, so the search knows every secret of a world.
"""

import logging
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec

from tests.privacy.servers.running_server import Running
from tests.privacy.servers.signed_in_party import PASSWORD, SignedInParty, Watched
from uconnect.domain.enums import Kind
from uconnect.entrypoints.server.log_output import FORMATS

LOGGERS = ("", "uvicorn", "uvicorn.access", "uconnect")  # the others' records come to the first of them
IDS = {
    "party": ("id",),
    "thread": ("id",),
    "thread_reference": ("id",),
    "issuer_account": ("subject",),
    "issuer_session": ("sid",),
    "issuer_link": ("upstream_subject", "issuer"),
}
WORDS = {"party": ("email", "name"), "entry": ("text",), "internal_entry": ("text",), "thread": ("subject",)}
LEAST = 7  # characters of what people wrote; what is shorter may stand in any text
CODE = re.compile(r"Your code is (\d{8})")
LINK = re.compile(r"invitation=(?:3D)?([\w-]{43})")


class Journal(logging.Handler):
    """Every record, as it would be printed in each form, and as any other handler would print it."""

    def __init__(self) -> None:
        super().__init__()
        self.printed: list[str] = []

    def read(self) -> list[str]:
        """What was printed since it was read last."""
        printed, self.printed = self.printed, []
        return printed

    def emit(self, record: logging.LogRecord) -> None:
        self.printed += [self.format(record), *(it.format(record) for it in FORMATS.values())]


@contextmanager
def kept() -> Iterator[Journal]:
    """A journal of what is logged until the block ends. To be begun when the servers have set up their loggers."""
    journal = Journal()
    for name in LOGGERS:
        logging.getLogger(name).addHandler(journal)
    logging.getLogger("uconnect").setLevel(logging.DEBUG)  # whatever we log ourselves, at any level
    try:
        yield journal
    finally:
        logging.getLogger("uconnect").setLevel(logging.NOTSET)
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(journal)


def secrets_of(server: Running, people: Iterable[SignedInParty]) -> set[str]:
    """Ids, names, addresses and texts in a server's store, and what its people hold: tickets, tokens, codes."""
    found = {PASSWORD, *server.container.database.read(_stored)}
    for person in people:
        found |= person.held
    for _, letter in server.post.mails:
        text = letter.replace(b"=\r\n", b"").decode()
        found |= {*CODE.findall(text), *LINK.findall(text)}
    return found


def _stored(connection: sqlite3.Connection) -> set[str]:
    found: set[str] = set()
    for table, columns in IDS.items():
        found |= {value for column in columns for (value,) in connection.execute(f"SELECT {column} FROM {table}")}
    for table, fields in WORDS.items():
        bodies = [msgspec.json.decode(body) for (body,) in connection.execute(f"SELECT body FROM {table}")]
        found |= {body[field] for body in bodies for field in fields if field in body}
    return {it for it in found if len(it) >= LEAST}


def foreign_to(blind: Kind, people: Iterable[SignedInParty]) -> set[str]:
    """What the blind party must never be sent: what others hold, their addresses, the names of those it cannot know."""
    found: set[str] = set()
    for person in people:
        if isinstance(person, Watched):
            continue
        found |= {person.email, *person.held}
        if person.name.startswith("Owner" if blind is Kind.WORKER else "Hand"):
            found.add(person.name)
    return found


def found_in(texts: Iterable[str], secrets: set[str]) -> set[str]:
    """Those of the secrets that stand in one of the texts, as a word or words of their own."""
    wanted = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, secrets))})(?![\w-])")
    return {match[0] for text in texts for match in wanted.finditer(text)}
