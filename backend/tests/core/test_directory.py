"""What parties are shown of each other: a school's public face, its workers to itself, and each to itself."""

from typing import Any

import pytest
from msgspec import to_builtins

from uconnect.core.model import Load, Party, School, User, Worker
from uconnect.core.views import directory

SCHOOL = School(id="s", email="s@x", name="School", about="About us", open=("t", "u"), rev=4, workers=("w",))
WORKER = Worker(id="w", email="w@x", name="Wendy", school="s", joined=True)
USER = User(id="u", email="u@x", name="Ann", open=("t",), rev=3)


def test_a_schools_card_is_its_public_face() -> None:
    assert to_builtins(directory.school_card(SCHOOL)) == {"id": "s", "name": "School", "about": "About us"}


@pytest.mark.parametrize(("load", "shown"), [(None, 0), (Load(party="w", open=3), 3)])
def test_a_workers_card_is_for_its_school(load: Load | None, shown: int) -> None:
    assert to_builtins(directory.worker_card(WORKER, load)) == {
        "id": "w",
        "name": "Wendy",
        "email": "w@x",
        "joined": True,
        "load": shown,
    }


@pytest.mark.parametrize(
    ("party", "shown"),
    [
        (SCHOOL, {"kind": "school", "rev": 4, "open": 2, "most": 5}),
        (USER, {"kind": "user", "rev": 3, "open": 1, "most": 5}),
        (WORKER, {"kind": "worker", "rev": 1, "open": 0, "most": 0}),
    ],
)
def test_each_sees_itself_with_its_meter(party: Party, shown: dict[str, Any]) -> None:
    assert to_builtins(directory.me(party, None)) == shown | {"id": party.id, "name": party.name, "email": party.email}
