"""Signing out, and being signed in on three sites at once."""

from urllib.parse import urlencode

import httpx
import pytest

from tests.unit.oidc_provider.provider_kit import SCHOOL, USER, WORKER, Browser, World, action_of, landed
from uconnect.adapters.sqlite import Database
from uconnect.oidc_provider import Client

HOME = "http://localhost:8001/"


def leave(browser: Browser, **asked: str) -> httpx.Response:
    return browser.get(f"/oauth/sign-out?{urlencode(asked)}")


def test_one_browser_is_signed_in_on_each_site_by_itself(browser: Browser) -> None:
    browser.sign_in(USER)
    assert browser.authorize(SCHOOL).status_code == 200
    assert landed(browser.authorize(WORKER, prompt="none"))["error"] == "login_required"
    browser.sign_in(SCHOOL)
    assert {name for name in browser.http.cookies if "session" in name} == {
        "uconnect_session_user",
        "uconnect_session_school",
    }


def test_a_cookie_of_one_site_opens_no_other(browser: Browser) -> None:
    browser.sign_in(USER)
    browser.http.cookies.set("uconnect_session_school", browser.http.cookies["uconnect_session_user"])
    assert landed(browser.authorize(SCHOOL, prompt="none"))["error"] == "login_required"


def test_three_people_can_be_signed_in_at_once(world: World, browser: Browser) -> None:
    other = world.wait(world.create("school@example.org", "another password"))
    browser.sign_in(USER)
    page = browser.authorize(SCHOOL)
    code = landed(browser.submit(page, "school@example.org", "another password"))["code"]
    claims = world.wait(world.issuer.keys.read_hint(browser.exchange(code, SCHOOL).json()["id_token"]))
    assert claims is not None
    assert claims["sub"] == other


