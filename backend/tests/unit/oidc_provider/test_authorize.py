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
        ({"scope": "openid admin"}, "invalid_scope"),
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


def test_a_site_that_names_a_person_gets_tokens_of_nobody_else(world: World, browser: Browser) -> None:
    """OpenID Connect Core §3.1.2.2: the site sends an ID token that it holds."""
    world.wait(world.create("eve@example.org", "eves own password"))
    eve = world.browser()
    code = landed(eve.submit(eve.authorize(), "eve@example.org", "eves own password"))["code"]
    hint = eve.exchange(code).json()["id_token"]
    browser.sign_in()
    refused = landed(browser.authorize(id_token_hint=hint, prompt="none"))
    assert (refused["error"], refused["state"], refused["iss"]) == ("login_required", "the-state", URL)
    page = browser.authorize(id_token_hint=hint)
    assert "Forgot your password?" in page.text
    refused = landed(browser.submit(page))
    assert (refused["error"], refused["state"], refused["iss"]) == ("login_required", "the-state", URL)
    page = browser.authorize(id_token_hint=hint)
    assert "code" in landed(browser.submit(page, "eve@example.org", "eves own password"))
    assert "code" in landed(browser.authorize(id_token_hint=hint, prompt="none"))


@pytest.mark.parametrize("hint", ["", "junk", "e30.e30.e30"])
def test_an_id_token_that_cannot_be_read_names_nobody(browser: Browser, hint: str) -> None:
    browser.sign_in()
    assert "code" in landed(browser.authorize(id_token_hint=hint, prompt="none"))
