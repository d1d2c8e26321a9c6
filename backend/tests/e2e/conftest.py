from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.e2e.engines import launched
from tests.e2e.party_browsers import PartyBrowsers
from tests.support.network_proxy import Network, networks
from tests.support.server_process import Server, serving

PATIENCE = 20_000  # ms that a page may take on a busy machine


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Chromium, or the engine that a test is marked with (`in_engines`)."""
    with launched(playwright, getattr(request, "param", "chromium")) as browser:
        yield browser


@pytest.fixture(scope="session")
def make_network() -> Iterator[Callable[[], Network]]:
    with networks() as make:
        yield make


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all stories, as nobody in a story knows anybody of another."""
    with serving(tmp_path_factory.mktemp("server")) as server:
        yield server
    assert server.complaints() == []


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """For tests that name it `server`: nobody of another story should meet such people, or so many of them."""
    with serving(tmp_path) as server:
        yield server
    assert server.complaints() == []


@pytest.fixture
def parties(browser: Browser, server: Server, make_network: Callable[[], Network]) -> Iterator[PartyBrowsers]:
    parties = PartyBrowsers(browser, server, make_network)
    yield parties
    parties.leave()
    assert "\n".join(parties.complaints()) == ""
