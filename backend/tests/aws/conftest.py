from collections.abc import Iterator

import pytest

from tests.conformance.aws import Aws, aws
from tests.conformance.cast import Cast, playing


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """The stack, deployed on an emulator of its own."""
    with aws(tmp_path_factory.mktemp("aws")) as home:
        yield home


@pytest.fixture
def cast(home: Aws) -> Iterator[Cast]:
    with playing(home) as cast:
        yield cast
