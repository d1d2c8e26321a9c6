"""The three browser engines in which the same story runs: Chromium, Firefox and WebKit, all from Debian's packages."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Locator, Playwright
from playwright.sync_api import expect as playwright_expect

from tests.e2e.webkit_page import LocatorExpectation, WebKitBrowser, WebKitLocator
from tests.support import firefox_esr

if TYPE_CHECKING:
    from playwright.sync_api._generated import LocatorAssertions

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")
ENGINES = ("chromium", "firefox", "webkit")
FIREFOX_PREFERENCES: dict[str, str | float | bool] = {
    "intl.accept_languages": "en-GB, en",
    "network.proxy.allow_hijacking_localhost": True,  # the server is here: else a network is passed by
    "dom.securecontext.allowlist": "localhost",  # what may be hijacked is not secure by itself
    "security.mixed_content.upgrade_display_content": False,  # for a page that is secure and has no https
    "dom.security.https_first": False,
    "network.proxy.socks5_remote_dns": True,
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


def expect(locator: Locator) -> "LocatorAssertions":
    """Waits for what is said of a locator, in any engine."""
    found: object = locator
    if isinstance(found, WebKitLocator):
        return cast("LocatorAssertions", LocatorExpectation(found))
    return playwright_expect(locator)


def close(context: BrowserContext) -> None:
    """Closes what one person had open."""
    browser = context.browser
    context.close()
    if browser and browser.browser_type.name == "firefox":
        browser.close()


@contextmanager
def _chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM)
    yield browser
    browser.close()


class FirefoxPerPerson:
    """Starts a Firefox for each person: this one has one network for all its contexts."""

    def __init__(self, browser_type: BrowserType, starter: Path) -> None:
        self.browser_type, self._starter = browser_type, starter

    def new_context(self, proxy: dict[str, str], **options: Any) -> BrowserContext:
        host, _, port = proxy["server"].partition("//")[2].partition(":")
        network: dict[str, str | float | bool] = {
            "network.proxy.type": 1,
            "network.proxy.socks": host,
            "network.proxy.socks_port": int(port),
        }
        browser = self.browser_type.launch(
            channel="moz-firefox",
            executable_path=self._starter,
            firefox_user_prefs=FIREFOX_PREFERENCES | network,
        )
        return browser.new_context(**options)


@contextmanager
def _firefox(playwright: Playwright) -> Iterator[Browser]:
    with TemporaryDirectory() as folder:
        starter = Path(folder) / "firefox"
        starter.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{firefox_esr.__file__}" "$@"\n', "utf-8")
        starter.chmod(stat.S_IRWXU)
        yield cast(Browser, FirefoxPerPerson(playwright.firefox, starter))


@contextmanager
def _webkit(_: Playwright) -> Iterator[Browser]:
    with WebKitBrowser.opened() as browser:
        yield cast(Browser, browser)
