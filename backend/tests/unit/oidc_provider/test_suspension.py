"""Nobody is signed in to a suspended account, whatever they had before; its password alone shows that it is one."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.unit.oidc_provider.provider_kit import (
    EMAIL,
    PASSWORD,
    SCHOOL,
    USER,
    WORKER,
    Browser,
    World,
    alike,
    landed,
    without_challenge,
)
from uconnect.oidc_provider import account_admin
from uconnect.oidc_provider.accounts import Accounts, CheckedAccount

SENTENCE = "Your account is suspended, so you cannot sign in. Nothing in it was deleted."


@pytest.fixture
def suspend(world: World) -> Callable[[], list[str]]:
    """Suspends the account as another process does; the sessions that ended."""

    def act() -> list[str]:
        ended = world.database.write(lambda c: account_admin.suspend(c, world.subject, world.clock()))
        world.ended.extend(ended)  # as the server learns of them: see `close_ended_sockets`
        return ended

    return act


@pytest.fixture
def resume(world: World) -> Callable[[], None]:
    return lambda: world.database.write(lambda c: account_admin.resume(c, world.subject))


def sessions(world: World) -> int:
    return int(world.database.read(lambda c: c.execute("SELECT count(*) FROM issuer_session").fetchone()[0]))


def test_with_the_right_password_the_page_says_it_in_words(
    world: World, browser: Browser, suspend: Callable[[], list[str]]
) -> None:
    suspend()
    answer = browser.submit(browser.authorize())
    assert answer.status_code == 403
    assert SENTENCE in answer.text
    assert "set-cookie" not in answer.headers
    assert PASSWORD not in answer.text
    assert sessions(world) == 0


@pytest.mark.parametrize("client", [USER, SCHOOL, WORKER])
def test_with_a_wrong_password_it_looks_like_every_other_account(
    browser: Browser, suspend: Callable[[], list[str]], client: Any
) -> None:
    before = browser.submit(browser.authorize(client), password="wrong")
    suspend()
    after = browser.submit(browser.authorize(client), password="wrong")
    unknown = browser.submit(browser.authorize(client), email="eve@example.org", password="wrong")
    alike(after, before)
    assert without_challenge(unknown.text.replace("eve@example.org", EMAIL)) == without_challenge(after.text)
    assert SENTENCE not in after.text


def test_all_that_was_signed_in_ends_and_no_token_is_good(
    world: World, browser: Browser, suspend: Callable[[], list[str]]
) -> None:
    tokens, code = browser.tokens(), world.browser().sign_in(SCHOOL)
    header = {"authorization": f"Bearer {tokens['access_token']}"}
    assert browser.get("/oauth/userinfo", headers=header).status_code == 200
    assert len(suspend()) == 2
    assert browser.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert browser.exchange(code, SCHOOL).json()["error"] == "invalid_grant"
    assert browser.get("/oauth/userinfo", headers=header).status_code == 401
    assert "Sign in" in browser.authorize().text, "the cookie opens nothing"
    assert sessions(world) == 0


def test_another_account_is_not_touched(world: World, suspend: Callable[[], list[str]]) -> None:
    world.wait(world.create("eve@example.org", PASSWORD))
    eve = world.browser()
    eve.submit(eve.authorize(), email="eve@example.org")
    suspend()
    assert "code" in landed(eve.authorize())


def test_who_is_suspended_while_the_password_is_checked_is_not_let_in(
    world: World, browser: Browser, suspend: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    check = Accounts.check

    async def slow(self: Accounts, *asked: Any) -> CheckedAccount | None:
        found = await check(self, *asked)
        suspend()
        return found

    monkeypatch.setattr(Accounts, "check", slow)
    answer = browser.submit(browser.authorize())
    assert (answer.status_code, SENTENCE in answer.text) == (403, True)
    assert sessions(world) == 0


@pytest.mark.parametrize("first", ["refresh", "suspension"])
def test_a_refresh_beside_the_suspension_leaves_nothing_that_works(
    world: World, browser: Browser, suspend: Callable[[], list[str]], first: str
) -> None:
    """One of the two commits first, for both are one transaction: either way the new tokens are worth nothing."""
    token = browser.tokens()["refresh_token"]
    answer: dict[str, Any] = {}
    steps = [lambda: answer.update(browser.refresh(token).json()), suspend]
    for step in steps if first == "refresh" else reversed(steps):
        step()
    if first == "suspension":
        assert answer["error"] == "invalid_grant"
        return
    assert browser.refresh(answer["refresh_token"]).json()["error"] == "invalid_grant"
    header = {"authorization": f"Bearer {answer['access_token']}"}
    assert browser.get("/oauth/userinfo", headers=header).status_code == 401
    assert sessions(world) == 0


def test_a_refresh_that_is_under_way_when_the_account_is_suspended_leaves_nothing(
    world: World, browser: Browser, suspend: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request was read, and found to be worth the writer, before the suspension."""
    token = browser.tokens()["refresh_token"]
    write: Callable[..., Awaitable[Any]] = world.database.write_soon

    async def late(work: Any) -> Any:
        monkeypatch.setattr(world.database, "write_soon", write)
        suspend()
        return await write(work)

    monkeypatch.setattr(world.database, "write_soon", late)
    assert browser.refresh(token).json()["error"] == "invalid_grant"
    assert sessions(world) == 0


