from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.oidc_provider.provider_kit import CHEAP
from tests.unit.server.server_in_process import ServerInProcess


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uconnect.oidc_provider.passwords.PasswordHasher", lambda: CHEAP)


@pytest.fixture
def open_server(tmp_path: Path) -> Iterator[Callable[..., ServerInProcess]]:
    """Opens a home on the test's one data folder, as often as it likes."""
    places: list[ServerInProcess] = []

    def make(**environment: Any) -> ServerInProcess:
        places.append(ServerInProcess(tmp_path / "data", **environment))
        return places[-1]

    yield make
    for server in places:
        server.close()


@pytest.fixture
def server(open_server: Callable[..., ServerInProcess]) -> ServerInProcess:
    return open_server()
