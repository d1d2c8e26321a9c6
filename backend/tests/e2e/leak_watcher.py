"""A blind person who looks at all that a browser has: what is shown, kept, asked, said and heard, after every step.

The page's timers stand still until they are moved, and its chance is the same in every world: so two worlds with one
script draw the same keys and wait for the same moments.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request, WebSocket, expect

from tests.api.home import Party
from tests.e2e.browser_party import BrowserParty
from tests.privacy.worlds.canonical_transcript import canonical

NOON = 1_768_478_400_000  # ms: 15 January 2026, 12:00 UTC, when every script begins
OPAQUE = ("date", "content-length")  # headers: the one is another clock's, the other goes with the body
ALIAS = re.compile(rb'"alias":"([A-Z][a-z]+ [a-z]+ [1-9][0-9])"')

# Kept before the clock is replaced: frames are drawn when the browser draws them, and what waits for no time waits not.
REAL = """
  window.real = {
    drawn: requestAnimationFrame.bind(window),
    undrawn: cancelAnimationFrame.bind(window),
    soon: setTimeout.bind(window),
  };
"""
QUESTIONS = Path(__file__).with_suffix(".js")


# The page's clock stands still at noon. What the server's real clock says would move it, and not alike in two worlds.
NO_DATE = """
const get = Headers.prototype.get;
Headers.prototype.get = function (name) { return name.toLowerCase() === "date" ? null : get.call(this, name) };
"""


# Words of the threads, and of what is hidden; no alias has one of them by chance.
SEARCHED = ("question", "answer", "note", "ada in", "renamed in 1")
STEP, PAUSE = 1_000, 20  # ms of the page's time, and of ours after each
QUIET = 2  # moments after each other in which nothing comes and nothing is asked for


@dataclass
class LeakWatcher:
    """What a person learns, by channel, line by line."""

    browser_party: BrowserParty
    party: Party
    lines: list[tuple[str, bytes]] = field(default_factory=list)
    _requests: list[Request] = field(default_factory=list)
    _built: set[str] = field(default_factory=set)
    _open: set[Request] = field(default_factory=set)
    _frames: dict[str, list[str]] = field(default_factory=lambda: {"heard": [], "said": []})

    def come(self, before: Callable[[Page], None]) -> None:
        """Open the site, signed in. `before` is done to the page when all else is ready."""
        page, site = self.browser_party.page, self.browser_party.site
        tokens = json.dumps({"access": self.party.token, "refresh": None, "id": None, "until": NOON + 10**9})
        page.add_init_script(REAL)
        page.add_init_script(NO_DATE)
        page.clock.install(time=NOON / 1000 - 1)
        page.clock.pause_at(NOON / 1000)
        page.add_init_script(path=QUESTIONS)
        page.add_init_script(f"localStorage.setItem('uconnect-{site}:tokens', {json.dumps(tokens)})")
        before(page)
        page.on("request", self._asks)
        page.on("requestfinished", self._has)
        page.on("requestfailed", self._has)
        page.on("websocket", self._opens)
        self.browser_party.open_page()
        self._is_in()

    def reload(self) -> None:
        self.browser_party.page.reload()
        self._is_in()

    def _is_in(self) -> None:
        """Inside, with what is to be seen there; on a phone that may be a thread alone."""
        expect(self.browser_party.page.locator(".app-layout")).to_be_attached()
        self.wait_until_quiet()

    def wait(self, ms: int) -> None:
        """Let time pass for the page. The server lives in ours: now and then it gets a moment to answer a ping, or the
        page would take it for gone."""
        page = self.browser_party.page
        for left in range(ms, 0, -STEP):
            page.clock.run_for(min(left, STEP))
            page.wait_for_timeout(PAUSE)

    def look(self) -> None:
        """Once all is quiet, write down everything."""
        seen = self.wait_until_quiet()
        frames, self._frames = self._frames, {"heard": [], "said": []}
        asked, self._requests = self._requests, []
        seen["names"] = [self.browser_party.page.locator("html").aria_snapshot()]
        for channel, lines in (frames | seen | {"asked": self._anew(map(_requests, asked))}).items():
            # Of what leaves or is kept side by side, the order says nothing.
            ordered = sorted(lines, key=_shape) if channel in ("asked", "kept") else lines
            self.lines += [(channel, self._plain(line)) for line in ordered]

    def search(self) -> None:
        """Look for words, those of what is hidden too; then show the list again. Who has no thread has no search."""
        field = self.browser_party.page.get_by_role("searchbox", name="Search threads")
        self.wait_until_quiet()
        for words in SEARCHED if field.count() else ():
            field.fill(words)
            self.wait(1_000)
            self.look()
            field.press("Escape")

    def canonical(self) -> list[tuple[str, bytes]]:
        """All lines, with what is random renamed; where an alias is shown, with the picture that follows from it."""
        channels = [channel for channel, _ in self.lines]
        aliases = dict.fromkeys(found for _, line in self.lines for found in ALIAS.findall(line))
        lines = [_renamed(line, tuple(aliases)) for _, line in self.lines]
        return list(zip(channels, canonical(lines), strict=True))

    def wait_until_quiet(self) -> dict[str, list[str]]:
        """Wait until all is quiet; what there is to see then. Before a step goes on, so that it goes on the same.

        A part of the page that has come is run, and may then ask for more: one quiet moment is not enough.
        """
        page, before, quiet = self.browser_party.page, None, 0
        while True:
            waits = page.evaluate("watcher.quiet()")
            seen: dict[str, list[str]] = page.evaluate("watcher.seen()")
            now = (seen, len(self._requests))
            quiet = quiet + 1 if now == before and not waits and not self._open else 0
            if quiet == QUIET:
                return seen
            before = now
            page.wait_for_timeout(PAUSE)

    def _anew(self, asked: Iterable[str]) -> list[str]:
        """Without built files that were asked for before: when to look again at what it has is the browser's affair."""
        reported = [it for it in asked if "/assets/" not in it or it not in self._built]
        built = dict.fromkeys(it for it in reported if "/assets/" in it)
        self._built.update(built)
        return [*built, *(it for it in reported if it not in built)]

    def _plain(self, text: str) -> bytes:
        """Without what two servers differ in, whatever they hold: the port, and the token."""
        port = self.browser_party.server.url.rpartition(":")[2]
        return text.replace(f"localhost:{port}", "localhost").replace(self.party.token, "TOKEN").encode()

    def _asks(self, request: Request) -> None:
        self._requests.append(request)
        self._open.add(request)

    def _has(self, request: Request) -> None:
        self._open.discard(request)

    def _opens(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._hears("heard"))
        socket.on("framesent", self._hears("said"))

    def _hears(self, way: str) -> Callable[[Any], None]:
        def receive(text: Any) -> None:
            if text not in ('{"t":"ping"}', '{"t":"pong"}'):
                self._frames[way].append(str(text))

        return receive


