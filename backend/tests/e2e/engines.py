"""The three browser engines in which the same story runs: Chromium, Firefox and WebKit, all from Debian's packages."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Locator, LocatorAssertions, Playwright
from playwright.sync_api import expect as playwright_expect

from tests.e2e.webkit_page import LocatorExpectation, WebKitBrowser, WebKitLocator
from tests.support import firefox_esr

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ENGINES = ("chromium", "firefox", "webkit")
FIREFOX_PREFERENCES: dict[str, str | float | bool] = {
    "intl.accept_languages": "en-GB, en",
    "ui.prefersReducedMotion": 1,  # else a colour on its way to another is measured
    "ui.primaryPointerCapabilities": 6,  # a mouse: headless, Firefox reports no pointer
    "ui.allPointerCapabilities": 6,
}


def in_engines(*names: str) -> Callable[[Any], Any]:
    """Runs a test in each of these engines; each engine has a process of its own."""
    marks = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in names]
    return pytest.mark.parametrize("browser", marks, indirect=True)


@contextmanager
def launched(playwright: Playwright, engine: str) -> Iterator[Browser]:
    """A browser, until the block ends."""
    with {"chromium": _chromium, "firefox": _firefox, "webkit": _webkit}[engine](playwright) as browser:
        yield browser


def expect(locator: Locator) -> LocatorAssertions:
    """Waits for what is said of a locator, in any engine."""
    if isinstance(locator, WebKitLocator):
        return cast(LocatorAssertions, LocatorExpectation(locator))
    return playwright_expect(locator)


@contextmanager
def _chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM)
    yield browser
    browser.close()


@contextmanager
def _firefox(playwright: Playwright) -> Iterator[Browser]:
    with TemporaryDirectory() as folder:
        starter = Path(folder) / "firefox"
        starter.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{firefox_esr.__file__}" "$@"\n', "utf-8")
        starter.chmod(stat.S_IRWXU)
        browser = playwright.firefox.launch(
            channel="moz-firefox", executable_path=starter, firefox_user_prefs=FIREFOX_PREFERENCES
        )
        yield browser
        browser.close()


@contextmanager
def _webkit(_: Playwright) -> Iterator[Browser]:
    with WebKitBrowser.opened() as browser:
        yield cast(Browser, browser)
