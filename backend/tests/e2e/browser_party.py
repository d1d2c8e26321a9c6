"""A person with a browser and a network of their own, who notices whatever a page should not have done."""

import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Request, WebSocket

from tests.e2e.engines import expect
from tests.e2e.thread_pane import ThreadPane
from tests.support import axe, sizes
from tests.support.network_proxy import Network, Sockets
from tests.support.page_fit import COLOURS_THERE, FITS, SPACED, WINDOWS, ZOOMED
from tests.support.server_process import Server

SHOTS = os.environ.get("SHOTS", "")  # a folder for a picture of every page that is looked at
SCROLLS = 400  # windows that a list may be high
SETTLED = 500  # ms after which a page on a busy machine shows what it will
UNREACHED = re.compile(r"net::ERR_|WebSocket connection to '.*' failed")
LEFT = "WebSocket is closed before the connection is established"  # of a page that was left while it connected
REFUSED = "the server responded with a status of {}"


@dataclass(frozen=True)
class Device:
    """What a person holds in their hands."""

    name: str
    width: int
    height: int
    touch: bool

    def context(self, browser: Browser, network: Network) -> BrowserContext:
        return browser.new_context(
            viewport={"width": self.width, "height": self.height},
            is_mobile=self.touch and browser.browser_type.name == "chromium",  # the others are no phones
            has_touch=self.touch,
            locale="en-GB",
            reduced_motion="reduce",  # else a colour on its way to another is measured
            proxy={"server": network.address},
        )


PHONE = Device("phone", 360, 740, touch=True)
DESKTOP = Device("desktop", 1280, 800, touch=False)
WIDTHS = (PHONE, DESKTOP) if sizes.FULL else (PHONE,)  # for a test that takes long at each: `make prove` takes both


