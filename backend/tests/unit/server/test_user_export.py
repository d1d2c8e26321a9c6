"""A person's own data is written as their own pages show it, to a new file that is readable here alone, and nothing
that is hidden from them is in it."""

import json
import sqlite3
from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pytest
from click.testing import CliRunner, Result

from tests.support.sample_university import note, offload, raise_, send
from tests.unit.server.server_in_process import ServerInProcess
from tests.unit.server.test_accounts_server import do_what_is_due
from tests.unit.server.test_logins import worker
from uconnect.application import own_data
from uconnect.application.own_data import OwnData
from uconnect.domain.enums import Kind
from uconnect.domain.keys import Mailbox
from uconnect.domain.usecases import account_closing, profiles, queries, threads
from uconnect.entrypoints.cli.main import main
from uconnect.oidc_provider import account_admin, passkeys, sessions, upstream_links
from uconnect.oidc_provider.new_passkeys import new_passkey
from uconnect.oidc_provider.relying_party import NewCredential

ADA, BEN, LAW, WANDA = "ada@example.org", "ben@example.org", "law@example.org", "wanda@example.org"
SCRIPT = '<script>alert("1")</script><img src=x onerror=alert(2)>'
Say = Callable[..., Result]


@pytest.fixture
def say(tmp_path: Path) -> Say:
    def run(*words: str) -> Result:
        environment = {"DATA": str(tmp_path / "data"), "SITES": str(tmp_path / "sites")}
        return CliRunner().invoke(main, words, env=environment)

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ada.zip"


class University:
    """Ada has asked the School of Law, whose worker Wanda answers, and wrote a note."""

    def __init__(self, server: ServerInProcess) -> None:
        self.server = server
        self.law, self.wanda = worker(server)
        self.ada = server.party(Kind.USER, ADA, "Ada")
        self.id = self.thread()
        (at_school,) = self.listed(self.law, Mailbox.RECEIVED)
        server.run(offload(at_school, self.wanda, by=self.law))
        (at_worker,) = self.listed(self.wanda, Mailbox.HANDLED)
        server.run(send(self.wanda, at_worker, f"Answered. {SCRIPT}"))
        server.run(note(self.wanda, at_worker, "A secret note."))

    def thread(self) -> str:
        id: str = self.server.run(raise_(by=self.ada, to=self.law)).row.id
        do_what_is_due(self.server)
        return id

    def listed(self, by: str, mailbox: Mailbox) -> list[str]:
        page = self.server.run(partial(queries.threads, by=by, mailbox=mailbox, before=None, most=50))
        return [it.row.id for it in page.threads]


@pytest.fixture
def university(server: ServerInProcess) -> University:
    return University(server)


def read(file: Path) -> tuple[dict[str, Any], str]:
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["data.json", "data.html"]
        return json.loads(archive.read("data.json")), archive.read("data.html").decode()


def plain(shown: Any) -> Any:
    return json.loads(msgspec.json.encode(shown))


def test_a_users_data_is_what_the_pages_of_that_user_show(say: Say, file: Path, university: University) -> None:
    result = say("user", "export", ADA, str(file))
    assert result.output == f"{file} contains the account of {ADA}, with 1 thread.\n"
    data, page = read(file)
    run = university.server.run
    assert (data["format"], data["version"]) == ("uconnect-user", 1)
    assert [data["account"].pop(it) for it in ("signed_in", "passkeys", "linked")] == [[], [], []]
    assert data["account"] == {"email": ADA, "name": "Ada", "suspended": 0}
    assert data["me"] == plain(run(partial(profiles.me, by=university.ada)))
    (thread,) = data["threads"]
    shown = run(partial(queries.threads, by=university.ada, mailbox=Mailbox.RAISED, before=None, most=50))
    assert thread["thread"] == plain(shown.threads[0])
    assert thread["school"] == plain(run(partial(queries.school, by=university.ada, id=university.law)))
    log = run(partial(queries.log, by=university.ada, id=university.id, after=0, most=50))
    assert thread["entries"] == plain(log.entries)
    assert len(thread["entries"]) == 2
    assert thread["notes"] == []
    for text in ("Your data in uconnect", ADA, "School of Law", "Answered."):
        assert text in page


