import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.api.aws_home import aws_home
from tests.api.caller import Caller
from tests.api.home import Home
from tests.api.party_factory import PartyFactory, party_factory
from tests.api.server_home import server_home

HOMES: dict[str, Callable[[Path], AbstractContextManager[Home]]] = {"server": server_home, "aws": aws_home}


STACK = pytest.mark.xdist_group("stack")  # it is deployed once, by one worker


@pytest.fixture(scope="session", params=["server", pytest.param("aws", marks=STACK)])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The server under test: each a session, for all scenarios."""
    with HOMES[request.param](tmp_path_factory.mktemp("home")) as home:
        yield home


@pytest.fixture(scope="session", autouse=True)
def early(home: Home) -> Iterator[tuple[Caller, str, float]]:
    """A ticket that was fetched when the session began, and when that was."""
    with party_factory(home) as parties:
        user = parties.user()
        yield user, user.ticket(), time.monotonic()


@pytest.fixture
def parties(home: Home) -> Iterator[PartyFactory]:
    with party_factory(home) as parties:
        yield parties
