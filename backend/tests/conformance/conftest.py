import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.conformance.aws import aws
from tests.conformance.caller import Caller
from tests.conformance.cast import Cast, playing
from tests.conformance.embedded import embedded
from tests.conformance.home import Home

HOMES: dict[str, Callable[[Path], AbstractContextManager[Home]]] = {"embedded": embedded, "aws": aws}


@pytest.fixture(scope="session", params=HOMES)
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The server under test: each a session, for all scenarios."""
    with HOMES[request.param](tmp_path_factory.mktemp("home")) as home:
        yield home


@pytest.fixture(scope="session", autouse=True)
def early(home: Home) -> Iterator[tuple[Caller, str, float]]:
    """A ticket that was fetched when the session began, and when that was."""
    with playing(home) as cast:
        user = cast.user()
        yield user, user.ticket(), time.monotonic()


@pytest.fixture
def cast(home: Home) -> Iterator[Cast]:
    with playing(home) as cast:
        yield cast
