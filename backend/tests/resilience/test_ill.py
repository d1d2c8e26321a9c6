"""It says when it is ill: each trouble is seen in health and in the log within a minute, by its kind, once a minute."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.api.caller import fresh
from tests.api.home import browser
from tests.api.party_factory import PartyFactory, party_factory
from tests.api.server_home import ServerHome
from tests.resilience.health_probe import QUICK, health, printed, until
from tests.support.polling import poll
from tests.support.ports import free_port
from tests.support.server_process import Server, serving
from uconnect.entrypoints.cli.main import main

ADA = "ada@example.org"
Start = Callable[..., Server]
# A fault that is there while a file is.
BREAKABLE = """
import pathlib
from uconnect.application.jobs import JobRunner
take_turns = JobRunner.take_turns
def breaking(runner):
    if pathlib.Path({flag!r}).exists():
        raise KeyError("ada@example.org")
    return take_turns(runner)
JobRunner.take_turns = breaking
"""
POISON = '{"id":"poison","due":1,"task":{"type":"of_a_later_release","who":"ada@example.org"}}'


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a server on the test's data folder."""
    (tmp_path / "sites").mkdir()
    monkeypatch.setenv("SITES", str(tmp_path / "sites"))
    with ExitStack() as servers:
        yield lambda prelude="", **set_: servers.enter_context(_serving(tmp_path, prelude, set_))


def _serving(folder: Path, prelude: str, environment: dict[str, str]) -> "Context":
    return Context(folder, QUICK + prelude, environment)


class Context:
    """A server with more settings than usual."""

    def __init__(self, folder: Path, prelude: str, environment: dict[str, str]) -> None:
        self._stack = ExitStack()
        self._folder, self._prelude, self._environment = folder, prelude, environment

    def __enter__(self) -> Server:
        patch = self._stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in self._environment.items():
            patch.setenv(name, value)
        return self._stack.enter_context(serving(self._folder, prelude=self._prelude))

    def __exit__(self, *error: object) -> None:
        self._stack.close()


def play(server: Server, story: Callable[[PartyFactory], None]) -> None:
    with party_factory(ServerHome(server)) as parties:
        story(parties)


def a_thread(parties: PartyFactory) -> None:
    parties.thread()


def an_invitation(parties: PartyFactory) -> None:
    parties.invited(parties.school())


def test_a_server_that_is_well_says_so_and_nothing_of_anybody(start: Start) -> None:
    assert health(start()).report == {"serves": True, "status": "pass", "reasons": []}


def test_a_task_that_fails_is_seen_and_goes_on_once_it_can(start: Start, tmp_path: Path) -> None:
    flag = tmp_path / "broken"
    server = start(BREAKABLE.format(flag=str(flag)))
    flag.touch()
    found = until(server, 503, "task_failing")
    assert found.report["tasks"] == ["jobs"]
    time.sleep(1)
    told = [line for line in server.complaints() if "background task" in line]
    assert told == ["the background task jobs has ended and is started again: KeyError"]
    assert ADA not in "".join(server.complaints())
    flag.unlink()
    until(server, 200)

    def story(parties: PartyFactory) -> None:
        school = parties.school()
        assert parties.home.mail(parties.invited(school), least=1), "jobs are done again"

    play(server, story)


def test_a_job_of_an_unknown_kind_keeps_no_other_waiting_and_the_operator_sees_it(start: Start, tmp_path: Path) -> None:
    server = start()
    server.write(lambda c: c.execute("INSERT INTO job (id, due, body) VALUES ('poison', 1, ?)", (POISON,)))

    def story(parties: PartyFactory) -> None:
        assert parties.home.mail(parties.invited(parties.school()), least=1)

    play(server, story)
    found = until(server, 200, "jobs_set_aside")
    assert (found.report["status"], found.report["serves"]) == ("warn", True)
    printed(server, "this uconnect is not well: jobs_set_aside ({'jobs_set_aside': 1})")
    told = [line for line in server.complaints() if "set aside" in line]
    assert told == ["a job is set aside, see `uconnect jobs`: unreadable"]
    command = partial(CliRunner().invoke, main, env={"DATA": str(server.data), "SITES": str(tmp_path / "sites")})
    listed = command(["jobs"]).output
    assert "poison  unreadable" in listed
    assert "1 job set aside. To run them again: uconnect jobs retry" in listed
    assert ADA not in listed + "".join(server.complaints())
    with closing(sqlite3.connect(server.data / "uconnect.sqlite")) as internal_entries:
        assert internal_entries.execute("SELECT body FROM job WHERE id = 'poison'").fetchone() == (POISON,)
    server.write(
        lambda c: c.execute("UPDATE job SET body = ?", (POISON.replace("of_a_later_release", "purge_thread"),))
    )
    server.write(lambda c: c.execute("UPDATE job SET body = replace(body, 'who', 'thread')"))
    assert command(["jobs", "retry"]).output == "1 job will run again while uconnect runs.\n"
    poll(lambda: command(["jobs"]).output, "No jobs are set aside.\n".__eq__, what="no job is set aside", pause=0.1)
    poll(lambda: health(server).reasons, lambda reasons: not reasons, what="it is well again", pause=0.1)


