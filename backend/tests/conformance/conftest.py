from collections.abc import Iterator

import pytest

from tests.conformance.cast import Cast, playing
from tests.conformance.embedded import embedded
from tests.conformance.home import Home


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The server under test: one a session, for all scenarios."""
    with embedded(tmp_path_factory.mktemp("home")) as home:
        yield home


@pytest.fixture
def cast(home: Home) -> Iterator[Cast]:
    with playing(home) as cast:
        yield cast
