"""Promise 18: a server that is in trouble says what is wrong, and of whom it speaks with no word."""

import logging
import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.privacy.servers.complete_server_scripts import raisers_story
from tests.privacy.servers.log_capture import Journal, found_in, secrets_of
from tests.privacy.servers.running_server import Running
from tests.privacy.servers.server_world import RunningWorld
from tests.privacy.servers.signed_in_party import SignedInParty
from tests.privacy.servers.twin_servers import Servers, must_be_silent, play
from tests.privacy.worlds.leak_planting import Patch
from tests.support import sizes
from uconnect.adapters.mail import Email
from uconnect.adapters.mail.smtp import SmtpSender
from uconnect.adapters.realtime.in_process import Sockets
from uconnect.adapters.sqlite.store import SqliteStore
from uconnect.api import http, websocket
from uconnect.application import log_lines
from uconnect.domain.enums import Kind
from uconnect.entrypoints.server.authentication import TokenAuthentication
from uconnect.entrypoints.server.job_adapters import IdentityAdapter, MailAdapter
from uconnect.entrypoints.server.service import ServerService

Plant = Callable[[Patch], None]
log = logging.getLogger("uconnect")


def before(where: Any, name: str, say: Callable[..., None]) -> Plant:
    """Something is said before something else is done, with what it is done with."""
    done = getattr(where, name)

    def logged(*of: Any, **named: Any) -> Any:
        say(*of, **named)
        return done(*of, **named)

    return lambda patch: patch.setattr(where, name, logged)


LINES: dict[str, Plant] = {
    "an event": before(Sockets, "deliver", lambda _, told, exclude=None: log.info("%s", [it.frame for it in told])),
    "who is told": before(Sockets, "deliver", lambda _, told, exclude=None: log.warning("%s", [it.to for it in told])),
    "a ticket": before(ServerService, "redeem", lambda _, ticket: log.info("a socket for %s", ticket)),
    "a token": before(TokenAuthentication, "principal", lambda _, token: log.debug(token)),
    "an address": before(IdentityAdapter, "forget", lambda it, *who: log.info("%s", it.database.read(addresses))),
    "an invitation": before(MailAdapter, "invite_worker", lambda _, invited: log.info("%s", invited)),
    "a letter": before(SmtpSender, "_hand_over", lambda _, smtp, kept: log.info("%s", kept.letter.text)),
}


def addresses(connection: Any) -> list[Any]:
    return connection.execute("SELECT email FROM issuer_account").fetchall()  # type: ignore[no-any-return]


@pytest.mark.planted(18)
@pytest.mark.parametrize("told", LINES if sizes.FULL else list(LINES)[::3])
def test_a_line_that_tells_is_found(told: str, servers: Servers, journal: Journal, monkeypatch: Patch) -> None:
    LINES[told](monkeypatch)
    journal.read()
    with pytest.raises(AssertionError, match="printed"):
        must_be_silent(play(raisers_story(), servers), journal)


def failing(error: Callable[[str], Exception]) -> Callable[..., Any]:
    """Something that goes wrong, and says in its words what it was asked for."""

    def fail(*of: Any, **named: Any) -> Any:
        raise error(f"{of} {named}")

    return fail


TROUBLES: dict[str, tuple[Any, str, type[Exception], str]] = {
    "the store": (SqliteStore, "_ask", sqlite3.OperationalError, "the store could not be read"),
    "a call": (http, "prepare_use_case", RuntimeError, "Exception in ASGI application"),
    "a frame": (websocket, "decode_frame", RuntimeError, "a frame could not be served"),
    "a job": (MailAdapter, "invite_worker", ValueError, "a job could not be done, and is tried again: ValueError"),
    "the mail server": (SmtpSender, "_hand_over", OSError, "e-mails could not be sent, and wait 5 s: OSError"),
}


@pytest.mark.parametrize("where", TROUBLES)
def test_trouble_is_told_by_its_kind_and_place(
    where: str, servers: Servers, journal: Journal, monkeypatch: Patch
) -> None:
    *what, logged = TROUBLES[where]
    journal.read()
    people = meet_trouble(servers[0], what, monkeypatch)
    printed = journal.read()
    assert any(logged in each for each in printed), printed
    assert not (found := found_in(printed, secrets_of(servers[0], people))), f"printed: {found}"


