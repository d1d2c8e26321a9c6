"""Who leaves while their password waits to be checked: it cost a try only if it was looked at."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import ClientDisconnect

from tests.support import provider_pages
from tests.support.polling import poll_async
from tests.unit.oidc_provider.provider_kit import EMAIL, Browser, World, landed
from uconnect.oidc_provider.passwords import AT_ONCE, HashingQueue, Lane
from uconnect.oidc_provider.settings import Limits

TRIES = Limits().here.burst


def leave(world: World, browser: Browser, gone: Callable[[], Awaitable[object]]) -> None:
    """Send a wrong password, and be gone once `gone` is over."""
    action, hidden = provider_pages.form(browser.authorize().text)
    path = urlsplit(action)
    body = urlencode(hidden | {"email": EMAIL, "password": "wrong"}).encode()
    headers = {"host": "localhost:8000", "origin": browser.origin, "content-type": "application/x-www-form-urlencoded"}
    scope = {"type": "http", "method": "POST", "path": path.path, "query_string": path.query.encode(), "scheme": "http"}
    scope |= {"headers": [(name.encode(), value.encode()) for name, value in headers.items()], "root_path": ""}
    scope |= {"client": ("198.51.100.7", 50000), "server": ("localhost", 8000), "http_version": "1.1"}
    sent = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        if sent:
            return sent.pop()
        await gone()
        return {"type": "http.disconnect"}

    async def send(_: Any) -> None:
        return

    async def call() -> None:
        with suppress(ClientDisconnect):
            await world.app(scope, receive, send)

    world.wait(call())


def test_who_leaves_before_their_turn_has_lost_no_try(world: World, browser: Browser) -> None:
    turns = world.issuer.passwords._queue

    async def when_it_waits() -> None:
        await poll_async(lambda: any(turns.waiting(lane) for lane in Lane), what="a password waits for its turn")

    for _ in range(AT_ONCE):
        world.wait(turns.take(Lane.KNOWN))
    for _ in range(TRIES + 1):
        leave(world, browser, when_it_waits)
    for _ in range(AT_ONCE):
        turns.give_back(Lane.KNOWN)
    assert "code" in landed(browser.submit(browser.authorize()))


def test_who_leaves_while_the_password_is_looked_at_has_lost_a_try(world: World, browser: Browser) -> None:
    class Slow:
        """Looks at a password for as long as it is told to."""

        def __init__(self) -> None:
            self.begun, self.go_on = threading.Event(), threading.Event()

        def matches(self, kept: str, password: bytes) -> bool:
            self.begun.set()
            return not self.go_on.wait(60)

    passwords = world.issuer.passwords
    before = passwords._hashing
    for _ in range(TRIES):
        slow = Slow()
        passwords._hashing = slow  # type: ignore[assignment]
        leave(world, browser, lambda it=slow: asyncio.to_thread(it.begun.wait, 60))  # type: ignore[misc]
        slow.go_on.set()
    passwords._hashing = before
    assert browser.submit(browser.authorize()).status_code == 429


def test_those_who_may_be_guessing_never_take_all_the_turns() -> None:
    """Each hash keeps a core busy: a guesser must leave one to those who write."""

    async def story() -> list[bool]:
        turns = HashingQueue(2)
        await turns.take(Lane.SUSPECT)
        suspects = [asyncio.ensure_future(turns.take(Lane.SUSPECT)) for _ in range(2)]
        await asyncio.sleep(0)
        known = asyncio.ensure_future(turns.take(Lane.KNOWN))
        await asyncio.sleep(0)
        begun = [it.done() for it in (*suspects, known)]
        turns.give_back(Lane.KNOWN)
        await asyncio.sleep(0)
        begun += [it.done() for it in suspects]
        turns.give_back(Lane.SUSPECT)
        await asyncio.sleep(0)
        begun += [it.done() for it in suspects]
        suspects[1].cancel()
        return begun

    assert asyncio.run(story()) == [False, False, True, False, False, True, False]
