"""A provider says that somebody has signed out there: what came by it ends here, and nothing else does."""

from typing import Any

import pytest

from tests.support.upstream_provider import LOGOUT_EVENT, SampleIdentity
from tests.unit.oidc_provider.provider_kit import USER, Browser, World, landed
from tests.unit.oidc_provider.upstream_kit import CAMPUS, GRACE, Campus
from uconnect.oidc_provider.upstream_fetch import Fetched, HttpRequest


@pytest.fixture
def campus(world: World) -> Campus:
    return Campus(world)


def tell(browser: Browser, token: str, provider: str = CAMPUS) -> int:
    """The provider's own server sends it: no browser, and no page of ours."""
    return browser.post(f"/oauth/logout/{provider}", {"logout_token": token}, origin=None).status_code


def is_in(browser: Browser, tokens: dict[str, Any]) -> bool:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return browser.get("/oauth/userinfo", headers=headers).status_code == 200


def tokens_of(browser: Browser, answer: Any) -> dict[str, Any]:
    return dict(browser.exchange(landed(answer)["code"]).json())


@pytest.mark.parametrize("by", [{}, {"sub": None, "sid": "upstream-session-1"}, {"sid": "upstream-session-1"}])
def test_sessions_tokens_and_sockets_of_the_person_end(
    campus: Campus, browser: Browser, world: World, by: dict[str, Any]
) -> None:
    tokens = tokens_of(browser, campus.join(browser))
    assert is_in(browser, tokens)
    assert tell(world.browser(), campus.provider.logout_token(**by)) == 200
    assert not is_in(browser, tokens)
    assert browser.refresh(tokens["refresh_token"]).status_code == 400
    assert len(world.ended) == 1
    assert "Sign in" in browser.authorize().text


def test_another_session_there_and_other_people_stay(campus: Campus, browser: Browser, world: World) -> None:
    tokens = tokens_of(browser, campus.join(browser))
    campus.provider.session = "upstream-session-2"
    other = world.browser()
    others = tokens_of(other, campus.join(other, person=SampleIdentity("o", GRACE.claims | {"email": "o@uni.example"})))
    by_password = world.browser().tokens()
    assert tell(browser, campus.provider.logout_token(sub=None, sid="upstream-session-2")) == 200
    assert is_in(browser, tokens)
    assert not is_in(other, others)
    assert tell(browser, campus.provider.logout_token(sub="grace-there", sid="upstream-session-2")) == 200
    assert is_in(browser, tokens)
    assert tell(browser, campus.provider.logout_token(sub="nobody")) == 200, "an answer says nothing of who is known"
    assert is_in(browser, by_password)


@pytest.mark.parametrize("by", [{}, {"sub": None, "sid": "upstream-session-1"}])
def test_who_has_come_and_signs_out_there_before_the_next_page_gets_no_account(
    campus: Campus, browser: Browser, world: World, by: dict[str, Any]
) -> None:
    page = browser.follow(campus.arrive(browser))
    other = world.browser()
    campus.provider.session = "upstream-session-2"
    others = other.follow(campus.arrive(other, person=SampleIdentity("o", GRACE.claims | {"email": "o@uni.example"})))
    campus.provider.signed_in = GRACE
    assert tell(world.browser(), campus.provider.logout_token(**by)) == 200
    assert "This sign-in has expired" in browser.fill(page, name="Grace").text
    assert "code" in landed(other.fill(others, name="O"))


WRONG: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": "an ID token has one"},
    "no event": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "event": {"events": {LOGOUT_EVENT: True}},
    "issuer": {"iss": "https://evil.example"},
    "audience": {"aud": "another"},
    "no audience": {"aud": None},
    "nobody": {"sub": None},
    "empty": {"sub": ""},
    "number": {"sub": 7},
    "no name": {"jti": None},
    "number as name": {"jti": 7},
    "old": {"iat": 1_799_990_000, "exp": None},
    "ended": {"exp": 1_799_999_000},
    "of tomorrow": {"iat": 1_800_090_000},
    "no time": {"iat": None},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_logout_token_ends_nothing(campus: Campus, browser: Browser, wrong: str) -> None:
    tokens = tokens_of(browser, campus.join(browser))
    assert tell(browser, campus.provider.logout_token(**WRONG[wrong])) == 400
    assert is_in(browser, tokens)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_anybody_could_make_such_a_signature(campus: Campus, browser: Browser, algorithm: str) -> None:
    tokens = tokens_of(browser, campus.join(browser))
    campus.provider.algorithm = algorithm
    assert tell(browser, campus.provider.logout_token()) == 400
    campus.provider.algorithm, campus.provider.forged = "ES256", True
    assert tell(browser, campus.provider.logout_token()) == 400
    assert tell(browser, "x" * 8000) == 400
    assert tell(browser, "") == 400
    assert is_in(browser, tokens)