@pytest.mark.planted(18)
@pytest.mark.parametrize("where", ["the store", "a call", "a frame"])
def test_the_words_of_an_error_are_found(where: str, servers: Servers, journal: Journal, monkeypatch: Patch) -> None:
    monkeypatch.setattr(log_lines, "_traceback_without_messages", lambda error: [repr(error), repr(error.__cause__)])
    with pytest.raises(AssertionError, match=r"printed: \{"):
        test_trouble_is_told_by_its_kind_and_place(where, servers, journal, monkeypatch)


LOOKED_FOR = "what nobody may know of"


def look_for_words(server: Running, patch: Patch) -> None:
    """A user searches, and again while the store cannot be read."""
    world = RunningWorld(server)
    school, user = (world.people[world.newcomer(kind, kind.name)] for kind in (Kind.SCHOOL, Kind.USER))
    _request(world, user, "POST /api/threads", school=school.id, subject="A subject", text=LOOKED_FOR.upper())
    words = msgspec.json.encode({"shelf": "raised", "words": LOOKED_FOR})
    json = {"Content-Type": "application/json"}
    user.call("POST", "/api/search", words, **json)
    with patch.context() as trouble:
        trouble.setattr(SqliteStore, "_ask", failing(sqlite3.OperationalError))
        user.call("POST", "/api/search", words, **json)
    world.leave()


def test_what_somebody_looks_for_is_in_no_log_and_in_no_file(
    servers: Servers, journal: Journal, monkeypatch: Patch
) -> None:
    journal.read()
    look_for_words(servers[0], monkeypatch)
    printed = journal.read()
    assert any("the store could not be read" in each for each in printed)
    assert not found_in(printed, {LOOKED_FOR})
    files = [it for it in servers[0].container.database.path.parent.rglob("*") if it.is_file()]
    assert any(LOOKED_FOR.upper().encode() in it.read_bytes() for it in files), "the message is there"
    assert not [it for it in files if LOOKED_FOR.encode() in it.read_bytes()]


@pytest.mark.planted(18)
def test_a_line_with_the_words_of_a_search_is_found(servers: Servers, journal: Journal, monkeypatch: Patch) -> None:
    before(http, "prepare_use_case", lambda *of, **_: log.info("%s", of[4]))(monkeypatch)
    with pytest.raises(AssertionError, match=LOOKED_FOR):
        test_what_somebody_looks_for_is_in_no_log_and_in_no_file(servers, journal, monkeypatch)


def meet_trouble(server: Running, what: list[Any], patch: Patch) -> list[SignedInParty]:
    """A school and a user do what they do, and then again as something fails."""
    where, name, error = what
    world = RunningWorld(server)
    school, user = (world.people[world.newcomer(kind, kind.name)] for kind in (Kind.SCHOOL, Kind.USER))
    question = {"school": school.id, "subject": "A subject", "text": "What is asked"}
    id = _request(world, user, "POST /api/threads", **question)["row"]["id"]
    _request(world, school, "POST /api/workers", email="late@example.org", name="Somebody late")
    late = _request(world, school, "GET /api/workers")["workers"][0]["id"]
    user.dial()
    server.carry()
    with patch.context() as trouble:
        trouble.setattr(where, name, failing(error))
        user.call("GET", f"/api/threads/{id}")
        user.sockets[0].say({"t": "send", "key": "key-of-the-user-0002", "id": id, "text": "What is asked then"})
        user.listen()
        school.call("POST", f"/api/workers/{late}/resend")
        if where is MailAdapter:
            server.run_all_jobs()  # it is tried while it fails
        server.container.database.write(
            lambda c: server.container.outbox.put(c, Email(user.email, "A letter", "Words"))
        )
        server.do(server.mail_sender.carry())
    world.leave()
    return [school, user]


def _request(world: RunningWorld, by: SignedInParty, route: str, **body: Any) -> Any:
    key = {"key": f"key-of-somebody-{len(body)}"}
    return msgspec.json.decode(world.call(by.id, route, key | body if body else None).body)
