"""The authorization endpoint: what it refuses, and whom it tells."""

import pytest

from tests.unit.oidc_provider.provider_kit import CHALLENGE, PASSWORD, SCHOOL, URL, USER, Browser, World, landed


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "uconnect-nobody"},
        {"client_id": 'a"b\\c'},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/signed-in"},
        {"redirect_uri": "http://localhost:8001/signed-in/"},
        {"redirect_uri": "http://localhost:8001/signed-in?a=b"},
        {"redirect_uri": "http://localhost:8001/Signed-in"},
        {"redirect_uri": SCHOOL.redirect_uris[0]},
        {"redirect_uri": 'http://localhost:8001/"ä'},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "https://evil.example/", "prompt": "none"},
        {"redirect_uri": "https://evil.example/", "response_type": "token"},
    ],
)
def test_a_request_that_names_no_site_or_a_foreign_address_is_sent_nowhere(
    browser: Browser, changes: dict[str, str | None]
) -> None:
    stranger = browser.authorize(**changes)
    browser.sign_in()
    for answer in (stranger, browser.authorize(**changes)):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "Go back to uconnect and sign in from there." in answer.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "email"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": "https://evil.example/"}, "request_uri_not_supported"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_any_other_bad_request_is_told_to_the_site(
    browser: Browser, changes: dict[str, str | None], error: str
) -> None:
    said = landed(browser.authorize(**changes))
    assert (said["error"], said["state"], said["iss"]) == (error, "the-state", URL)
    assert "code" not in said


def test_bad_requests_give_no_code_to_who_is_signed_in_either(browser: Browser) -> None:
    browser.sign_in()
    assert "code" not in landed(browser.authorize(code_challenge_method="plain"))
    assert "code" not in landed(browser.authorize(code_challenge=None))


def test_the_form_checks_the_request_again(browser: Browser) -> None:
    page = browser.authorize()
    page._content = page.text.replace("code_challenge_method=S256", "code_challenge_method=plain").encode()
    del page._text
    assert landed(browser.submit(page))["error"] == "invalid_request"


def test_a_parameter_sent_twice_is_refused(browser: Browser) -> None:
    twice = f"/oauth/authorize?client_id={USER.id}&client_id={SCHOOL.id}&response_type=code&scope=openid"
    twice += f"&redirect_uri={USER.redirect_uris[0]}&code_challenge={CHALLENGE}&code_challenge_method=S256"
    answer = browser.get(twice)
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["a" * 9000, "&".join(f"p{n}=1" for n in range(100)), "%ff=%ff&client_id=%00", "="])
def test_what_is_too_large_or_no_form_at_all_is_refused_calmly(browser: Browser, query: str) -> None:
    assert browser.get(f"/oauth/authorize?{query}").status_code == 400
    assert browser.get(f"/oauth/sign-in?{query}").status_code == 303
    assert browser.post(f"/oauth/sign-in?{query}", {"email": "x" * 9000}).status_code == 400


def test_prompt_none_gives_a_code_to_who_is_signed_in(browser: Browser) -> None:
    browser.sign_in()
    assert "code" in landed(browser.authorize(prompt="none"))


@pytest.mark.parametrize("prompt", ["login", "select_account", "login select_account"])
def test_prompt_login_asks_again_and_accepts_the_answer(browser: Browser, prompt: str) -> None:
    browser.sign_in()
    page = browser.authorize(prompt=prompt)
    assert page.status_code == 200
    assert "code" in landed(browser.submit(page, password=PASSWORD))


@pytest.mark.parametrize("age", ["9" * 5_000, "-1", "1.5", "x", "\u0661"])
def test_a_max_age_that_is_no_number_of_seconds_is_malformed(browser: Browser, age: str) -> None:
    assert "code" in landed(browser.submit(browser.authorize()))
    assert browser.authorize(max_age=age).status_code == 400


def test_max_age_asks_who_signed_in_longer_ago(world: World, browser: Browser) -> None:
    browser.sign_in()
    world.clock.at += 100
    assert "code" in landed(browser.authorize(max_age="100"))
    assert browser.authorize(max_age="99").status_code == 200
    assert landed(browser.authorize(max_age="99", prompt="none"))["error"] == "login_required"
    assert "code" in landed(browser.submit(browser.authorize(max_age="0")))


def _grace(world: World) -> str:
    """Somebody else's ID token of the same site."""
    world.wait(world.create("grace@example.org", PASSWORD))
    other = world.browser()
    code = landed(other.submit(other.authorize(), "grace@example.org"))["code"]
    return str(other.exchange(code).json()["id_token"])


@pytest.mark.parametrize("signed_in", [True, False])
def test_an_id_token_hint_lets_only_its_own_person_through(world: World, browser: Browser, signed_in: bool) -> None:
    """OpenID Connect Core §3.1.2.1: for anybody else the answer is an error, such as `login_required`."""
    hint = _grace(world)
    if signed_in:
        browser.sign_in()
    assert landed(browser.authorize(id_token_hint=hint, prompt="none"))["error"] == "login_required"
    page = browser.authorize(id_token_hint=hint)
    assert (page.status_code, "grace" in page.text) == (200, False), "the holder of a token learns no address"
    refused = landed(browser.submit(page))
    assert (refused["error"], refused["state"], refused["iss"]) == ("login_required", "the-state", URL)
    assert "code" not in refused
    assert "code" in landed(browser.submit(browser.authorize(id_token_hint=hint), "grace@example.org"))
    assert "code" in landed(browser.authorize(id_token_hint=hint, prompt="none"))


def test_an_old_id_token_is_a_hint_too(world: World, browser: Browser) -> None:
    hint = browser.tokens()["id_token"]
    world.clock.at += 7 * 24 * 3600
    assert "code" in landed(browser.authorize(id_token_hint=hint, prompt="none"))


@pytest.mark.parametrize("kind", ["junk", "not ASCII", "cut", "access token", "another site's"])
def test_what_is_no_id_token_of_this_site_is_no_hint(browser: Browser, kind: str) -> None:
    held, other = browser.tokens(), browser.tokens(SCHOOL)
    cut = held["id_token"][:-9] + "AAAAAAAAA"
    hints = {"junk": "a.b.c", "not ASCII": "ä", "cut": cut, "access token": held["access_token"]}
    hint = (hints | {"another site's": other["id_token"]})[kind]
    for asked in ({}, {"prompt": "none"}):
        assert landed(browser.authorize(id_token_hint=hint, **asked))["error"] == "invalid_request"
