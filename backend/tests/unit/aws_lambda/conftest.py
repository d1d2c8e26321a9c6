from collections.abc import Iterator

import pytest

from tests.api.aws_home import AwsHome, aws_home
from tests.api.party_factory import PartyFactory, party_factory


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsHome]:
    """The stack, deployed on an emulator of its own."""
    with aws_home(tmp_path_factory.mktemp("aws")) as home:
        yield home


@pytest.fixture
def parties(home: AwsHome) -> Iterator[PartyFactory]:
    with party_factory(home) as parties:
        yield parties