def test_nothing_that_is_hidden_from_the_person_is_in_it(say: Say, file: Path, university: University) -> None:
    """Neither the worker who answered and its note for a user (rule 6), nor the owner for a worker (rule 7)."""
    say("user", "export", ADA, str(file))
    with ZipFile(file) as archive:
        contents = b"".join(map(archive.read, archive.namelist())).decode()
    for hidden in ("Wanda", WANDA, university.wanda, "secret note", "worker"):
        assert hidden not in contents
    other = file.with_name("wanda.zip")
    assert say("user", "export", WANDA, str(other)).exit_code == 0
    data, page = read(other)
    assert data["threads"][0]["notes"][0]["text"] == "A secret note."
    assert data["threads"][0]["thread"]["row"]["alias"] in page
    contents = json.dumps(data) + page
    for hidden in ("Ada", ADA, university.ada, university.id):
        assert hidden not in contents


class Reader(HTMLParser):
    """What a browser makes of a page: its elements, their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_what_people_wrote_is_text_in_the_page_and_nothing_is_loaded(
    say: Say, file: Path, university: University
) -> None:
    assert university.id
    say("user", "export", ADA, str(file))
    _, page = read(file)
    reader = Reader()
    reader.feed(page)
    assert f"Answered. {SCRIPT}" in reader.text
    assert reader.tags.isdisjoint({"script", "img", "link", "iframe", "a", "form"})
    assert reader.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class"}
    assert "default-src 'none'" in page


def test_the_same_data_gives_the_same_bytes(say: Say, file: Path, university: University) -> None:
    assert university.id
    again = file.with_name("again.zip")
    say("user", "export", ADA, str(file))
    say("user", "export", ADA, str(again))
    assert file.read_bytes() == again.read_bytes()
    with ZipFile(file) as archive:
        assert {it.date_time for it in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_it_is_private_and_replaces_nothing(say: Say, file: Path, university: University) -> None:
    assert university.id
    say("user", "export", ADA, str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    again = say("user", "export", BEN, str(file))
    assert (again.exit_code, again.output) == (1, f"Error: {file} exists already. Choose another name.\n")
    assert file.read_bytes() == before
    link = file.with_name("link.zip")
    link.symlink_to(file.with_name("elsewhere.zip"))
    assert say("user", "export", ADA, str(link)).exit_code == 1
    assert not file.with_name("elsewhere.zip").exists()


def test_each_export_is_in_the_audit_log_and_one_that_cannot_be_logged_is_not_written(
    server: ServerInProcess, say: Say, file: Path, university: University
) -> None:
    say("user", "export", ADA, str(file))
    acts = [it for it in server.container.service.store.acts() if not it.by]
    assert [(it.what, it.whom) for it in acts] == [("export a user", university.ada)]
    full = "CREATE TRIGGER full BEFORE INSERT ON operator_act BEGIN SELECT RAISE(ABORT, 'full'); END"
    server.container.database.write(lambda c: c.execute(full).rowcount)
    other = file.with_name("other.zip")
    assert say("user", "export", ADA, str(other)).exit_code == 1
    assert not other.exists()


@pytest.mark.parametrize("email", [BEN, LAW])
def test_who_is_no_person_here_is_refused_and_no_file_is_left(
    say: Say, file: Path, university: University, email: str
) -> None:
    assert university.id
    result = say("user", "export", email, str(file))
    assert (result.exit_code, f"No user and no worker has the address {email}." in result.output) == (1, True)
    assert not file.exists()


def test_of_an_account_without_a_site_there_is_the_account_alone(server: ServerInProcess, say: Say, file: Path) -> None:
    subject = server.account(BEN, "Ben")
    now = server.container.service.now()
    server.container.database.write(lambda c: sessions.begin(c, "uconnect-user", subject, now, "Firefox"))
    made = NewCredential(b"credential", b"key", 0, syncs=False, backed_up=False)
    server.container.database.write(lambda c: passkeys.add(c, new_passkey(made, subject, "Ben's key", now)))
    assert say("user", "export", BEN, str(file)).output.endswith("with no threads.\n")
    data, page = read(file)
    (signed_in,) = data["account"].pop("signed_in")
    (passkey,) = data["account"].pop("passkeys")
    assert passkey == {"name": "Ben's key", "added": int(now), "last_used": sessions.day(now)}
    assert data["account"] == {"email": BEN, "name": "Ben", "suspended": 0, "linked": []}
    assert (signed_in["site"], signed_in["browser"]) == ("uconnect-user", "Firefox")
    assert data["threads"] == []
    assert "Firefox" in page
    assert "Ben&#x27;s key" in page


def test_it_says_with_which_other_providers_the_person_signs_in(say: Say, file: Path, university: University) -> None:
    def link(connection: sqlite3.Connection) -> bool:
        account = account_admin.find(connection, ADA)
        assert account is not None
        return upstream_links.add(connection, "https://idp.example", "ada-there", account.subject, ADA, 1_700_000_000)

    assert university.server.container.database.write(link)
    say("user", "export", ADA, str(file))
    data, page = read(file)
    assert data["account"]["linked"] == [{"issuer": "https://idp.example", "as": "ada-there", "since": 1_700_000_000}]
    assert "https://idp.example, as ada-there" in page


def test_of_an_account_that_is_closed_nothing_is_written(
    server: ServerInProcess, say: Say, file: Path, university: University
) -> None:
    server.run(partial(account_closing.close_by_admin, email=ADA, kind=Kind.USER))
    assert say("user", "export", ADA, str(file)).exit_code == 1
    assert not file.exists()
    assert university.id


def test_an_account_that_is_closed_meanwhile_leaves_no_file(
    server: ServerInProcess, say: Say, file: Path, university: University, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert university.id
    listed = OwnData.threads

    def late(self: OwnData) -> Any:
        server.run(partial(account_closing.close_by_admin, email=ADA, kind=Kind.USER))
        return listed(self)

    monkeypatch.setattr(OwnData, "threads", late)
    result = say("user", "export", ADA, str(file))
    assert (result.exit_code, "was closed in the meantime" in result.output) == (1, True)
    assert not file.exists()


@pytest.mark.parametrize("page", [1, 2, 50])
def test_many_threads_and_long_ones_are_read_in_parts_and_are_all_there(
    say: Say, file: Path, university: University, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(own_data, "PAGE", page)
    ids = [university.id, *(university.thread() for _ in range(3))]
    for number in range(5):
        university.server.run(send(university.ada, university.id, f"Part {number}"))
    assert say("user", "export", ADA, str(file)).output.endswith("with 4 threads.\n")
    data, _ = read(file)
    assert sorted(it["thread"]["row"]["id"] for it in data["threads"]) == sorted(ids)
    (long,) = (it for it in data["threads"] if it["thread"]["row"]["id"] == university.id)
    assert [it["seq"] for it in long["entries"]] == list(range(1, 8))


def test_a_thread_that_moves_in_the_list_meanwhile_is_there_and_one_that_is_deleted_is_empty(
    server: ServerInProcess, university: University, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_data, "PAGE", 1)
    ids = {university.id, university.thread(), university.thread()}
    own = OwnData(server.container.service.store, university.ada)
    found: list[own_data.OwnThread] = []
    for thread in own.threads():
        if not found:  # the last in the list becomes the first, behind what is read next
            server.run(send(university.ada, university.id, "Up"))
        found.append(thread)
    assert {it.thread.row.id for it in found} == ids
    assert len(found) == 3
    gone = next(it for it in found if it.thread.row.id == university.id)
    server.run(partial(threads.terminate, by=university.ada, id=university.id))
    server.run(partial(threads.delete, by=university.ada, id=university.id))
    assert list(own.entries(gone)) == []