class BrowserParty:
    """Somebody in front of one of the sites."""

    site = ""

    def __init__(self, browser: Browser, server: Server, network: Network, device: Device) -> None:
        self.server, self.network, self.device = server, network, device
        self.name = self.email = ""
        self.complaints: list[str] = []
        self.heard: list[str] = []  # every frame that came over a socket
        self.sent_to: list[str] = []  # where else than to the server a story sends the browser
        self.engine = browser.browser_type.name
        self.page = device.context(browser, network).new_page()
        self._was_cut = False
        self._is_in = False
        self._was_outside = False
        """Signed in and not let in: each call that the page made beside the first is refused too."""
        self._refusals: list[str] = []
        """What the browser noted of calls that were refused, and no test has asked for yet."""
        self._asked_before = set[str]()
        """What the page asked for before they were in. Some of its answers come later."""
        self._watch()

    # --- going about ---

    def open_page(self, path: str = "") -> None:
        """Open a page of the server, by its path; the site's own first page if none is given."""
        self.page.goto(f"{self.server.url}{path or f'/{self.site}/'}")

    def keep_cookie(self, name: str, value: str) -> None:
        self.page.context.add_cookies([{"name": name, "value": value, "url": self.server.url}])

    def keep_tokens(self, account: str, tokens: Mapping[str, Any]) -> None:
        """What the site keeps of a sign-in, from what the token endpoint answers."""
        kept = {"account": account, "access": tokens["access_token"], "refresh": tokens["refresh_token"]}
        kept |= {"id": tokens["id_token"], "until": (time.time() + tokens["expires_in"]) * 1000}
        self.open_page(f"/{self.site}/config.json")  # a page of the same origin on which no script runs
        self.page.evaluate("(it) => localStorage.setItem(...it)", [f"uconnect-{self.site}:tokens", json.dumps(kept)])

    def sign_in(self, email: str, password: str) -> None:
        """From the site's door to its first list."""
        self.open_page()
        self.button("Sign in").click()
        self.fill(**{"E-mail": email, "Password": password})
        self.button("Sign in").click()
        self.is_in()

    def sign_up(self, name: str, email: str, password: str) -> None:
        """From the site's door, over the letter with the code, to its first list."""
        self.open_page()
        self.link("Create an account").click()
        self.page.get_by_label(re.compile("name$")).fill(name)
        self.fill(**{"E-mail": email, "New password": password})
        self.look("sign-up")
        self.button("Continue").click()
        expect(self.heading("Check your e-mail")).to_be_visible()
        self.look("code")
        self.page.get_by_label("Code").fill(self.server.code(email))
        self.button("Continue").click()
        self.is_in()

    def is_in(self) -> None:
        """Waits until the site has let them in and loaded its lists."""
        expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()
        self._is_in = True
        expect(self.page.locator(".list-pane .skeleton")).to_have_count(0)

    def tab(self, name: str) -> None:
        """Go to a page of the site by its tab; on a phone, a thread covers them all."""
        back = self.link("Back to the list")
        if back.is_visible():
            back.click()
        link = self.page.get_by_role("navigation", name="Main").get_by_role("link", name=_tab(name))
        link.click()
        expect(link).to_have_attribute("aria-current", "page")

    def open(self, subject: str) -> ThreadPane:
        """Open a thread from the list."""
        self.row(subject).click()
        expect(self.page.get_by_role("heading", name=subject, exact=True)).to_be_visible()
        return self.thread

    @property
    def thread(self) -> ThreadPane:
        return ThreadPane(self.page)

    # --- what is on the page ---

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=name, exact=True)

    @property
    def options(self) -> Locator:
        """What a menu under a field offers; those of a select are none of them."""
        return self.page.locator("[role=option]")

    @property
    def selected_option(self) -> Locator:
        return self.page.locator("[role=option][aria-selected=true]")

    def row(self, subject: str) -> Locator:
        """A thread in the list."""
        links = self.page.locator(".thread-rows").get_by_role("link")
        return links.filter(has=self.page.get_by_text(subject, exact=True))

    def scroll_to(self, subject: str) -> Locator:
        """A thread of a long list, which is in the document once the list is scrolled near it."""
        row = self.row(subject)
        for _ in range(SCROLLS):
            if row.count():
                break
            self.page.locator(".list-pane").evaluate("(it) => it.scrollBy(0, it.clientHeight)")
            self.page.wait_for_timeout(50)
        return row

    def fill(self, **fields: str) -> None:
        for label, value in fields.items():
            self.page.get_by_label(label, exact=True).fill(value)

    def answer(self, question: str, yes: str) -> None:
        """Answer a question that interrupts."""
        dialog = self.page.get_by_role("dialog", name=question, exact=True)
        dialog.get_by_role("button", name=yes, exact=True).click()
        expect(dialog).to_have_count(0)

    def reads(self, text: str) -> None:
        """Waits for these words, anywhere on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def is_told(self, problem: str, status: int) -> None:
        """Waits for a form that came back: in words, and with a status that the browser notes in its console."""
        expect(self.page.get_by_role("alert")).to_have_text(problem)
        self.was_refused(status)

    def is_asked(self, question: str) -> None:
        """Waits for the page of somebody who is invited and not in yet; the browser notes that they were not let in."""
        expect(self.heading(question)).to_be_visible()
        self.was_refused(403)
        self.stands_outside()

    def stands_outside(self) -> None:
        """Until this person is in, their page may be refused calls that it makes early."""
        self._was_outside, self._is_in = True, False

    def was_refused(self, status: int) -> None:
        """Waits until the browser has noted in its console that a call was refused, which is no complaint then."""
        if self.engine != "chromium":
            return  # the others note no answers
        words = REFUSED.format(status)
        if not any(words in it for it in self._refusals):
            self.page.wait_for_event("console", lambda message: words in message.text)
        self._refusals = [it for it in self._refusals if words not in it]
        self.complaints = [it for it in self.complaints if words not in it]  # a page may have made several calls

    def knows(self) -> str:
        """All that a curious person finds in their browser: what came by the socket, what is shown, what is kept."""
        kept = self.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        return "\n".join([*self.heard, self.page.content(), kept])

    # --- the network ---

    def loses_the_network(self) -> None:
        self._was_cut = True
        self.network.cut()

    def has_sockets(self, how: Sockets) -> None:
        """From now on, the network treats sockets like this; those that are open break."""
        self._was_cut = True
        self.network.treat_sockets(how)

    def gets_it_back(self) -> None:
        """The network is mended, and the device says so as it does."""
        self.network.mend()
        self.page.evaluate("dispatchEvent(new Event('online'))")

    # --- noticing ---

    def look(self, name: str) -> None:
        """Look at the page as it is, light and dark: anyone can use it, and nothing sticks out at its side."""
        for scheme in ("light", "dark") if self.engine == "chromium" else ("light",):
            if self.engine == "chromium":
                self.page.emulate_media(color_scheme=scheme)
            self.page.evaluate(COLOURS_THERE)
            if SHOTS:
                self.page.screenshot(path=Path(SHOTS) / f"{self.device.name}-{self.site}-{name}-{scheme}.png")
            self.complaints += [f"{name}, {scheme}: {found}" for found in self._barriers()]
        if self.engine == "chromium":
            self.page.emulate_media(color_scheme="light")
        self.complaints += [f"{name}: {found}" for found in self.page.evaluate(FITS)]

    def look_in_every_window(self, name: str) -> None:
        """The page as it is fits every window, from a small phone to a wide screen, zoomed, and with spaced text."""
        for width, height in (*WINDOWS, ZOOMED):
            self.page.set_viewport_size({"width": width, "height": height})
            if SHOTS:
                self.page.screenshot(path=Path(SHOTS) / f"{self.device.name}-{self.site}-{name}-{width}x{height}.png")
            self.complaints += [f"{name}, {width} x {height}: {found}" for found in self.page.evaluate(FITS)]
        for width, height in WINDOWS[:2]:
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.evaluate(SPACED, True)
            self.complaints += [f"{name}, {width} px spaced: {found}" for found in self.page.evaluate(FITS)]
            self.page.evaluate(SPACED, False)
        self.page.set_viewport_size({"width": self.device.width, "height": self.device.height})

    def _barriers(self) -> list[str]:
        """What axe finds, and finds again: a page that was on its way to another is looked at twice."""
        if not self.page.evaluate(axe.IS_THERE):
            self.page.evaluate(axe.source())
        found: list[str] = self.page.evaluate(axe.BARRIERS, axe.TAGS)
        if found:
            self.page.wait_for_timeout(SETTLED)
            found = self.page.evaluate(axe.BARRIERS, axe.TAGS)
        return found

    def _watch(self) -> None:
        page = self.page
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) =>"
            " console.error('policy', e.violatedDirective, e.blockedURI, e.sample))"
        )
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._request)
        page.on("websocket", self._websocket)

    def _console(self, message: ConsoleMessage) -> None:
        if REFUSED.format("") in message.text:
            self._refusals.append(message.text)
        early = self._was_outside and (not self._is_in or message.location["url"] in self._asked_before)
        expected = (
            (self._was_cut and UNREACHED.search(message.text))
            or (early and REFUSED.format(403) in message.text)
            or LEFT in message.text
        )
        if message.type in ("error", "warning", "assert") and not expected:
            self.complaints.append(f"console: {message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        if not self._is_in:
            self._asked_before.add(request.url)
        if not request.url.startswith((f"{self.server.url}/", "data:", *self.sent_to)):
            self.complaints.append(f"a request to elsewhere: {request.url}")

    def _websocket(self, socket: WebSocket) -> None:
        if not socket.url.startswith(f"ws{self.server.url.removeprefix('http')}/"):
            self.complaints.append(f"a socket to elsewhere: {socket.url}")
        socket.on("framereceived", lambda payload: self.heard.append(str(payload)))


def _tab(name: str) -> re.Pattern[str]:
    """A tab's name ends with the number of new messages, if there are any."""
    return re.compile(rf"^{re.escape(name)}(, \d+ new messages?)?$")
