from collections.abc import Iterator

import pytest

from tests.privacy.servers.log_capture import Journal, kept
from tests.privacy.servers.running_server import serving
from tests.privacy.servers.twin_servers import Servers
from uconnect.domain.usecases import account_closing
from uconnect.entrypoints.server import log_redaction


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Two servers, which play all scripts: each begins with no one."""
    with serving(tmp_path_factory.mktemp("one")) as one, serving(tmp_path_factory.mktemp("two")) as two:
        yield one, two


@pytest.fixture(scope="module")
def journal(servers: Servers) -> Iterator[Journal]:
    """All that the servers print."""
    with kept() as journal:
        yield journal


@pytest.fixture(autouse=True)
def random_moments_are_the_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in `tests.privacy.worlds`: it is one chance in both worlds when a worker loses what an ended account had."""
    monkeypatch.setattr(account_closing, "_random_delay", lambda _: account_closing.DETACH_WINDOW - 1)


@pytest.fixture(autouse=True)
def _every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is printed, however often: what must not stand in one is to be found."""
    monkeypatch.setattr(log_redaction, "EVERY", 0.0)