def test_a_token_is_used_once(campus: Campus, browser: Browser) -> None:
    campus.join(browser)
    token = campus.provider.logout_token()
    assert tell(browser, token) == 200
    tokens = tokens_of(browser, campus.arrive(browser))
    assert tell(browser, token) == 400
    assert is_in(browser, tokens)


def test_an_id_token_is_no_logout_token(campus: Campus, browser: Browser) -> None:
    campus.join(browser)
    claims = {"jti": None, "events": None, "nonce": "n"}
    assert tell(browser, campus.provider.logout_token(**claims)) == 400


def test_a_provider_that_is_not_set_ends_nothing(campus: Campus, browser: Browser) -> None:
    assert tell(browser, campus.provider.logout_token(), "library") == 400


# --- a logout that comes at a bad moment ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/token", "/userinfo"])
@pytest.mark.parametrize("by", [{}, {"sub": None, "sid": "upstream-session-1"}, {"sid": "upstream-session-1"}])
def test_who_signs_out_there_while_they_come_here_has_no_session(
    campus: Campus, browser: Browser, world: World, path: str, by: dict[str, Any]
) -> None:
    """The provider has named them, and there is no session yet that its token could end."""
    campus.join(world.browser())
    tell(browser, campus.provider.logout_token())
    person = SampleIdentity("grace-there", {}, GRACE.claims)
    address = campus.provider.answer(campus.leave(browser), person)
    logging_out_at(campus, world, path, campus.provider.logout_token(**by))
    answer = browser.get(address)
    assert "is not complete, or took too long" in answer.text
    assert not [it for it in answer.headers.get_list("set-cookie") if "session" in it]
    assert count(world, "issuer_session") == 0


def test_who_signs_out_there_while_they_come_here_gets_no_account_and_no_second_step(
    campus: Campus, browser: Browser, world: World
) -> None:
    address = campus.provider.answer(campus.leave(browser), GRACE)
    logging_out_at(campus, world, "/token", campus.provider.logout_token())
    assert "is not complete" in browser.get(address).text
    assert count(world, "issuer_arrival") == 0


def test_a_logout_of_somebody_else_stops_nobody_on_the_way(campus: Campus, browser: Browser, world: World) -> None:
    campus.join(world.browser())
    address = campus.provider.answer(campus.leave(browser), GRACE)
    logging_out_at(campus, world, "/token", campus.provider.logout_token(sub="somebody else"))
    assert "code" in landed(browser.get(address))


def test_a_session_that_stays_when_its_provider_is_disconnected_still_ends_with_the_providers(
    campus: Campus, browser: Browser, world: World
) -> None:
    tokens = tokens_of(browser, campus.join(browser))
    browser.post(f"/oauth/account?client_id={USER.id}", {"unlink": campus.provider.issuer})
    assert is_in(browser, tokens), "a person is not signed out by what they do here"
    assert tell(world.browser(), campus.provider.logout_token(sid="upstream-session-1")) == 200
    assert not is_in(browser, tokens)


def logging_out_at(campus: Campus, world: World, path: str, token: str) -> None:
    """From now on the provider sends this logout token right before it answers at `path`."""
    answers, other = world.fetching, world.browser()

    async def fetching(asked: HttpRequest) -> Fetched:
        if asked.url.endswith(path):
            sent = await other.http.post(f"/oauth/logout/{CAMPUS}", data={"logout_token": token})
            assert sent.status_code == 200
        return await answers(asked)

    world.fetching = fetching
    world.start()


def count(world: World, table: str) -> int:
    return int(world.database.read(lambda c: c.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))
