"""What an operator does is done whole, with its mark in the book, or not at all; and the book only grows."""

import sqlite3
from functools import partial

import pytest

from tests.unit.server.server_in_process import ServerInProcess
from uconnect.application.admin import AdminRefused
from uconnect.application.ports import Unavailable
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode as Why
from uconnect.domain.usecases import profiles
from uconnect.entrypoints.cli.admin_service import DataFolderAdmin

ADA, LAW = "ada@example.org", "law@example.org"


@pytest.fixture
def operator(place: ServerInProcess) -> DataFolderAdmin:
    return DataFolderAdmin(place.parts.database, place.parts.service.store, place.parts.outbox)


def book(place: ServerInProcess) -> list[tuple[str, str]]:
    """What was done, to whom."""
    return place.parts.database.read(
        lambda c: c.execute("SELECT what, party FROM operator_act ORDER BY number").fetchall()
    )


def test_each_act_is_in_the_book_with_the_party_it_concerns(place: ServerInProcess, operator: DataFolderAdmin) -> None:
    ada, law = place.party(Kind.USER, ADA), place.party(Kind.SCHOOL, LAW)
    operator.invite_school("music@example.org")
    operator.close(ADA, Kind.USER)
    operator.close(LAW, Kind.SCHOOL)
    assert book(place) == [("invite a school", ""), ("close a user", ada), ("close a school", law)]
    kept = place.parts.database.read(lambda c: c.execute("SELECT * FROM operator_act").fetchall())
    assert "@" not in repr(kept), "whom it concerned is not known by it once they are erased"


@pytest.mark.parametrize(("email", "kind"), [(ADA, Kind.SCHOOL), ("nobody@example.org", Kind.USER)])
def test_what_was_refused_is_not_in_the_book(
    place: ServerInProcess, operator: DataFolderAdmin, email: str, kind: Kind
) -> None:
    ada = place.party(Kind.USER, ADA)
    with pytest.raises(AdminRefused):
        operator.close(email, kind)
    with pytest.raises(AdminRefused, match="already has an account"):
        operator.invite_school(ADA)
    assert book(place) == []
    assert place.me(ada).email == ADA


def test_what_cannot_be_put_into_the_book_is_not_done(place: ServerInProcess, operator: DataFolderAdmin) -> None:
    ada = place.party(Kind.USER, ADA)
    place.parts.database.write(
        lambda c: c.execute("CREATE TRIGGER full BEFORE INSERT ON operator_act BEGIN SELECT RAISE(ABORT, 'full'); END")
    )
    with pytest.raises(Unavailable):
        operator.close(ADA, Kind.USER)
    assert place.me(ada).email == ADA


@pytest.mark.parametrize("change", ["UPDATE operator_act SET what = ''", "DELETE FROM operator_act"])
def test_nothing_in_the_book_is_changed_or_taken_out(
    place: ServerInProcess, operator: DataFolderAdmin, change: str
) -> None:
    operator.invite_school(LAW)
    with pytest.raises(sqlite3.IntegrityError, match="what was done"):
        place.parts.database.write(lambda c: c.execute(change))
    assert book(place) == [("invite a school", "")]


def test_a_closed_account_has_ended(place: ServerInProcess, operator: DataFolderAdmin) -> None:
    ada = place.party(Kind.USER, ADA)
    operator.close(ADA, Kind.USER)
    assert place.wait(place.parts.service.run(partial(profiles.me, by=ada))) == Why.ACCOUNT_ENDED.refusal


def test_all_schools_are_listed_however_many(
    place: ServerInProcess, operator: DataFolderAdmin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uconnect.application.admin.PAGE", 2)
    for name in "cabed":
        place.party(Kind.SCHOOL, f"{name}@example.org", name)
    assert [school.name for school in operator.schools()] == list("abcde")
