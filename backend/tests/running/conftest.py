from collections.abc import Iterator

import pytest

from tests.running.journal import Journal, kept
from tests.running.play import Servers
from tests.running.server import serving
from uconnect.core.decide import closing
from uconnect.embedded import printing


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Two servers, which play all scripts: each begins with no one."""
    with serving(tmp_path_factory.mktemp("one")) as one, serving(tmp_path_factory.mktemp("two")) as two:
        yield one, two


@pytest.fixture(scope="session")
def journal(servers: Servers) -> Iterator[Journal]:
    """All that the servers print."""
    with kept() as journal:
        yield journal


@pytest.fixture(autouse=True)
def random_moments_are_the_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in `tests.leaks`: it is one chance in both worlds when a worker loses what an ended account had."""
    monkeypatch.setattr(closing, "_unnoticed", lambda _: closing.UNNOTICED - 1)


@pytest.fixture(autouse=True)
def _every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is printed, however often: what must not stand in one is to be found."""
    monkeypatch.setattr(printing, "EVERY", 0.0)
