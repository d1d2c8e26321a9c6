"""Every page and every state of it, in the order a visitor would meet them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.screens.busy_days import BOOK, CS301, CURRICULUM, TRANSCRIPT
from tests.screens.busy_university import ADA, BO, COMPUTING, LAW, LIBRARY, MUSIC, NOOR, TOMAS, UMA, WANDA
from tests.screens.long_days import ENDED, LONG_LOG, LONG_USER, LONG_WORKER, ONE_WORD
from tests.screens.page_photos import PhotoSession

NEWS = {
    "360": ("No, it clears itself at midnight.", "You need do nothing.", "We wish you a good term."),
    "1280": ("It is clear now.", "Your friend is off the list too.", "Tell us if it shows again."),
}
FORGET = "localStorage.removeItem(Object.keys(localStorage).find((key) => key.includes(':act.')))"


@dataclass(frozen=True)
class Scene:
    """What one person sees, one thing after another; the pictures carry the site's name and the device's."""

    site: str
    who: str
    play: Callable[[PhotoSession], Awaitable[None]]
    signed_in: bool = True
    long: bool = False  # in the town of long names, lists and logs


async def door(stage: PhotoSession) -> None:
    await stage.go()
    await stage.shoot("door")


async def landing(stage: PhotoSession) -> None:
    await stage.page.goto(stage.url)
    await stage.shoot("landing")


async def new_user(stage: PhotoSession) -> None:
    await stage.go()
    await stage.shoot("first-visit")
    await stage.go("#/threads")
    await stage.shoot("threads-empty")


async def user(stage: PhotoSession) -> None:
    page, town = stage.page, stage.town
    await stage.go()
    await stage.shoot("threads")
    await stage.shoot("threads-rtl", "rtl")
    await stage.open("threads", CS301)
    await stage.shoot("thread")
    await stage.shoot("thread-rtl", "rtl")
    await page.emulate_media(contrast="more")
    await stage.shoot("thread-contrast")
    await page.emulate_media(contrast="no-preference")
    await page.get_by_role("button", name="End thread").click()
    await stage.shoot("end-asked")
    await stage.open("threads", BOOK)
    await stage.shoot("thread-ended")
    await page.get_by_role("button", name="Delete").first.click()
    await stage.shoot("delete-asked")
    await stage.go(f"#/threads/{'x' * 22}")
    await stage.shoot("thread-gone")
    await stage.go("#/schools")
    await stage.shoot("schools")
    await page.get_by_role("searchbox").fill("zoology")
    await stage.shoot("schools-none")
    await stage.go(f"#/schools/{town.ids[LIBRARY]}")
    await page.locator(".office-hours summary").click()
    await stage.shoot("raise-hours")
    await stage.go(f"#/schools/{town.ids[LAW]}")
    await stage.shoot("raise")
    await page.get_by_role("button", name="Raise thread").click()
    await stage.shoot("raise-missing")
    await stage.go("#/settings")
    await stage.shoot("settings")
    await page.get_by_role("button", name="Close account").click()
    await stage.shoot("close-asked")
    await sending(stage)
    await cut(stage)


async def sending(stage: PhotoSession) -> None:
    box = stage.page.locator(".composer textarea")
    await stage.open("threads", CS301)
    stage.line.held = True
    await write(stage, "I can send a picture of the waiting list.")
    await stage.shoot("thread-sending")
    await stage.page.get_by_text("Sending").last.wait_for()
    stage.line.held, stage.line.refuse = False, "busy"
    await box.fill("A draft that is not sent yet")
    await stage.go("#/threads")
    await stage.shoot("threads-draft")
    await stage.page.evaluate(FORGET)
    await stage.open("threads", CS301)
    stage.line.refuse = "too_large"
    await write(stage, "I can send a picture of the waiting list.")
    await stage.page.get_by_text("Not sent.").wait_for()
    await stage.shoot("thread-not-sent")
    await stage.page.get_by_role("button", name="Discard").click()
    stage.line.refuse = ""


async def write(stage: PhotoSession, text: str) -> None:
    await stage.page.locator(".composer textarea").fill(text)
    await stage.page.get_by_role("button", name="Send").click()


async def cut(stage: PhotoSession) -> None:
    await stage.open("threads", CS301)
    await stage.block("**/api/tickets")
    await stage.line.cut()
    await write(stage, "Are you still there?")
    await stage.page.get_by_text("Reconnecting").wait_for()
    await stage.shoot("thread-reconnecting")
    await stage.page.context.set_offline(True)
    await stage.page.get_by_text("You are offline").wait_for()
    await stage.shoot("thread-offline")
    await stage.page.context.set_offline(False)


async def news(stage: PhotoSession) -> None:
    """Somebody reads, others write."""
    await stage.open("threads", CS301)
    await stage.page.locator(".log").evaluate("(log) => log.scrollTo(0, 0)")
    for text in NEWS[stage.device.name]:
        await stage.town.say(WANDA, CS301, text)
    await stage.page.locator(".new-messages").wait_for()
    await stage.shoot("thread-pill")
    await stage.go("#/threads")
    await stage.shoot("threads-unread")
    await stage.open("threads", CS301)
    await stage.shoot("thread-new")
    await stage.town.types(WANDA, CS301)
    await stage.page.locator(".typing", has_text="is typing").wait_for()
    await stage.shoot("thread-typing")


async def troubles(stage: PhotoSession) -> None:
    """What a page shows while it waits, and where something is not as it should be."""
    page = stage.page
    await stage.hold("**/api/threads*")
    await page.goto(f"{stage.url}/{stage.site}/#/threads")
    await page.reload()
    await page.locator(".skeleton i").first.wait_for()
    await stage.shoot("threads-loading")
    await stage.let_go()
    await stage.block("**/log*")
    await stage.open("threads", TRANSCRIPT, loads=False)
    await page.get_by_role("button", name="Try again").wait_for()
    await stage.shoot("thread-failed")
    await stage.block("**/config.json")
    await page.goto("about:blank")
    await page.goto(f"{stage.url}/{stage.site}/")
    await page.get_by_text("cannot be reached").wait_for()
    await stage.shoot("unreachable")


async def stranger(stage: PhotoSession) -> None:
    """A user who signs in on the site of schools."""
    await stage.sign_in(settled=False)
    await stage.page.get_by_role("button", name="Use another address").wait_for()
    await stage.shoot("shut")


async def five(stage: PhotoSession) -> None:
    await stage.go("#/threads")
    await stage.shoot("threads-five")
    await stage.go(f"#/schools/{stage.town.ids[MUSIC]}")
    await stage.shoot("raise-refused")


async def new_school(stage: PhotoSession) -> None:
    await stage.go()
    await stage.shoot("first-visit")
    await stage.go("#/inbox")
    await stage.shoot("inbox-empty")
    await stage.go("#/raised")
    await stage.shoot("raised-empty")


async def school(stage: PhotoSession) -> None:
    page = stage.page
    await stage.go("#/inbox")
    await stage.shoot("inbox")
    await stage.shoot("inbox-rtl", "rtl")
    await stage.open("inbox", CS301)
    await stage.shoot("thread")
    await page.get_by_role("button", name="With Wanda").click()
    await page.get_by_text("Take it back").wait_for()
    await stage.shoot("give-menu")
    await page.keyboard.press("Escape")
    if stage.device.touch:
        await page.get_by_role("button", name="About this thread").click()
        await page.locator("dialog").get_by_text("Somebody typed thirty").wait_for()
        await stage.shoot("about")
    await stage.open("inbox", CURRICULUM)
    await stage.shoot("thread-long")
    await page.get_by_role("button", name="Give to a worker").click()
    await page.get_by_role("button", name="Bo Lindqvist").click()
    await page.get_by_role("button", name="Undo").wait_for()
    await stage.shoot("given")
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_role("button", name="Give to a worker").wait_for()
    await stage.go("#/raised")
    await stage.shoot("raised")
    await stage.go("#/schools")
    await stage.shoot("schools")
    await stage.go("#/workers")
    await stage.shoot("workers")
    await page.get_by_role("button", name="Remove Wanda").click()
    await stage.shoot("remove-asked")
    await stage.go("#/overview")
    await stage.shoot("overview")
    await stage.go("#/settings")
    await stage.shoot("settings", whole=True)
    await page.get_by_role("button", name="Close account").click()
    await page.get_by_text("can end them").wait_for()
    await stage.shoot("close-refused")


async def new_worker(stage: PhotoSession) -> None:
    await stage.go()
    await stage.shoot("first-visit")


async def worker(stage: PhotoSession) -> None:
    await stage.go()
    await stage.shoot("threads")
    await stage.open("threads", CS301)
    await stage.shoot("thread")
    await stage.page.get_by_role("button", name="Hand back").click()
    await stage.shoot("hand-back-asked")
    await stage.open("threads", CS301)
    await write(stage, "Thank you, that is all. Wanda")
    await stage.page.get_by_role("button", name="Send it anyway").wait_for()
    await stage.shoot("telling-asked")
    await stage.page.get_by_role("button", name="Change it").click()
    if stage.device.touch:
        await stage.page.get_by_role("button", name="About this thread").click()
        await stage.page.locator("dialog").get_by_text("Somebody typed thirty").wait_for()
        await stage.shoot("about")
    await stage.go("#/settings")
    await stage.shoot("settings")


async def issuer(stage: PhotoSession) -> None:
    """The pages of the built-in issuer, and the letters that it writes while no mail server is set."""
    page = stage.page
    await stage.go()
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("[name=password]").wait_for()
    await stage.shoot("sign-in")
    await page.locator("[name=email]").fill(f"{'a' * 60}@students.university.example")
    await page.locator("[name=password]").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("alert").wait_for()
    await stage.shoot("sign-in-refused")
    await stage.go()
    await page.get_by_role("link", name="Create an account").click()
    await stage.shoot("sign-up")
    await page.get_by_label(re.compile("name$")).fill(ONE_WORD)
    await page.locator("[name=email]").fill(f"{'b' * 60}{stage.device.name}@students.university.example")
    await page.locator("[type=password]").fill("four quiet herons wading")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Code").wait_for()
    await stage.shoot("code")
    await page.goto(f"{stage.url}/mail")
    await page.locator("summary").first.click()
    await stage.shoot("letters")
    await page.goto(f"{stage.url}/oauth/authorize?client_id=nobody")
    await stage.shoot("address-does-not-work")


async def account(stage: PhotoSession) -> None:
    await stage.go("#/settings")
    await stage.page.get_by_role("link", name="Password, e-mail").click()
    await stage.page.get_by_role("heading", name="Your account").wait_for()
    await stage.shoot("account")


async def long_user(stage: PhotoSession) -> None:
    await stage.go("#/threads")
    await stage.shoot("long-threads")
    await stage.open("threads", LONG_LOG)
    await stage.shoot("long-log")
    await stage.page.locator(".log").evaluate("(log) => log.scrollTo(0, 0)")
    await stage.shoot("long-log-start")
    await stage.page.get_by_role("button", name="End thread").click()
    await stage.shoot("long-question")
    await stage.open("threads", ENDED)
    await stage.shoot("long-ended")
    await stage.go("#/schools")
    await stage.shoot("long-schools")
    await stage.go(f"#/schools/{stage.town.ids[ONE_WORD]}")
    await stage.shoot("long-raise")
    await stage.go("#/settings")
    await stage.shoot("long-settings")
    await stage.page.get_by_role("button", name="Close account").click()
    await stage.shoot("long-close")


async def long_school(stage: PhotoSession) -> None:
    page = stage.page
    await stage.go("#/inbox")
    await stage.shoot("long-inbox")
    await stage.open("inbox", LONG_LOG)
    await stage.shoot("long-received")
    await page.locator(".menu-anchor > button").click()
    await page.locator(".menu").wait_for()
    await stage.shoot("long-menu")
    await page.keyboard.press("Escape")
    if stage.device.touch:
        await page.get_by_role("button", name="About this thread").click()
        await stage.shoot("long-about")
    for tab in ("workers", "overview", "settings"):
        await stage.go(f"#/{tab}")
        await stage.shoot(f"long-{tab}")


async def long_worker(stage: PhotoSession) -> None:
    await stage.go()
    await stage.shoot("long-desk")
    await stage.open("threads", LONG_LOG)
    await stage.shoot("long-handled")
    await stage.go("#/settings")
    await stage.shoot("long-settings")


SCENES = (
    Scene("user", ADA, landing, signed_in=False),
    Scene("user", ADA, door, signed_in=False),
    Scene("school", MUSIC, door, signed_in=False),
    Scene("worker", BO, door, signed_in=False),
    Scene("user", ADA, new_user),
    Scene("user", UMA, user),
    Scene("user", UMA, news),
    Scene("user", NOOR, five),
    Scene("user", TOMAS, troubles),
    Scene("school", ADA, stranger, signed_in=False),
    Scene("school", MUSIC, new_school),
    Scene("school", COMPUTING, school),
    Scene("worker", BO, new_worker),
    Scene("worker", WANDA, worker),
    Scene("school", MUSIC, issuer, signed_in=False),
    Scene("user", TOMAS, account),
    Scene("user", LONG_USER, long_user, long=True),
    Scene("school", ONE_WORD, long_school, long=True),
    Scene("worker", LONG_WORKER, long_worker, long=True),
)
