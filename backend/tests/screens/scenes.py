"""Every page and every state of it, in the order a visitor would meet them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.screens.busy_days import CS301, CURRICULUM, LOST_BOOK, TRANSCRIPT
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
    long: bool = False  # in the university of long names, lists and logs


async def sign_in_page(twin: PhotoSession) -> None:
    await twin.go()
    await twin.shoot("door")


async def landing(twin: PhotoSession) -> None:
    await twin.page.goto(twin.url)
    await twin.shoot("landing")


async def new_user(twin: PhotoSession) -> None:
    await twin.go()
    await twin.shoot("first-visit")
    await twin.go("#/threads")
    await twin.shoot("threads-empty")


async def user(twin: PhotoSession) -> None:
    page, university = twin.page, twin.university
    await twin.go()
    await twin.shoot("threads")
    await twin.shoot("threads-rtl", "rtl")
    await twin.open("threads", CS301)
    await twin.shoot("thread")
    await twin.shoot("thread-rtl", "rtl")
    await page.emulate_media(contrast="more")
    await twin.shoot("thread-contrast")
    await page.emulate_media(contrast="no-preference")
    await page.get_by_role("button", name="End thread").click()
    await twin.shoot("end-asked")
    await twin.open("threads", LOST_BOOK)
    await twin.shoot("thread-ended")
    await page.get_by_role("button", name="Delete").first.click()
    await twin.shoot("delete-asked")
    await twin.go(f"#/threads/{'x' * 22}")
    await twin.shoot("thread-gone")
    await twin.go("#/schools")
    await twin.shoot("schools")
    await page.get_by_role("searchbox").fill("zoology")
    await twin.shoot("schools-none")
    await twin.go(f"#/schools/{university.ids[LIBRARY]}")
    await page.locator(".office-hours summary").click()
    await twin.shoot("raise-hours")
    await twin.go(f"#/schools/{university.ids[LAW]}")
    await twin.shoot("raise")
    await page.get_by_role("button", name="Send question").click()
    await twin.shoot("raise-missing")
    await twin.go("#/settings")
    await twin.shoot("settings")
    await page.get_by_role("button", name="Close account").click()
    await twin.shoot("close-asked")
    await sending(twin)
    await cut(twin)


async def sending(twin: PhotoSession) -> None:
    box = twin.page.locator(".composer textarea")
    await twin.open("threads", CS301)
    twin.socket.held = True
    await write(twin, "I can send a picture of the waiting list.")
    await twin.shoot("thread-sending")
    await twin.page.get_by_text("Sending").last.wait_for()
    twin.socket.held, twin.socket.refuse = False, "busy"
    await box.fill("A draft that is not sent yet")
    await twin.go("#/threads")
    await twin.shoot("threads-draft")
    await twin.page.evaluate(FORGET)
    await twin.open("threads", CS301)
    twin.socket.refuse = "too_large"
    await write(twin, "I can send a picture of the waiting list.")
    await twin.page.get_by_text("Not sent.").wait_for()
    await twin.shoot("thread-not-sent")
    await twin.page.get_by_role("button", name="Discard").click()
    twin.socket.refuse = ""


async def write(twin: PhotoSession, text: str) -> None:
    await twin.page.locator(".composer textarea").fill(text)
    await twin.page.get_by_role("button", name="Send").click()


async def cut(twin: PhotoSession) -> None:
    await twin.open("threads", CS301)
    await twin.block("**/api/tickets")
    await twin.socket.cut()
    await write(twin, "Are you still there?")
    await twin.page.get_by_text("Reconnecting").wait_for()
    await twin.shoot("thread-reconnecting")
    await twin.page.context.set_offline(True)
    await twin.page.get_by_text("You are offline").wait_for()
    await twin.shoot("thread-offline")
    await twin.page.context.set_offline(False)


async def news(twin: PhotoSession) -> None:
    """Somebody reads, others write."""
    await twin.open("threads", CS301)
    await twin.page.locator(".log").evaluate("(log) => log.scrollTo(0, 0)")
    for text in NEWS[twin.device.name]:
        await twin.university.say(WANDA, CS301, text)
    await twin.page.locator(".new-messages").wait_for()
    await twin.shoot("thread-pill")
    await twin.go("#/threads")
    await twin.shoot("threads-unread")
    await twin.open("threads", CS301)
    await twin.shoot("thread-new")
    await twin.university.types(WANDA, CS301)
    await twin.page.locator(".typing", has_text="is typing").wait_for()
    await twin.shoot("thread-typing")


async def troubles(twin: PhotoSession) -> None:
    """What a page shows while it waits, and where something is not as it should be."""
    page = twin.page
    await twin.hold("**/api/threads*")
    await page.goto(f"{twin.url}/{twin.site}/#/threads")
    await page.reload()
    await page.locator(".skeleton i").first.wait_for()
    await twin.shoot("threads-loading")
    await twin.let_go()
    await twin.block("**/log*")
    await twin.open("threads", TRANSCRIPT, loads=False)
    await page.get_by_role("button", name="Try again").wait_for()
    await twin.shoot("thread-failed")
    await twin.block("**/config.json")
    await page.goto("about:blank")
    await page.goto(f"{twin.url}/{twin.site}/")
    await page.get_by_text("cannot be reached").wait_for()
    await twin.shoot("unreachable")


async def stranger(twin: PhotoSession) -> None:
    """A user who signs in on the site of schools."""
    await twin.sign_in(settled=False)
    await twin.page.get_by_role("button", name="Use another address").wait_for()
    await twin.shoot("shut")


async def five(twin: PhotoSession) -> None:
    await twin.go("#/threads")
    await twin.shoot("threads-five")
    await twin.go(f"#/schools/{twin.university.ids[MUSIC]}")
    await twin.shoot("raise-refused")


async def new_school(twin: PhotoSession) -> None:
    await twin.go()
    await twin.shoot("first-visit")
    await twin.go("#/inbox")
    await twin.shoot("inbox-empty")
    await twin.go("#/raised")
    await twin.shoot("raised-empty")


async def school(twin: PhotoSession) -> None:
    page = twin.page
    await twin.go("#/inbox")
    await twin.shoot("inbox")
    await twin.shoot("inbox-rtl", "rtl")
    await twin.open("inbox", CS301)
    await twin.shoot("thread")
    await page.get_by_role("button", name="With Wanda").click()
    await page.get_by_text("Take it back").wait_for()
    await twin.shoot("give-menu")
    await page.keyboard.press("Escape")
    if twin.device.touch:
        await page.get_by_role("button", name="About this thread").click()
        await page.locator("dialog").get_by_text("Somebody typed thirty").wait_for()
        await twin.shoot("about")
    await twin.open("inbox", CURRICULUM)
    await twin.shoot("thread-long")
    await page.get_by_role("button", name="Give to a worker").click()
    await page.get_by_role("button", name="Bo Lindqvist").click()
    await page.get_by_role("button", name="Undo").wait_for()
    await twin.shoot("given")
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_role("button", name="Give to a worker").wait_for()
    await twin.go("#/raised")
    await twin.shoot("raised")
    await twin.go("#/schools")
    await twin.shoot("schools")
    await twin.go("#/workers")
    await twin.shoot("workers")
    await page.get_by_role("button", name="Remove Wanda").click()
    await twin.shoot("remove-asked")
    await twin.go("#/overview")
    await twin.shoot("overview")
    await twin.go("#/replies")
    await twin.shoot("replies-empty")
    await page.get_by_role("button", name="New reply").click()
    await twin.shoot("reply-new")
    await twin.go("#/settings")
    await twin.shoot("settings", whole=True)
    await page.get_by_role("button", name="Close account").click()
    await page.get_by_text("after the people who asked end them").wait_for()
    await twin.shoot("close-refused")


async def new_worker(twin: PhotoSession) -> None:
    await twin.go()
    await twin.shoot("first-visit")


async def worker(twin: PhotoSession) -> None:
    await twin.go()
    await twin.shoot("threads")
    await twin.open("threads", CS301)
    await twin.shoot("thread")
    await twin.page.get_by_role("button", name="Hand back").click()
    await twin.shoot("hand-back-asked")
    await twin.open("threads", CS301)
    await write(twin, "Thank you, that is all. Wanda")
    await twin.page.get_by_role("button", name="Send it anyway").wait_for()
    await twin.shoot("telling-asked")
    await twin.page.get_by_role("button", name="Change it").click()
    if twin.device.touch:
        await twin.page.get_by_role("button", name="About this thread").click()
        await twin.page.locator("dialog").get_by_text("Somebody typed thirty").wait_for()
        await twin.shoot("about")
    await twin.go("#/settings")
    await twin.shoot("settings")


async def issuer(twin: PhotoSession) -> None:
    """The pages of the built-in issuer, and the letters that it writes while no mail server is set."""
    page = twin.page
    await twin.go()
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("[name=password]").wait_for()
    await twin.shoot("sign-in")
    await page.locator("[name=email]").fill(f"{'a' * 60}@students.university.example")
    await page.locator("[name=password]").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("alert").wait_for()
    await twin.shoot("sign-in-refused")
    await twin.go()
    await page.get_by_role("link", name="Create an account").click()
    await twin.shoot("sign-up")
    await page.get_by_label(re.compile("name$")).fill(ONE_WORD)
    await page.locator("[name=email]").fill(f"{'b' * 60}{twin.device.name}@students.university.example")
    await page.locator("[type=password]").fill("four quiet herons wading")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Code").wait_for()
    await twin.shoot("code")
    await page.goto(f"{twin.url}/mail")
    await page.locator("summary").first.click()
    await twin.shoot("letters")
    await page.goto(f"{twin.url}/oauth/authorize?client_id=nobody")
    await twin.shoot("address-does-not-work")


async def account(twin: PhotoSession) -> None:
    await twin.go("#/settings")
    await twin.page.get_by_role("link", name="Password, e-mail").click()
    await twin.page.get_by_role("heading", name="Your account").wait_for()
    await twin.shoot("account")


async def long_user(twin: PhotoSession) -> None:
    await twin.go("#/threads")
    await twin.shoot("long-threads")
    await twin.open("threads", LONG_LOG)
    await twin.shoot("long-log")
    await twin.page.locator(".log").evaluate("(log) => log.scrollTo(0, 0)")
    await twin.shoot("long-log-start")
    await twin.page.get_by_role("button", name="End thread").click()
    await twin.shoot("long-question")
    await twin.open("threads", ENDED)
    await twin.shoot("long-ended")
    await twin.go("#/schools")
    await twin.shoot("long-schools")
    await twin.go(f"#/schools/{twin.university.ids[ONE_WORD]}")
    await twin.shoot("long-raise")
    await twin.go("#/settings")
    await twin.shoot("long-settings")
    await twin.page.get_by_role("button", name="Close account").click()
    await twin.shoot("long-close")


async def long_school(twin: PhotoSession) -> None:
    page = twin.page
    await twin.go("#/inbox")
    await twin.shoot("long-inbox")
    await twin.open("inbox", LONG_LOG)
    await twin.shoot("long-received")
    await page.locator(".menu-anchor > button").click()
    await page.locator(".menu").wait_for()
    await twin.shoot("long-menu")
    await page.keyboard.press("Escape")
    if twin.device.touch:
        await page.get_by_role("button", name="About this thread").click()
        await twin.shoot("long-about")
    for tab in ("workers", "overview", "settings"):
        await twin.go(f"#/{tab}")
        await twin.shoot(f"long-{tab}")


async def long_worker(twin: PhotoSession) -> None:
    await twin.go()
    await twin.shoot("long-desk")
    await twin.open("threads", LONG_LOG)
    await twin.shoot("long-handled")
    await twin.go("#/settings")
    await twin.shoot("long-settings")


SCENES = (
    Scene("user", ADA, landing, signed_in=False),
    Scene("user", ADA, sign_in_page, signed_in=False),
    Scene("school", MUSIC, sign_in_page, signed_in=False),
    Scene("worker", BO, sign_in_page, signed_in=False),
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