def test_a_mail_server_that_is_not_there_is_seen(start: Start) -> None:
    server = start(SMTP=f"smtp://127.0.0.1:{free_port()}", MAIL_FROM="help@uni.example")
    play(server, an_invitation)
    until(server, 503, "mail_stands")
    counts = "{'jobs_set_aside': 0, 'letters_waiting': 1, 'letters_failed': 0}"
    printed(server, f"this uconnect is not well: mail_stands ({counts})")


def test_a_data_folder_that_is_deleted_underneath_is_seen_and_nothing_is_acknowledged(start: Start) -> None:
    server = start()

    def story(parties: PartyFactory) -> None:
        topic = parties.thread()
        line = topic.raiser.open()
        assert line.send(topic.raisers_id, "kept", fresh())["t"] == "ack"
        shutil.rmtree(server.data)
        for _ in range(3):
            answer = line.send(topic.raisers_id, "Would be lost", fresh())
            assert (answer["t"], answer.get("code")) == ("refused", "busy")
        until(server, 503, "file_gone")

    play(server, story)


def garble(file: Path) -> None:
    """Overwrite all pages but the first, as a disk that dies does."""
    with file.open("r+b") as it:
        size = it.seek(0, 2)
        it.seek(4096)
        it.write(b"\xa5" * (size - 4096))


def test_a_page_that_is_damaged_while_it_serves_is_seen_and_said_in_words(start: Start) -> None:
    server = start()

    def story(parties: PartyFactory) -> None:
        topic = parties.thread()
        line = topic.raiser.open()
        with closing(sqlite3.connect(server.data / "uconnect.sqlite")) as internal_entries:
            internal_entries.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        garble(server.data / "uconnect.sqlite")
        until(server, 503, "file_damaged")
        for number in range(40):
            answer = line.send(topic.raisers_id, f"{number}", fresh())
            assert answer["t"] in {"ack", "refused"}
            assert answer.get("code", "busy") == "busy"
        for route in ("GET /api/me", "GET /api/schools", "GET /api/threads?shelf=raised"):
            for _ in range(10):
                answered = topic.raiser.call(route)
                assert answered.status_code in {200, 503}, answered.text
        with browser(server.url) as http:
            for _ in range(10):
                form = {"email": ADA, "password": "four quiet herons wading"}
                assert http.post("/oauth/token", data=form).status_code in {400, 503}
                assert http.get("/oauth/account?client_id=uconnect-user").status_code in {200, 303, 503}

        printed(server, "this uconnect is not well: file_damaged")

    play(server, story)
    told = server.complaints()
    kinds = [it for it in told if not it.startswith((" ", "Traceback", "\n")) and it]
    assert len(kinds) < 30, "each kind of line once a minute"
    assert len("\n".join(told)) < 30_000


def test_a_damaged_file_is_refused_at_start_in_words(start: Start, tmp_path: Path) -> None:
    play(start(), a_thread)
    data = tmp_path / "data"
    copy = tmp_path / "copy"
    copy.mkdir(0o700)
    with closing(sqlite3.connect(data / "uconnect.sqlite")) as internal_entries:
        internal_entries.execute("VACUUM INTO ?", (str(copy / "uconnect.sqlite"),))
    (copy / "uconnect.sqlite").chmod(0o600)
    garble(copy / "uconnect.sqlite")
    environment = {"DATA": str(copy), "SITES": str(tmp_path / "sites"), "PORT": str(free_port())}
    refused = CliRunner().invoke(main, ["serve"], env=environment)
    assert refused.exit_code == 1
    assert f"{copy}/uconnect.sqlite is damaged" in refused.output
    assert "Put your latest backup in its place: uconnect restore FILE." in refused.output


def test_a_file_too_big_to_be_read_before_people_are_let_in_is_read_while_it_serves(
    start: Start, tmp_path: Path
) -> None:
    with serving(tmp_path) as server:
        play(server, a_thread)
    file = tmp_path / "data" / "uconnect.sqlite"
    with closing(sqlite3.connect(file)) as internal_entries:
        internal_entries.execute("CREATE TABLE ballast (of TEXT)")
        internal_entries.executemany("INSERT INTO ballast VALUES (?)", [("x" * 3000,)] * 5000)
        internal_entries.commit()
        (root,) = internal_entries.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'ballast'").fetchone()
        internal_entries.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as it:  # where nobody looks
        it.seek((root + 3000) * 4096)
        it.write(b"\xa5" * 4096 * 10)
    server = start("from uconnect.entrypoints.cli import main\nmain.CHECKED = 0.0\n")
    until(server, 503, "file_damaged")
