"""How long a person waits on a slow phone: from the address of a site in a new browser until they can type.

A server with the demo's data, Chromium at 400 kbit/s and 400 ms, with a processor four times slower. Two starts: a new
browser that signs in (until the page of the issuer can be typed in, and from the password until the site can be used),
and a browser that is signed in already. `.venv/bin/python bench/start.py` prints medians of ROUNDS (5) rounds and the
requests of the last one, each with the moment it was sent and the moment its answer was there.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, Request, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "backend"))

from tests.support.server_process import Server, serving  # noqa: E402 - the tests' kit starts a server
from uconnect.domain.enums import Kind  # noqa: E402 - (the same)

ROUNDS = int(os.environ.get("ROUNDS", "5"))
EMAIL, NAME = "slow@uni.example", "Uma Petrov"
BITS, LATENCY, SLOWER = 400_000, 400, 4
PATIENCE = 60_000  # ms


class Waterfall:
    """The requests of one page, in seconds since its start."""

    def __init__(self, page: Page) -> None:
        self.began = time.monotonic()
        self.lines: list[str] = []
        self._sent: dict[Request, float] = {}
        page.on("request", self._request)
        page.on("requestfinished", self._finished)
        page.on("websocket", lambda socket: self.lines.append(f"{self.now():6.2f}         socket {socket.url[:60]}"))

    def now(self) -> float:
        return time.monotonic() - self.began

    def _request(self, request: Request) -> None:
        self._sent[request] = self.now()

    def _finished(self, request: Request) -> None:
        path = "/" + request.url.split("/", 3)[3].partition("?")[0]
        self.lines.append(f"{self._sent[request]:6.2f} {self.now():6.2f}  {request.method} {path}")


def slowed(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    speed = {"offline": False, "latency": LATENCY, "downloadThroughput": BITS / 8, "uploadThroughput": BITS / 8}
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", speed)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return session


def start(browser: Browser, server: Server) -> tuple[float, float, list[str]]:
    """Seconds until a new browser can type, with the issuer's session there; and a second time, signed in."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
    _, cookie = server.sign_in(Kind.USER, EMAIL, NAME)
    context.add_cookies([{"name": "uconnect_session_user", "value": cookie, "url": server.url}])
    page = context.new_page()
    slowed(page)
    waterfall = Waterfall(page)
    page.goto(f"{server.url}/user/#/schools", wait_until="commit", timeout=PATIENCE)
    page.get_by_role("button", name="Sign in").click(timeout=PATIENCE)
    can_type(page)
    first = waterfall.now()
    page = context.new_page()
    slowed(page)
    again = Waterfall(page)
    page.goto(f"{server.url}/user/#/schools", wait_until="commit", timeout=PATIENCE)
    can_type(page)
    second = again.now()
    context.close()
    return first, second, waterfall.lines


def can_type(page: Page) -> None:
    page.get_by_role("searchbox").or_(page.get_by_label("Filter by name")).first.wait_for(timeout=PATIENCE)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), "demo") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
        rounds = [start(browser, server) for _ in range(ROUNDS)]
        browser.close()
    print("\n".join(sorted(rounds[-1][2])))
    new, known, _ = zip(*rounds, strict=True)
    for name, found in (("new browser", new), ("signed in, second page", known)):
        print(f"{name}: {statistics.median(found):.1f} s until one can type ({min(found):.1f} to {max(found):.1f})")


if __name__ == "__main__":
    main()
