"""WebKit as Debian has it, behind the part of Playwright's page that the stories use.

WebKitGTK speaks WebDriver and not Playwright's protocol. A story is written once, for Playwright's page; this module
translates it. What WebDriver cannot do is left out: a page here reports no console, no requests and no frames.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.common.service import Service
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from tests.support.polling import poll

DRIVER = "/usr/bin/WebKitWebDriver"
BROWSERS = "webkit2gtk-4.*/MiniBrowser"  # below /usr/lib and the name of the machine's architecture
PATIENCE = 20.0  # seconds that a page may take on a busy machine
SITES = Path(__file__).parents[3] / "sites"
LIBRARY = SITES / "node_modules/@testing-library/dom/dist/@testing-library/dom.umd.min.js"
Step = dict[str, Any]


class WebKitBrowser:
    """Opens a MiniBrowser for each context, all on one screen that nobody sees."""

    browser_type = SimpleNamespace(name="webkit")

    def __init__(self, display: str) -> None:
        self._display = display

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Self]:
        command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1400x24", "-nolisten", "tcp"]
        screen = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert screen.stdout
        try:
            yield cls(f":{screen.stdout.readline().decode().strip()}")
        finally:
            screen.terminate()
            screen.wait()
            screen.stdout.close()

    def new_context(self, viewport: dict[str, int], proxy: dict[str, str], **_: object) -> "WebKitContext":
        """A profile of its own. A phone is a small window: WebKitGTK cannot feign a touch screen."""
        options = webdriver.WebKitGTKOptions()
        options.binary_location = str(max(Path("/usr/lib").glob(f"*/{BROWSERS}")))
        options.add_argument("--automation")
        surroundings = {
            "DISPLAY": self._display,
            "LANG": "en_GB.UTF-8",
            "GIO_USE_PROXY_RESOLVER": "libproxy",  # the driver's own setting of a proxy does nothing
            "http_proxy": proxy["server"],
            "no_proxy": "127.0.0.1",  # where the driver and its browser talk
        }
        service = webdriver.WebKitGTKService(DRIVER, env=os.environ | surroundings)
        service.start()
        driven = ClientConfig(remote_server_addr=service.service_url)
        driver = webdriver.Remote(RemoteConnection(client_config=driven), options=options)
        return WebKitContext(self, driver, service, viewport)


class WebKitContext:
    def __init__(self, browser: WebKitBrowser, driver: WebDriver, service: Service, viewport: dict[str, int]) -> None:
        self.browser, self._driver, self._service = browser, driver, service
        self._page = WebKitPage(self, driver)
        self._page.set_viewport_size(viewport)

    def new_page(self) -> "WebKitPage":
        return self._page

    def add_cookies(self, cookies: list[dict[str, str]]) -> None:
        for cookie in cookies:
            self._driver.get(f"{cookie['url']}/robots.txt")  # a driver sets cookies of the page that is open
            self._driver.add_cookie({"name": cookie["name"], "value": cookie["value"]})

    def close(self) -> None:
        self._driver.quit()
        self._service.stop()


class _Finder:
    """What a page and an element have in common: places to look in."""

    _driver: WebDriver
    _steps: tuple[Step, ...] = ()

    def locator(self, selector: str) -> "WebKitLocator":
        return self._to(by="css", selector=selector)

    def get_by_role(self, role: str, name: str | re.Pattern[str] = "", *, exact: bool = False) -> "WebKitLocator":
        return self._to(by="role", role=role, name=_matcher(name, exact=exact) if name else None)

    def get_by_label(self, name: str | re.Pattern[str], *, exact: bool = False) -> "WebKitLocator":
        return self._to(by="label", name=_matcher(name, exact=exact))

    def get_by_placeholder(self, name: str, *, exact: bool = False) -> "WebKitLocator":
        return self._to(by="placeholder", name=_matcher(name, exact=exact))

    def get_by_text(self, name: str | re.Pattern[str], *, exact: bool = False) -> "WebKitLocator":
        return self._to(by="text", name=_matcher(name, exact=exact))

    def _to(self, **step: Any) -> "WebKitLocator":
        return WebKitLocator(self._driver, (*self._steps, step))


class WebKitPage(_Finder):
    """One window."""

    def __init__(self, context: WebKitContext, driver: WebDriver) -> None:
        self.context, self._driver = context, driver
        self.keyboard = SimpleNamespace(press=self._press)

    @property
    def url(self) -> str:
        return self._driver.current_url

    def goto(self, url: str) -> None:
        self._driver.get(url)

    def reload(self) -> None:
        self._driver.refresh()

    def go_back(self) -> None:
        self._driver.back()

    def content(self) -> str:
        return self._driver.page_source

    def title(self) -> str:
        return self._driver.title

    def evaluate(self, expression: str, argument: object = None) -> Any:
        """The value of an expression, or of the function that it is, once it is there."""
        code = expression.rstrip().rstrip(";")
        return self._driver.execute_script(
            f"const it = ({code}\n);\nreturn typeof it === 'function' ? it(arguments[0]) : it;", argument
        )

    def set_viewport_size(self, size: dict[str, int]) -> None:
        """Sets the page's size: a window has a frame around it."""
        self._driver.set_window_size(size["width"], size["height"])
        width, height = self._driver.execute_script("return [innerWidth, innerHeight]")
        self._driver.set_window_size(2 * size["width"] - width, 2 * size["height"] - height)

    def wait_for_timeout(self, ms: float) -> None:
        time.sleep(ms / 1000)

    def on(self, event: str, _: object) -> None:
        """WebDriver tells of nothing that happens in a page."""

    def add_init_script(self, _: str) -> None:
        """WebDriver runs nothing before a page's own scripts."""

    def _press(self, key: str) -> None:
        self._driver.switch_to.active_element.send_keys(_keys(key))


