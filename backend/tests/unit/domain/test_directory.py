"""What parties are shown of each other: a school's public face, its workers to itself, and each to itself."""

from typing import Any

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from uconnect.domain.enums import Policy
from uconnect.domain.models import LoginSubject, OfficeHours, OpenThreadCount, Party, School, User, Worker
from uconnect.domain.views import directory
from uconnect.domain.views.retention import RetentionShown

SCHOOL = School(
    id="s",
    email="s@x",
    name="School",
    about="About us",
    hours=(OfficeHours(day=1, opens=540, closes=1020),),
    zone="Europe/Vienna",
    picture="p",
    policy=Policy.AUTOMATIC,
    open=("t", "u"),
    rev=4,
    workers=("w",),
    login=LoginSubject("issuer", "s"),
)
CARD = {
    "id": "s",
    "name": "School",
    "about": "About us",
    "hours": ({"day": 1, "opens": 540, "closes": 1020},),
    "zone": "Europe/Vienna",
    "picture": "p",
    "takes": True,
}
WORKER = Worker(id="w", email="w@x", name="Wendy", school="s", joined=True)
USER = User(id="u", email="u@x", name="Ann", open=("t",), rev=3)


def test_a_schools_card_is_its_public_face() -> None:
    assert to_builtins(directory.school_card(SCHOOL)) == CARD


@pytest.mark.parametrize(("closing", "ended"), [(True, False), (False, True), (True, True)])
def test_a_school_that_closes_shows_that_it_takes_nothing_more(closing: bool, ended: bool) -> None:
    assert not directory.school_card(replace(SCHOOL, closing=closing, ended=ended)).takes


@pytest.mark.parametrize(("load", "shown"), [(None, 0), (OpenThreadCount(party="w", open=3), 3)])
def test_a_workers_card_is_for_its_school(load: OpenThreadCount | None, shown: int) -> None:
    assert to_builtins(directory.worker_card(WORKER, load, 2)) == {
        "id": "w",
        "name": "Wendy",
        "email": "w@x",
        "joined": True,
        "available": True,
        "load": shown,
        "waiting": 2,
    }


NO_WORKER: dict[str, Any] = {"available": None, "may_leave": None}
SELF = {"available": True, "may_leave": True}
STAYS = {"may_leave": False}


@pytest.mark.parametrize(
    ("party", "shown"),
    [
        (SCHOOL, {"kind": "school", "rev": 4, "open": 2, "most": 5, "policy": "automatic"} | NO_WORKER),
        (USER, {"kind": "user", "rev": 3, "open": 1, "most": 5, "policy": None} | NO_WORKER),
        (
            replace(WORKER, answered=True),
            {"kind": "worker", "rev": 1, "open": 0, "most": 0, "policy": None} | SELF | STAYS,
        ),
        (WORKER, {"kind": "worker", "rev": 1, "open": 0, "most": 0, "policy": None} | SELF),
    ],
)
@pytest.mark.parametrize("card", [None, CARD])
def test_each_sees_itself_with_its_meter(party: Party, shown: dict[str, Any], card: dict[str, Any] | None) -> None:
    own = {"id": party.id, "name": party.name, "email": party.email, "card": card}
    retention = RetentionShown(180, 0, 5) if card else None
    told = {"ends_after": 180, "deleted_after": 0, "not_before": 5} if card else None
    assert to_builtins(directory.me(party, SCHOOL if card else None, retention)) == shown | own | {"retention": told}
