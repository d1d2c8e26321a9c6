from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded.kit import Place
from tests.identities.kit import CHEAP


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uconnect.identities.builtin.passwords.PasswordHasher", lambda: CHEAP)


@pytest.fixture
def open_place(tmp_path: Path) -> Iterator[Callable[..., Place]]:
    """Opens a home on the test's one data folder, as often as it likes."""
    places: list[Place] = []

    def make(**environment: str) -> Place:
        places.append(Place(tmp_path / "data", **environment))
        return places[-1]

    yield make
    for place in places:
        place.close()


@pytest.fixture
def place(open_place: Callable[..., Place]) -> Place:
    return open_place()