class WebKitLocator(_Finder):
    """Elements, looked for anew each time."""

    def __init__(self, driver: WebDriver, steps: tuple[Step, ...]) -> None:
        self._driver, self._steps = driver, steps

    @property
    def first(self) -> "WebKitLocator":
        return self._to(by="first")

    def filter(self, has: "WebKitLocator") -> "WebKitLocator":
        return self._to(by="has", steps=has._steps)

    def and_(self, other: "WebKitLocator") -> "WebKitLocator":
        return self._to(by="and", steps=other._steps)

    def count(self) -> int:
        return len(self.of_each("it => 0"))

    def is_visible(self) -> bool:
        return self.of_each("isVisible") == [True]

    def all_inner_texts(self) -> list[str]:
        return self.of_each("it => it.innerText")

    def inner_text(self) -> str:
        return str(self.evaluate("it => it.innerText"))

    def evaluate(self, function: str) -> Any:
        """Calls a function of the page with the one element, once it is there."""
        return poll(lambda: self.of_each(function), lambda them: len(them) == 1, what=self._name, timeout=PATIENCE)[0]

    def fill(self, text: str) -> None:
        """As Playwright does: all at once, as a paste."""
        self._act(lambda element: None)
        self.evaluate(
            "it => { it.focus(); it.select?.(); document.execCommand('insertText', false, %s) }" % json.dumps(text)
            if text
            else "it => { it.focus(); it.select?.(); document.execCommand('delete') }"
        )

    def focus(self) -> None:
        self.evaluate("it => it.focus()")

    def click(self) -> None:
        self._act(WebElement.click)

    def press(self, key: str) -> None:
        self._act(lambda element: element.send_keys(_keys(key)))

    def press_sequentially(self, text: str) -> None:
        self._act(lambda element: element.send_keys(text))

    def wait_for(self) -> None:
        LocatorExpectation(self).to_be_visible()

    def of_each(self, function: str) -> list[Any]:
        """What a function of the page says of each element."""
        found: list[Any] = self._run(f"return find(arguments[0]).map({function})")
        return found

    def _act(self, act: Any) -> None:
        """Acts on the one element, as soon as it can be acted on."""

        def acted() -> bool:
            found = self._run("return find(arguments[0]).filter(isVisible)")
            if len(found) != 1:
                return False
            try:
                act(found[0])
            except WebDriverException:  # it moves, another lies over it, or it is drawn anew
                return False
            return True

        poll(acted, what=self._name, timeout=PATIENCE)

    def _run(self, script: str) -> Any:
        try:
            return self._driver.execute_script(f"{_finder()}\n{script}", self._steps)
        except WebDriverException as error:
            if "TestingLibraryDom" not in str(error.msg):
                return []  # the page is on its way to another
            self._driver.execute_script(LIBRARY.read_text("utf-8"))
            return self._driver.execute_script(f"{_finder()}\n{script}", self._steps)

    @property
    def _name(self) -> str:
        return f"{self._steps} is there"


class LocatorExpectation:
    """Waits for what is said of a locator."""

    def __init__(self, locator: WebKitLocator) -> None:
        self._locator = locator

    def to_be_visible(self) -> None:
        self._await("isVisible", [True])

    def to_have_count(self, count: int) -> None:
        self._await("it => 0", [0] * count)

    def to_have_text(self, text: str | list[str]) -> None:
        self._await("it => normal(it.textContent)", [text] if isinstance(text, str) else text)

    def to_have_value(self, value: str) -> None:
        self._await("it => it.value", [value])

    def to_have_attribute(self, name: str, value: str) -> None:
        self._await(f"it => it.getAttribute('{name}')", [value])

    def to_be_focused(self) -> None:
        self._await("it => it === document.activeElement", [True])

    def _await(self, function: str, wanted: list[Any]) -> None:
        poll(
            lambda: self._locator.of_each(function),
            lambda found: found == wanted,
            what=f"{self._locator._name} with {function}: {wanted}",
            timeout=PATIENCE,
        )


@cache
def _finder() -> str:
    return (Path(__file__).parent / "webkit_elements.js").read_text("utf-8")


def _matcher(name: str | re.Pattern[str], *, exact: bool) -> Step:
    return {"text": name, "exact": exact} if isinstance(name, str) else {"source": name.pattern}


def _keys(key: str) -> str:
    """A key as Playwright calls it, for example Shift+Enter."""
    *held, last = key.split("+")
    return "".join(getattr(Keys, name.upper()) for name in held) + getattr(Keys, last.upper(), last)