def test_a_new_password_is_not_kept_and_lets_nobody_in(
    world: World, browser: Browser, suspend: Callable[[], list[str]], resume: Callable[[], None]
) -> None:
    suspend()
    browser.fill(browser.ask("forgot"), email=EMAIL)
    page = browser.follow(browser.fill(browser.ask("code"), code=world.code(EMAIL)))
    answer = browser.fill(page, password="another horse battery")
    assert (answer.status_code, SENTENCE in answer.text) == (403, True)
    assert sessions(world) == 0
    resume()
    assert "code" in landed(browser.submit(browser.authorize())), "the old password is still the one"


def test_an_invitation_lets_nobody_in_and_can_still_be_accepted_later(
    world: World, browser: Browser, suspend: Callable[[], list[str]], resume: Callable[[], None]
) -> None:
    link = world.database.write(lambda c: world.issuer.invitation(c, EMAIL, WORKER.id, "Ada", "Law", "place"))
    suspend()
    page = browser.open_link(link, WORKER)
    answer = browser.fill(page, password=PASSWORD)
    assert (answer.status_code, SENTENCE in answer.text) == (403, True)
    resume()
    assert browser.fill(browser.open_link(link, WORKER), password=PASSWORD).status_code == 303


def test_who_is_resumed_signs_in_anew_and_has_all_there_was(
    world: World, browser: Browser, suspend: Callable[[], list[str]], resume: Callable[[], None]
) -> None:
    browser.sign_in()
    suspend()
    resume()
    assert "Sign in" in browser.authorize().text
    assert "code" in landed(browser.submit(browser.authorize()))
    assert world.wait(world.issuer.accounts.profile(world.subject))


def test_tries_at_a_suspended_account_count_like_all_others(
    world: World, browser: Browser, suspend: Callable[[], list[str]]
) -> None:
    suspend()
    answers = {browser.submit(browser.authorize(), password="wrong").status_code for _ in range(8)}
    assert answers == {400, 429}
    assert browser.submit(browser.authorize()).status_code == 429, "a password is not tried without end this way"


def test_of_some_sessions_those_that_ended_are_named(world: World, suspend: Callable[[], list[str]]) -> None:
    one, other = world.browser(), world.browser()
    one.sign_in(), other.sign_in(SCHOOL)
    ended = suspend()
    assert len(ended) == 2
    world.wait(world.create("eve@example.org", PASSWORD))
    eve = world.browser()
    eve.submit(eve.authorize(), email="eve@example.org")
    (lasts,) = world.database.read(lambda c: c.execute("SELECT sid FROM issuer_session").fetchone())
    assert world.wait(world.issuer.ended_among([*ended, lasts])) == ended
    assert world.wait(world.issuer.ended_among([])) == []
