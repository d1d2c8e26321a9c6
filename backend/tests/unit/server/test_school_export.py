"""A school's own data is written as its own pages show it, by the same views."""

import json
from functools import partial
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.stores import fresh
from tests.unit.server.server_in_process import ServerInProcess
from tests.unit.server.test_accounts_server import do_what_is_due
from tests.unit.server.test_user_export import (
    ADA,
    LAW,
    SCRIPT,
    WANDA,
    Reader,
    Say,
    University,
    file,
    plain,
    read,
    say,
    university,
)
from uconnect.domain.enums import Kind
from uconnect.domain.keys import Mailbox
from uconnect.domain.request_bodies import AddSavedReply, HideWords, NameUpdate, Raise
from uconnect.domain.usecases import figures, hidden_words, notes, profiles, queries, saved_replies, threads, workers

__all__ = ["file", "say", "university"]  # fixtures
MUSIC = "music@example.org"


@pytest.fixture
def asking(university: University) -> University:
    """The School of Law also asks another school, saved a reply, and hides words of Ada's thread."""
    server = university.server
    music = server.party(Kind.SCHOOL, MUSIC, "School of Music")
    server.run(
        partial(
            saved_replies.add,
            by=university.law,
            command=AddSavedReply(key=fresh(), folder="", title="Hours", text="From nine."),
        )
    )
    (received,) = university.listed(university.law, Mailbox.RECEIVED)
    hides = HideWords(words=("matriculation",))
    server.run(partial(hidden_words.hide, by=university.law, id=received, command=hides))
    letter = Raise(key=fresh(), school=music, subject="A hall", text="May we have it?")
    server.run(partial(threads.raise_, by=university.law, command=letter))
    do_what_is_due(server)
    return university


def test_a_schools_data_is_what_its_own_pages_show(say: Say, file: Path, asking: University) -> None:
    result = say("school", "export", LAW, str(file))
    assert result.output == f"{file} contains the account of {LAW}, with 2 threads.\n"
    data, page = read(file)
    run, law = asking.server.run, asking.law
    assert (data["format"], data["version"]) == ("uconnect-school", 1)
    assert data["account"]["email"] == LAW
    assert data["me"] == plain(run(partial(profiles.me, by=law)))
    assert data["workers"] == plain(run(partial(workers.workers, by=law)))
    assert data["saved_replies"] == plain(run(partial(saved_replies.saved_replies, by=law)))
    assert data["figures"] == plain(run(partial(figures.figures, by=law)))
    assert [it["act"] for it in data["acts"]] == ["export a school", "invite a worker", "join"]
    received, raised = data["threads"]
    shown = run(partial(queries.threads, by=law, mailbox=Mailbox.RECEIVED, before=None, most=50))
    id = shown.threads[0].row.id
    assert received["thread"] == plain(shown.threads[0])
    assert received["owner"] == plain(shown.people[0])
    assert received["hidden"] == ["matriculation"]
    assert received["entries"] == plain(run(partial(queries.log, by=law, id=id, after=0, most=50)).entries)
    assert received["notes"] == plain(run(partial(notes.notes, by=law, id=id, after=0, most=50)).entries)
    assert raised["thread"]["row"]["as"] == "raiser"
    assert raised["school"]["name"] == "School of Music"
    assert (raised["notes"], "owner" in raised, "hidden" in raised) == ([], False, False)
    for text in ("Your data in uconnect", LAW, "Ada", ADA, "Wanda", WANDA, "A secret note.", "From nine.", "A hall"):
        assert text in page
    for text in ("Now with Wanda", "Words that workers do not see", "invite a worker Wanda"):
        assert text in page


def test_what_another_school_has_is_not_in_it(say: Say, file: Path, asking: University) -> None:
    assert asking.law
    say("school", "export", MUSIC, str(file))
    with ZipFile(file) as archive:
        contents = b"".join(map(archive.read, archive.namelist())).decode()
    for hidden in ("Ada", ADA, asking.ada, "Wanda", WANDA, asking.wanda, "secret note", "From nine", "matriculation"):
        assert hidden not in contents
    (thread,) = json.loads(ZipFile(file).read("data.json"))["threads"]
    assert thread["owner"]["name"] == "School of Law"


def test_what_people_wrote_to_a_school_is_text_in_the_page(say: Say, file: Path, asking: University) -> None:
    assert asking.law
    say("school", "export", LAW, str(file))
    reader = Reader()
    reader.feed(read(file)[1])
    assert f"Answered. {SCRIPT}" in reader.text
    assert reader.tags.isdisjoint({"script", "img", "link", "iframe", "a", "form"})


def test_a_name_and_a_title_are_text_in_the_page_too(say: Say, file: Path, asking: University) -> None:
    """A worker chooses its name. No policy of a page stops an element that sends the reader elsewhere."""
    away = '<meta http-equiv="refresh" content="0;url=//x">'
    asking.server.run(partial(profiles.rename, by=asking.wanda, command=NameUpdate(name=away)))
    titled = AddSavedReply(key=fresh(), folder="", title=SCRIPT, text="From ten.")
    asking.server.run(partial(saved_replies.add, by=asking.law, command=titled))
    say("school", "export", LAW, str(file))
    reader, page = Reader(), read(file)[1]
    reader.feed(page)
    assert away in reader.text
    assert SCRIPT in reader.text
    assert reader.tags.isdisjoint({"script", "img", "link", "iframe", "a", "form"})
    assert page.count("<meta ") == 3, "its own"


def test_it_tells_nothing_by_its_dates_and_is_logged(
    server: ServerInProcess, say: Say, file: Path, asking: University
) -> None:
    say("school", "export", LAW, str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    with ZipFile(file) as archive:
        assert {it.date_time for it in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    acts = [it for it in server.container.service.store.acts() if not it.by]
    assert [(it.what, it.whom) for it in acts] == [("export a school", asking.law)]


def test_of_a_removed_worker_no_name_is_left(say: Say, file: Path, asking: University) -> None:
    asking.server.run(partial(workers.remove, by=asking.law, worker_id=asking.wanda))
    do_what_is_due(asking.server)
    say("school", "export", LAW, str(file))
    data, page = read(file)
    assert "Wanda" not in json.dumps(data) + page
    assert "A former worker" in page


@pytest.mark.parametrize("email", [ADA, WANDA, "nobody@example.org"])
def test_who_is_no_school_is_refused_and_no_file_is_left(
    say: Say, file: Path, university: University, email: str
) -> None:
    assert university.id
    result = say("school", "export", email, str(file))
    assert (result.exit_code, f"No school has the address {email}." in result.output) == (1, True)
    assert not file.exists()
