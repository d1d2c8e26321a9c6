"""The server writes the letters about messages, and switches them off by the link in each, by one POST."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.support.polling import poll
from tests.support.stores import Time
from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.mail import Email
from uconnect.adapters.mail.message import message
from uconnect.application import jobs
from uconnect.domain.enums import Kind
from uconnect.domain.keys import Mailbox
from uconnect.domain.protocol import Send
from uconnect.domain.request_bodies import Raise
from uconnect.domain.usecases import messages, notices, queries, threads
from uconnect.domain.usecases.notices import EVERY, FIND_UNREAD, HOUR, MINUTE, SPREAD, UNREAD
from uconnect.entrypoints.server.app import build_app

LATEST = UNREAD + EVERY + SPREAD + EVERY
URL = "https://ask.uni.edu"
ANN, LAW = "ann@example.org", "law@example.org"
STOPPED = "You will get no more e-mails"


class Office:
    """A server with a user and a school, by a clock that the test moves."""

    def __init__(self, server: ServerInProcess, time: Time) -> None:
        self.server, self.time = server, time
        self.ann, self.law = server.party(Kind.USER, ANN), server.party(Kind.SCHOOL, LAW)
        command = Raise(key="r" * 16, school=self.law, subject="My secret subject", text="My secret text")
        self.id = server.run(partial(threads.raise_, by=self.ann, command=command)).row.id
        server.run(notices.begin)

    def answer(self, key: str = "a" * 16) -> None:
        (listed,) = self.server.run(
            partial(queries.threads, by=self.law, mailbox=Mailbox.RECEIVED, before=None, most=9)
        ).threads
        command = Send(key=key, id=listed.row.id, text="A secret answer")
        self.server.run(partial(messages.send, by=self.law, command=command))

    def wait(self, ms: int = LATEST) -> None:
        server = self.server
        beyond = jobs.JobDependencies(lambda _: None, server.post, server.identity, _raised, local_time=_noon)
        for _ in range(ms // MINUTE):
            self.time.now += MINUTE
            while jobs.run_due_jobs(server.container.service.store, beyond):
                pass

    def letters(self, to: str = ANN) -> list[Email]:
        return [it for it in self.server.mail(to) if it.stop]

    def ask(self, method: str, path: str, body: str = "") -> httpx.Response:
        app = build_app(self.server.container)

        async def call() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL) as http:
                form = {"content-type": "application/x-www-form-urlencoded"} if body else {}
                return await http.request(method, path, content=body, headers=form)

        return self.server.wait(call())

    def is_on(self) -> bool:
        return self.server.run(partial(notices.setting, by=self.ann)).by_email


def _noon(_: int, __: str) -> datetime:
    return datetime(2026, 11, 30, 12, tzinfo=UTC)


def _raised(error: Exception) -> None:
    raise error


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    time = Time()
    server = ServerInProcess(tmp_path / "data", time.new_context, URL=URL)
    yield Office(server, time)
    server.close()


def test_a_message_left_unread_causes_one_letter_with_nothing_of_it(office: Office) -> None:
    office.answer()
    office.wait(UNREAD - MINUTE)
    assert office.letters() == []
    office.wait()
    office.wait(3 * HOUR)
    (letter,) = office.letters()
    assert letter.subject == "New message at ask.uni.edu"
    links = re.findall(r"https?://\S+", letter.text)
    assert links == [f"{URL}/user/", letter.stop]
    assert re.fullmatch(rf"{URL}/api/notices/{office.ann}\.[\w-]{{22}}", letter.stop)
    for told in ("secret", "Law", "law", office.id, office.law):
        assert told not in letter.text.replace(letter.stop, "")


def test_letters_to_parties_of_a_kind_differ_in_their_link_alone(office: Office) -> None:
    office.wait()
    (of_law,) = office.letters(LAW)
    office.answer()
    office.wait()
    (of_ann,) = office.letters()

    def bare(letter: Email) -> str:
        return letter.text.replace(letter.stop, "").replace("/school/", "/user/")

    assert bare(of_law) == bare(of_ann)
    assert of_law.subject == of_ann.subject


def test_a_mail_program_is_told_how_to_stop_them_with_one_click(office: Office) -> None:
    """RFC 8058: both headers, and an https address."""
    office.answer()
    office.wait()
    database, outbox = office.server.container.database, office.server.container.outbox
    made = message(next(it for it in database.read(outbox.read) if it.letter.stop), "help@uni.edu")
    (letter,) = office.letters()
    assert made["List-Unsubscribe"] == f"<{letter.stop}>"
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert made["Auto-Submitted"] == "auto-generated"
    assert f"\r\nList-Unsubscribe: <{letter.stop}>\r\n" in made.as_bytes().decode()  # as it is, not as encoded words


def test_a_letter_of_another_kind_has_no_such_headers(office: Office) -> None:
    database, outbox = office.server.container.database, office.server.container.outbox
    database.write(lambda connection: outbox.put(connection, Email("a@x.example", "S", "T")))
    made = message(database.read(outbox.read)[-1], "help@uni.edu")
    assert made["List-Unsubscribe"] is None
    assert made["List-Unsubscribe-Post"] is None


def test_opening_the_link_changes_nothing_and_its_button_stops_them(office: Office) -> None:
    office.answer()
    office.wait()
    (letter,) = office.letters()
    path = letter.stop.removeprefix(URL)
    shown = office.ask("GET", path)
    assert (shown.status_code, office.ask("HEAD", path).status_code) == (200, 200)
    assert '<form method="post"><button>Stop these e-mails</button></form>' in shown.text
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "script-src" not in shown.headers["content-security-policy"]
    assert office.is_on()
    stopped = office.ask("POST", path, "List-Unsubscribe=One-Click")
    assert (stopped.status_code, office.is_on()) == (200, False)
    assert STOPPED in stopped.text
    office.answer("b" * 16)
    office.wait(3 * HOUR)
    assert len(office.letters()) == 1


@pytest.mark.parametrize("link", ["x", "{0}.x", "{0}", "{0}.", "%00", "%F0%9F%A6%89"])
def test_a_link_that_is_none_is_answered_in_the_same_bytes(office: Office, link: str) -> None:
    office.answer()
    office.wait()
    wrong, right = f"/api/notices/{link.format(office.ann)}", office.letters()[0].stop.removeprefix(URL)
    for method in ("GET", "POST"):
        answers = [office.ask(method, path) for path in (wrong, right)]
        assert answers[0].content == answers[1].content
        assert answers[0].headers == answers[1].headers
        assert office.is_on() is (method == "GET")


def test_a_link_that_is_none_makes_nobody_write(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(use_case: object) -> None:
        raise AssertionError(use_case)

    monkeypatch.setattr(office.server.container.service, "run", run)
    assert office.ask("POST", f"/api/notices/{office.ann}.x").status_code == 200


def test_a_running_server_begins_to_look(office: Office) -> None:
    container = office.server.container
    container.database.write(lambda connection: connection.execute("DELETE FROM job"))
    container.service.store._cache.records.clear()

    def due(connection: sqlite3.Connection) -> int:
        return int(connection.execute("SELECT max(due) FROM job WHERE id = ?", [FIND_UNREAD.id]).fetchone()[0] or 0)

    async def run() -> None:
        running = asyncio.create_task(office.server.run_jobs())
        following = office.time.now + EVERY
        await asyncio.to_thread(poll, lambda: container.database.read(due), lambda it: it == following, what="it looks")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert container.database.read(due) == 0
    office.server.wait(run())