def test_signing_out_ends_the_session_and_its_refresh_tokens(browser: Browser) -> None:
    held = browser.tokens()
    answer = leave(
        browser, client_id=USER.id, id_token_hint=held["id_token"], post_logout_redirect_uri=HOME, state="a b&c"
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{HOME}?state=a+b%26c"
    assert "uconnect_session_user" not in browser.http.cookies
    assert browser.refresh(held["refresh_token"]).json()["error"] == "invalid_grant"
    assert landed(browser.authorize(prompt="none"))["error"] == "login_required"


def test_a_kept_cookie_opens_nothing_after_signing_out(browser: Browser) -> None:
    held = browser.tokens()
    cookie = browser.http.cookies["uconnect_session_user"]
    leave(browser, id_token_hint=held["id_token"])
    browser.http.cookies.set("uconnect_session_user", cookie)
    assert browser.authorize().status_code == 200


def test_signing_out_of_one_site_leaves_the_others(browser: Browser) -> None:
    held, school = browser.tokens(USER), browser.tokens(SCHOOL)
    leave(browser, id_token_hint=held["id_token"])
    assert browser.refresh(school["refresh_token"], SCHOOL).status_code == 200
    assert "code" in landed(browser.authorize(SCHOOL))


def test_signing_out_late_works_and_may_be_posted(world: World, browser: Browser) -> None:
    held = browser.tokens()
    world.clock.at += 7 * 24 * 3600
    answer = browser.post("/oauth/sign-out", {"id_token_hint": held["id_token"], "post_logout_redirect_uri": HOME})
    assert (answer.status_code, answer.headers["location"]) == (303, HOME)
    assert browser.authorize().status_code == 200


def test_without_an_address_to_go_to_it_says_so(browser: Browser) -> None:
    page = leave(browser, id_token_hint=browser.tokens()["id_token"])
    assert page.status_code == 200
    assert "You are signed out" in page.text


def test_a_link_elsewhere_signs_nobody_out_unasked(world: World, browser: Browser) -> None:
    held = browser.tokens()
    page = leave(browser, client_id=USER.id, post_logout_redirect_uri=HOME, state="s")
    assert "You will be signed out of the site “You” in this browser." in page.text
    assert browser.refresh(held["refresh_token"]).status_code == 200
    forged = browser.post("/oauth/sign-out", {"client_id": USER.id}, "https://evil.example")
    assert "You will be signed out" in forged.text
    action = action_of(page)
    fields = {"client_id": USER.id, "post_logout_redirect_uri": HOME, "state": "s"}
    assert browser.post(action, fields).headers["location"] == f"{HOME}?state=s"
    assert browser.authorize().status_code == 200


def test_another_accounts_id_token_signs_nobody_else_out_unasked(world: World, browser: Browser) -> None:
    """RP-Initiated Logout 1.0, §6: who has another person's ID token must be asked."""
    world.wait(world.create("eve@example.org", "eves own password"))
    eve = world.browser()
    code = landed(eve.submit(eve.authorize(), "eve@example.org", "eves own password"))["code"]
    eves = eve.exchange(code).json()
    browser.sign_in()
    page = leave(browser, id_token_hint=eves["id_token"], post_logout_redirect_uri=HOME, state="s")
    assert "You will be signed out of the site “You” in this browser." in page.text
    assert eve.refresh(eves["refresh_token"]).status_code == 400
    assert "code" in landed(browser.authorize())
    fields = {"client_id": USER.id, "post_logout_redirect_uri": HOME, "state": "s"}
    assert browser.post(action_of(page), fields).headers["location"] == f"{HOME}?state=s"
    assert browser.authorize().status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"post_logout_redirect_uri": "https://evil.example/"},
        {"post_logout_redirect_uri": f"{HOME}elsewhere"},
        {"post_logout_redirect_uri": SCHOOL.post_logout_redirect_uris[0]},
        {"client_id": SCHOOL.id},
        {"client_id": "uconnect-nobody"},
    ],
)
def test_a_wrong_address_or_site_is_sent_nowhere(browser: Browser, changes: dict[str, str]) -> None:
    asked = {"id_token_hint": browser.tokens()["id_token"], "client_id": USER.id, "post_logout_redirect_uri": HOME}
    answer = leave(browser, **(asked | changes))
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_an_access_token_or_a_foreign_hint_is_no_hint(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    held = browser.tokens()
    for hint in (held["access_token"], "a.b.c", "", held["id_token"][:-9] + "AAAAAAAAA"):
        page = leave(browser, client_id=USER.id, id_token_hint=hint)
        assert "You will be signed out" in page.text
    assert leave(browser, id_token_hint="a.b.c").status_code == 400


def test_who_is_not_signed_in_is_simply_sent_back(browser: Browser) -> None:
    assert leave(browser, client_id=USER.id, post_logout_redirect_uri=HOME).headers["location"] == HOME


def test_signing_in_again_ends_the_session_before_and_changes_the_cookie(browser: Browser) -> None:
    held = browser.tokens()
    cookie = browser.http.cookies["uconnect_session_user"]
    assert "code" in landed(browser.submit(browser.authorize(prompt="login")))
    assert browser.http.cookies["uconnect_session_user"] != cookie
    assert browser.refresh(held["refresh_token"]).status_code == 400


def test_a_planted_cookie_becomes_nobodys_session(browser: Browser) -> None:
    browser.http.cookies.set("uconnect_session_user", "planted")
    browser.sign_in()
    planted = [c for c in browser.http.cookies.jar if c.name == "uconnect_session_user" and c.domain]
    assert all(c.value != "planted" for c in planted if c.domain.startswith("localhost"))


def test_revoking_a_refresh_token_ends_its_family(browser: Browser) -> None:
    held = browser.tokens()
    answer = browser.post("/oauth/revoke", {"client_id": USER.id, "token": held["refresh_token"]})
    assert (answer.status_code, answer.json()) == (200, {})
    assert browser.refresh(held["refresh_token"]).status_code == 400


def test_revoking_what_is_not_there_is_no_error_and_another_sites_token_stays(browser: Browser) -> None:
    held = browser.tokens()
    for token in ("x", "x.y", held["access_token"]):
        assert browser.post("/oauth/revoke", {"client_id": USER.id, "token": token}).status_code == 200
    browser.post("/oauth/revoke", {"client_id": SCHOOL.id, "token": held["refresh_token"]})
    assert browser.refresh(held["refresh_token"]).status_code == 200
    assert browser.post("/oauth/revoke", {"client_id": USER.id}).json()["error"] == "invalid_request"
    assert browser.post("/oauth/revoke", {"token": "x"}).json()["error"] == "invalid_client"


def test_sessions_and_tokens_outlive_a_restart(world: World, browser: Browser, database: Database) -> None:
    held = browser.tokens()
    keys = browser.get("/oauth/jwks").json()
    world.start()
    assert browser.get("/oauth/jwks").json() == keys
    assert browser.refresh(held["refresh_token"]).status_code == 200
    assert "code" in landed(browser.authorize())


@pytest.mark.parametrize(
    ("sites", "named"),
    [([SCHOOL], "the site “School”"), ([USER, SCHOOL, WORKER], "the sites “You”, “School” and “Worker”")],
)
def test_who_names_no_site_is_asked_about_those_where_they_are_signed_in(
    browser: Browser, sites: list[Client], named: str
) -> None:
    held = {site.id: browser.tokens(site)["refresh_token"] for site in sites}
    page = browser.get("/oauth/sign-out")
    assert f"You will be signed out of {named} in this browser." in page.text
    assert ("The other uconnect sites stay as they are." in page.text) == (len(sites) == 1)
    forged = browser.post("/oauth/sign-out", {}, "https://evil.example")
    assert "You will be signed out of" in forged.text, "a page elsewhere signs nobody out"
    assert "You are signed out" in browser.fill(page).text
    assert not [name for name in browser.http.cookies if "session" in name]
    assert [browser.refresh(held[site.id], site).status_code for site in sites] == [400] * len(sites)


def test_another_browser_stays_signed_in_when_one_signs_out_of_all(world: World, browser: Browser) -> None:
    other = world.browser()
    kept = other.tokens()["refresh_token"]
    browser.sign_in()
    browser.fill(browser.get("/oauth/sign-out"))
    assert other.refresh(kept).status_code == 200
