import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.cast import Cast
from tests.kit.network import Network, networks
from tests.kit.server import Server, serving

PATIENCE = 15_000  # ms that a page may take on a busy machine


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def make_network() -> Iterator[Callable[[], Network]]:
    with networks() as make:
        yield make


@pytest.fixture
def options() -> tuple[str, ...]:
    """What the server is started with: as a rule, with the demo university."""
    return ("--demo",)


@pytest.fixture
def server(tmp_path: Path, options: tuple[str, ...]) -> Iterator[Server]:
    with serving(tmp_path, *options) as server:
        yield server
    assert server.complaints() == []


@pytest.fixture
def cast(browser: Browser, server: Server, make_network: Callable[[], Network]) -> Iterator[Cast]:
    cast = Cast(browser, server, make_network)
    yield cast
    cast.leave()
    assert "\n".join(cast.complaints()) == ""
