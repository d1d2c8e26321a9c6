"""What an operator does is done whole, with its mark in the book, or not at all; and the book only grows."""

import sqlite3
from functools import partial
from pathlib import Path

import pytest

from tests.support.earlier_release import FIRST_RELEASE
from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.sqlite import Database
from uconnect.application.admin import AdminRefused
from uconnect.application.ports import Unavailable
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode as Why
from uconnect.domain.usecases import profiles
from uconnect.entrypoints.cli.admin_service import DataFolderAdmin, open_admin
from uconnect.entrypoints.server import data_folder
from uconnect.entrypoints.server.settings import InvalidSetting, read

ADA, LAW = "ada@example.org", "law@example.org"


@pytest.fixture
def operator(server: ServerInProcess) -> DataFolderAdmin:
    return DataFolderAdmin(server.container.database, server.container.service.store, server.container.outbox)


def audit_log(server: ServerInProcess) -> list[tuple[str, str]]:
    """What operators did, to whom."""
    return server.container.database.read(
        lambda c: c.execute("SELECT what, party FROM operator_act WHERE school_by = '' ORDER BY number").fetchall()
    )


def test_each_act_is_in_the_book_with_the_party_it_concerns(server: ServerInProcess, operator: DataFolderAdmin) -> None:
    ada, law = server.party(Kind.USER, ADA), server.party(Kind.SCHOOL, LAW)
    operator.invite_school("music@example.org")
    operator.close(ADA, Kind.USER)
    operator.close(LAW, Kind.SCHOOL)
    assert audit_log(server) == [("invite a school", ""), ("close a user", ada), ("close a school", law)]
    kept = server.container.database.read(lambda c: c.execute("SELECT * FROM operator_act").fetchall())
    assert "@" not in repr(kept), "whom it concerned is not known by it once they are erased"


@pytest.mark.parametrize(("email", "kind"), [(ADA, Kind.SCHOOL), ("nobody@example.org", Kind.USER)])
def test_what_was_refused_is_not_in_the_book(
    server: ServerInProcess, operator: DataFolderAdmin, email: str, kind: Kind
) -> None:
    ada = server.party(Kind.USER, ADA)
    with pytest.raises(AdminRefused):
        operator.close(email, kind)
    with pytest.raises(AdminRefused, match="already has an account"):
        operator.invite_school(ADA)
    assert audit_log(server) == []
    assert server.me(ada).email == ADA


def test_what_cannot_be_put_into_the_book_is_not_done(server: ServerInProcess, operator: DataFolderAdmin) -> None:
    ada = server.party(Kind.USER, ADA)
    server.container.database.write(
        lambda c: c.execute("CREATE TRIGGER full BEFORE INSERT ON operator_act BEGIN SELECT RAISE(ABORT, 'full'); END")
    )
    with pytest.raises(Unavailable):
        operator.close(ADA, Kind.USER)
    assert server.me(ada).email == ADA


@pytest.mark.parametrize("change", ["UPDATE operator_act SET what = ''", "DELETE FROM operator_act"])
def test_nothing_in_the_book_is_changed_or_taken_out(
    server: ServerInProcess, operator: DataFolderAdmin, change: str
) -> None:
    operator.invite_school(LAW)
    with pytest.raises(sqlite3.IntegrityError, match="what was done"):
        server.container.database.write(lambda c: c.execute(change))
    assert audit_log(server) == [("invite a school", "")]


def test_a_closed_account_has_ended(server: ServerInProcess, operator: DataFolderAdmin) -> None:
    ada = server.party(Kind.USER, ADA)
    operator.close(ADA, Kind.USER)
    assert server.wait(server.container.service.run(partial(profiles.me, by=ada))) == Why.ACCOUNT_ENDED.refusal


def test_all_schools_are_listed_however_many(
    server: ServerInProcess, operator: DataFolderAdmin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uconnect.application.admin.PAGE", 2)
    for name in "cabed":
        server.party(Kind.SCHOOL, f"{name}@example.org", name)
    assert [school.name for school in operator.schools()] == list("abcde")


def test_no_command_brings_the_tables_up_to_date_under_a_server_of_an_earlier_release(tmp_path: Path) -> None:
    settings = read({"DATA": str(tmp_path)})
    earlier = FIRST_RELEASE
    Database(settings.database, earlier).close()
    before = settings.database.read_bytes()
    with data_folder.held(tmp_path):
        with pytest.raises(InvalidSetting, match="Restart the server with this release"), open_admin(settings):
            pytest.fail("it was opened")
        assert settings.database.read_bytes() == before
    with open_admin(settings) as admin:
        assert admin.letters() == []
    with data_folder.held(tmp_path), open_admin(settings) as admin:
        assert admin.letters() == [], "a server of this release is no hindrance"
