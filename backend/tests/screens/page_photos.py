"""Somebody at a page: signed in on a phone and at a desk, and looked at in light and in dark."""

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Page, Route, WebSocketRoute, expect

from tests.screens.busy_university import PASSWORD, BusyUniversity, address
from tests.support import axe
from tests.support.page_fit import COLOURS_THERE, FITS, SPACED, WINDOWS, ZOOMED

SECURITY_HEADERS = os.environ.get("WINDOWS", "")  # a picture in every window, and not only in the device's own
MEASURE = (Path(__file__).parent / "measure.js").read_text("utf-8")


@dataclass(frozen=True)
class Device:
    """What a page is looked at on."""

    name: str
    width: int
    height: int
    touch: bool


PHONE = Device("360", 360, 740, touch=True)
DESKTOP = Device("1280", 1280, 800, touch=False)


@dataclass
class HeldSocket:
    """The socket of a page, through hands that can hold it: what leaves may be kept back, refused, or cut."""

    held: bool = False
    refuse: str = ""
    sockets: list[WebSocketRoute] = field(default_factory=list)

    def carry(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        self.sockets.append(route)

        def leaving(message: str | bytes) -> None:
            if '"t":"send"' not in str(message):
                server.send(message)
            elif self.refuse:
                key = str(message).split('"key":"')[1].split('"')[0]
                route.send(f'{{"t":"refused","key":"{key}","code":"{self.refuse}","sentence":""}}')
            elif not self.held:
                server.send(message)

        route.on_message(leaving)

    async def cut(self) -> None:
        for socket in self.sockets:
            await socket.close()
        self.sockets.clear()


@dataclass
class PhotoSession:
    """One person's page on one device. `shoot` writes what it shows."""

    url: str
    university: BusyUniversity
    device: Device
    site: str
    who: str
    page: Page
    folder: Path
    socket: HeldSocket = field(default_factory=HeldSocket)
    faults: list[str] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def go(self, place: str = "") -> None:
        """Open a page of the site anew."""
        await self.page.goto("about:blank")
        await self.page.goto(f"{self.url}/{self.site}/{place}")
        await self.settled()

    async def open(self, page: str, subject: str, *, loads: bool = True) -> None:
        await self.go(f"#/{page}/{await self.university.id(self.who, subject)}")
        if loads:
            await self.page.locator(".log .bubble").first.wait_for()

    async def sign_in(self, *, settled: bool = True) -> None:
        await self.page.goto(f"{self.url}/{self.site}/")
        await self.page.get_by_role("button", name="Sign in").click()
        await self.page.locator("[name=email]").fill(address(self.who))
        await self.page.locator("[name=password]").fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in").click()
        if settled:
            await self.settled()

    async def settled(self) -> None:
        await self.page.locator("main").first.wait_for()
        await expect(self.page.locator(".skeleton")).to_have_count(0)

    async def block(self, pattern: str) -> None:
        """From now on no answer comes from addresses like this."""

        async def abort(route: Route) -> None:
            await route.abort()

        await self.page.route(pattern, abort)

    async def hold(self, pattern: str) -> None:
        """From now on, and until `let_go`, an answer from addresses like this is on its way."""

        async def wait(route: Route) -> None:
            await self.gone.wait()
            await route.abort()

        await self.page.route(pattern, wait)

    async def let_go(self) -> None:
        self.gone.set()
        await self.page.unroute_all(behavior="wait")

    async def shoot(self, name: str, direction: str = "", *, whole: bool = False) -> None:
        """A picture in light and one in dark; `whole` makes the screen as high as the page."""
        if whole:
            long = await self.page.locator(".page").evaluate("(page) => page.scrollHeight + 140")
            await self.page.set_viewport_size({"width": self.device.width, "height": long})
        if direction:
            await self.page.evaluate("(dir) => { document.documentElement.dir = dir }", direction)
        await self._reach(name)
        for scheme in ("light", "dark"):
            await self.page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
            path = self.folder / f"{self.site}-{name}-{self.device.name}-{scheme}.png"
            await self.page.screenshot(path=path, animations="disabled", caret="hide")
            await self._name_barriers(name, scheme)
        await self.page.emulate_media(color_scheme="light")
        if SECURITY_HEADERS:
            await self.page.emulate_media(forced_colors="active")
            path = self.folder / f"{self.site}-{name}-{self.device.name}-forced.png"
            await self.page.screenshot(path=path, animations="disabled", caret="hide")
            await self.page.emulate_media(forced_colors="none")
        if direction:
            await self.page.evaluate("document.documentElement.dir = 'ltr'")
        await self._fit(name)

    async def _name_barriers(self, name: str, scheme: str) -> None:
        """What axe finds once the colours of this scheme are there."""
        await self.page.evaluate(COLOURS_THERE)
        if not await self.page.evaluate(axe.IS_THERE):
            await self.page.evaluate(axe.source())
        found: list[str] = await self.page.evaluate(axe.BARRIERS, axe.TAGS)
        self.faults += [f"{self.site}-{name}-{self.device.name}-{scheme}: {fault}" for fault in found]

    async def _reach(self, name: str) -> None:
        """What is touched is large enough for a thumb."""
        found: list[str] = await self.page.evaluate(MEASURE, 44 if self.device.touch else 24)
        self.faults += [f"{self.site}-{name}-{self.device.name}: {fault}" for fault in found]

    async def _fit(self, name: str) -> None:
        """The page as it is fits every window, and on a phone also with spaced text."""
        for width, height in (*WINDOWS, ZOOMED):
            await self.page.set_viewport_size({"width": width, "height": height})
            await self._name_what_does_not_fit(name, f"{width}x{height}")
            if SECURITY_HEADERS:
                path = self.folder / f"{self.site}-{name}-in-{width}x{height}.png"
                await self.page.screenshot(path=path, animations="disabled", caret="hide")
        await self.page.set_viewport_size({"width": self.device.width, "height": self.device.height})
        if self.device.touch:
            await self.page.evaluate(SPACED, True)
            await self._name_what_does_not_fit(name, "spaced")
            await self.page.evaluate(SPACED, False)

    async def _name_what_does_not_fit(self, name: str, window: str) -> None:
        found: list[str] = await self.page.evaluate(FITS)
        self.faults += [f"{self.site}-{name}-{self.device.name} in {window}: {fault}" for fault in found]


async def at(
    browser: Browser, url: str, university: BusyUniversity, device: Device, site: str, who: str, folder: Path
) -> PhotoSession:
    """Somebody in front of a site, not signed in yet."""
    context = await browser.new_context(
        viewport={"width": device.width, "height": device.height},
        device_scale_factor=2 if device.touch else 1,
        is_mobile=device.touch,
        has_touch=device.touch,
        locale="en-GB",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    stage = PhotoSession(url, university, device, site, who, page, folder)
    await page.route_web_socket("**/api/socket*", stage.socket.carry)
    return stage