def _requests(request: Request) -> str:
    """One request and how it was answered; what with, its page shows, and whether its own mark was there before it
    asked or after is the network's affair. The hash in an asset's name is no id."""
    response = request.response()
    url = re.sub(r"(/assets/.*)-(.{8}\.)", r"\1.\2", request.url)
    if response is None:
        return f"{request.method} {url} unanswered"
    headers = {name: value for name, value in sorted(response.headers.items()) if name not in OPAQUE}
    return f"{request.method} {url} {request.post_data} {response.status} {json.dumps(headers)}"


def _renamed(line: bytes, aliases: tuple[bytes, ...]) -> bytes:
    for number, alias in enumerate(aliases):
        line = line.replace(b'"alias":"%s"' % alias, b'"alias":<alias %d>' % number)
        line = line.replace(_initials(alias.decode()).encode() + alias, b"<picture><alias %d>" % number)
        line = line.replace(alias, b"<alias %d>" % number)
    return line


def _initials(alias: str) -> str:
    """What the sites draw before a name: see Avatar in sites/src/ui/Avatar.tsx."""
    tint = reduce(lambda so_far, letter: (so_far * 31 + ord(letter)) % 9973, alias, 7) % 6
    initials = "".join(word[0] for word in alias.split()[:2]).upper()
    face = f'<span class="avatar tint{tint}" aria-hidden="true">{initials}</span>'
    return f'{face}<bdi class="row-name">'


def _shape(line: str) -> str:
    """What requests are put in order by: which of two that left together came first says nothing, nor does an id."""
    return re.sub(r"[A-Za-z0-9_-]{22,}", "", line)
