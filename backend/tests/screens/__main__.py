"""`make screens`: every page and state of the sites, 360 and 1280 px wide, light and dark, in build/screens.

Each page is also measured in every window from 320 to 1920 px, at 400% zoom and with spaced text. It fails when a scene
cannot be played, when a page does not fit a window (tests/support/fits.js says what that is), or when something to
touch is too small. `make screens ONLY=user` draws only the scenes whose site or name has that in it; `WINDOWS=1` draws
every window; `README=1` also renews the pictures in docs/screens.
"""

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.async_api import Browser, async_playwright

from tests.screens.busy_days import live
from tests.screens.busy_university import BusyUniversity, settle_in
from tests.screens.long_days import PEOPLE, drag_on
from tests.screens.page_photos import DESKTOP, PHONE, Device, PhotoSession, at
from tests.screens.scenes import SCENES, Scene
from uconnect.entrypoints.server import app, settings
from uconnect.entrypoints.server.authentication import ISSUER

ROOT = Path(__file__).parents[3]
BUILD = ROOT / "build" / "screens"
README = {  # the pictures the README shows, and how wide
    "user-thread-new-360-light": 360,
    "user-raise-refused-360-light": 360,
    "worker-thread-360-dark": 360,
    "school-thread-1280-light": 1280,
}


@asynccontextmanager
async def serving(data: Path, *, long: bool) -> AsyncIterator[tuple[str, BusyUniversity]]:
    """A university behind a server of its own; the long one has long names, lists and logs."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        chosen = settings.read({"PORT": str(port), "DATA": str(data)})
        university = await settle_in(data, ISSUER, drag_on, PEOPLE) if long else await settle_in(data, ISSUER, live)
        made = app.create_app(chosen)
        university.service = made.state.parts.service
        server = uvicorn.Server(
            uvicorn.Config(made, log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=1)
        )
        running = asyncio.create_task(server.serve([listening]))
        yield chosen.url, university
        server.should_exit = True
        await running


async def draw(browser: Browser, url: str, university: BusyUniversity, scene: Scene, device: Device) -> list[str]:
    """Play one scene on one device; what was found wrong with its pages."""
    stage = await at(browser, url, university, device, scene.site, scene.who, BUILD)
    stage.page.on("pageerror", lambda error: stage.faults.append(f"{scene.play.__name__}: {error}"))
    try:
        if scene.signed_in:
            await stage.sign_in()
        await scene.play(stage)
    except Exception as error:  # noqa: BLE001 - the other scenes are drawn all the same, and this one is told of
        await _lost(stage, scene)
        stage.faults.append(f"{scene.play.__name__}, {device.name}: {error}")
    await stage.page.context.close()
    return stage.faults


async def _lost(stage: PhotoSession, scene: Scene) -> None:
    await stage.page.screenshot(path=BUILD / f"LOST-{scene.site}-{scene.play.__name__}-{stage.device.name}.png")


def show() -> None:
    """Small copies of those that the README shows, in docs/screens."""
    for name, width in README.items():
        with Image.open(BUILD / f"{name}.png") as drawn:
            small = drawn.convert("RGB").resize((width, drawn.height * width // drawn.width), Image.Resampling.LANCZOS)
        small.quantize(128, dither=Image.Dither.NONE).save(ROOT / "docs" / "screens" / f"{name}.png", optimize=True)


async def play(scenes: Sequence[Scene], *, long: bool) -> list[str]:
    """Every scene on every device, in a university of its own."""
    faults = []
    with tempfile.TemporaryDirectory() as data:
        async with serving(Path(data), long=long) as (url, university), async_playwright() as playwright:
            chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")
            browser = await playwright.chromium.launch(executable_path=chromium)
            for scene in scenes:
                for device in (PHONE, DESKTOP):
                    faults += await draw(browser, url, university, scene, device)
            await browser.close()
    return faults


async def main() -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    only = os.environ.get("ONLY", "")
    scenes = [scene for scene in SCENES if only in f"{scene.site} {scene.play.__name__}"]
    faults = []
    for long in (False, True):
        faults += await play([scene for scene in scenes if scene.long == long], long=long)
    if os.environ.get("README"):
        show()
    sys.exit("\n".join(faults) or 0)


asyncio.run(main())
