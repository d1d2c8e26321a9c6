"""What every answer carries: headers, cookies, who may read it; and what no log line does."""

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, SCHOOL, URL, USER, Browser, World, action_of, request
from uconnect.adapters.mail import Outbox
from uconnect.adapters.sqlite import Database
from uconnect.adapters.tokens import verification
from uconnect.oidc_provider import MIGRATIONS, Client, Provider
from uconnect.oidc_provider.pages import PASSKEY, PASSKEY_NAME, SHOW, SHOW_NAME, STYLE, STYLE_NAME, TIMES, TIMES_NAME
from uconnect.oidc_provider.sessions import Cookie


@pytest.fixture
def secure(database: Database) -> Iterator[Browser]:
    world = World(database, "https://help.example/id")
    yield Browser(world, "198.51.100.7")
    world.runner.close()


def test_pages_run_nothing_are_framed_nowhere_and_kept_nowhere(browser: Browser) -> None:
    signed_in = browser.tokens()
    pages = [
        browser.authorize(prompt="login"),
        browser.authorize(client_id=None),
        browser.get(f"/oauth/sign-out?client_id={USER.id}"),
        browser.submit(browser.authorize(prompt="login"), password="wrong"),
        browser.get(f"/oauth/sign-out?id_token_hint={signed_in['id_token']}"),
    ]
    for page in pages:
        rules = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))
        assert rules["default-src"] == "'none'"
        assert rules["style-src"] == "'self'"
        assert rules["frame-ancestors"] == "'none'"
        assert rules["base-uri"] == "'none'"
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["referrer-policy"] == "strict-origin"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
        shown = 'type="password"' in page.text
        assert page.text.count("<script") == 2 * shown
        ours = f"{URL}/oauth/{SHOW_NAME} {URL}/oauth/{PASSKEY_NAME}"
        assert rules["script-src"] == (ours if shown else "'none'"), "files, by their whole addresses"
        assert "<style" not in page.text
        assert " style=" not in page.text


def test_the_form_may_lead_back_to_its_site_and_to_no_other(browser: Browser) -> None:
    policy = browser.authorize(SCHOOL).headers["content-security-policy"]
    assert "form-action 'self' http://localhost:8002" in policy
    assert "8001" not in policy


def test_the_style_is_a_file_of_ours_that_can_be_kept(browser: Browser) -> None:
    assert f'href="/oauth/{STYLE_NAME}"' in browser.authorize().text
    style = browser.get(f"/oauth/{STYLE_NAME}")
    assert style.text == STYLE
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]


def test_the_scripts_are_files_of_ours_that_can_be_kept(browser: Browser) -> None:
    browser.tokens()
    password, times = browser.authorize(prompt="login"), browser.get(f"/oauth/account?client_id={USER.id}")
    scripts = ((password, SHOW_NAME, SHOW), (password, PASSKEY_NAME, PASSKEY), (times, TIMES_NAME, TIMES))
    for page, name, text in scripts:
        assert f'<script src="{URL}/oauth/{name}" defer></script>' in page.text
        policy = page.headers["content-security-policy"]
        assert f" {URL}/oauth/{name}" in policy[policy.index("script-src") : policy.index("style-src")]
        script = browser.get(f"/oauth/{name}")
        assert script.text == text
        assert script.headers["content-type"].startswith("text/javascript")
        assert "immutable" in script.headers["cache-control"]


def test_cookies_are_for_us_alone(browser: Browser) -> None:
    forgot = browser.fill(browser.ask("forgot"), email=EMAIL)
    for answer in (forgot, browser.submit(browser.authorize())):
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert "Secure" not in cookie, "http://localhost could not keep it"


def test_over_https_cookies_are_secure_and_cannot_be_planted_by_a_neighbour(secure: Browser) -> None:
    page = secure.get("/oauth/authorize", params=request(USER))
    answer = secure.post(f"https://help.example{action_of(page)}", {"email": EMAIL, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 303
    assert cookie.startswith("__Host-uconnect_session_user=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie


def test_discovery_names_the_issuer_as_it_was_configured_and_endpoints_that_answer(browser: Browser) -> None:
    said = browser.get("/.well-known/openid-configuration").json()
    assert said["issuer"] == URL
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["id_token_signing_alg_values_supported"] == ["ES256"]
    for name in ("authorization", "token", "userinfo", "revocation"):
        assert browser.get(said[f"{name}_endpoint"]).status_code in {400, 401, 405}
    assert browser.get(said["end_session_endpoint"]).status_code == 200, "who is not signed in is signed out already"
    (key,) = browser.get(said["jwks_uri"]).json()["keys"]
    assert (key["kty"], key["use"], key["alg"]) == ("EC", "sig", "ES256")
    assert "d" not in key, "that is the private half"


def test_an_issuer_may_live_below_a_path(secure: Browser) -> None:
    said = secure.get("/.well-known/openid-configuration").json()
    assert said["token_endpoint"] == "https://help.example/id/oauth/token"
    assert 'action="/id/oauth/sign-in?' in secure.get("/oauth/authorize", params=request(USER)).text


def test_userinfo_tells_the_e_mail_to_who_holds_an_access_token(world: World, browser: Browser) -> None:
    held = browser.tokens()
    for call in (browser.http.get, browser.http.post):
        answer = world.wait(call("/oauth/userinfo", headers={"authorization": f"Bearer {held['access_token']}"}))
        assert answer.json() == {"sub": world.subject, "email": EMAIL, "email_verified": True}


def test_userinfo_tells_nothing_to_anyone_else(world: World, browser: Browser) -> None:
    held = browser.tokens()
    for value in ("", "Bearer", "Bearer ", "Bearer x", f"Bearer {held['id_token']}", f"Basic {held['access_token']}"):
        answer = browser.get("/oauth/userinfo", headers={"authorization": value})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    world.clock.at += 600
    late = browser.get("/oauth/userinfo", headers={"authorization": f"Bearer {held['access_token']}"})
    assert late.status_code == 401


def test_userinfo_tells_nothing_to_who_has_signed_out(browser: Browser) -> None:
    held = browser.tokens()
    browser.get("/oauth/sign-out", params={"id_token_hint": held["id_token"]})
    answer = browser.get("/oauth/userinfo", headers={"authorization": f"Bearer {held['access_token']}"})
    assert answer.status_code == 401


def test_the_public_trust_believes_what_the_issuer_signs(world: World, browser: Browser) -> None:
    token = browser.tokens()["access_token"]
    claims = verification.verify(token, world.issuer.keys.trust, world.clock.at)
    assert claims is not None
    assert (claims.issuer, claims.subject, claims.client) == (URL, world.subject, USER.id)
    assert claims.expires == world.clock.at + 600
    published = verification.TokenTrust.of(URL, browser.get("/oauth/jwks").json(), [USER.id], "ES256")
    assert verification.verify(token, published, world.clock.at) == claims


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/oauth/jwks", "/oauth/userinfo"])
def test_the_sites_scripts_may_read_and_others_may_not(browser: Browser, path: str) -> None:
    ours = browser.get(path, headers={"origin": "http://localhost:8002"})
    assert ours.headers["access-control-allow-origin"] == "http://localhost:8002"
    assert "access-control-allow-credentials" not in ours.headers
    assert "Origin" in ours.headers["vary"]
    assert "access-control-allow-origin" not in browser.get(path, headers={"origin": "https://evil.example"}).headers


def test_a_sites_script_may_ask_for_tokens_first(world: World, browser: Browser) -> None:
    def ask(origin: str) -> httpx.Response:
        headers = {"origin": origin, "access-control-request-method": "POST"}
        return world.wait(browser.http.options("/oauth/token", headers=headers))

    assert ask("http://localhost:8001").headers["access-control-allow-origin"] == "http://localhost:8001"
    assert ask("https://evil.example").status_code == 400


def test_pages_are_not_for_scripts(browser: Browser) -> None:
    page = browser.get("/oauth/authorize", params=request(USER), headers={"origin": "http://localhost:8001"})
    assert "access-control-allow-origin" not in page.headers


def test_no_log_line_holds_an_e_mail_a_password_a_token_or_a_code(
    world: World, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("", "uconnect"):
        caplog.set_level(logging.DEBUG, logger=name)
    code = browser.sign_in()
    held = browser.exchange(code).json()
    held |= {"next": browser.refresh(held["refresh_token"]).json()["refresh_token"]}
    browser.submit(browser.authorize(prompt="login"), password="wrong")
    cookies = list(browser.http.cookies.values())
    lines = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]
    for secret in (EMAIL, PASSWORD, code, *cookies, *(value for value in held.values() if isinstance(value, str))):
        if secret not in {"Bearer", "openid email profile"}:
            assert not [line for line in lines if secret in line]


def test_clients_that_would_share_a_cookie_are_refused(tmp_path: Path) -> None:
    database = Database(tmp_path / "other.db", [MIGRATIONS])
    try:
        with pytest.raises(ValueError, match="have the same id"):
            Provider(database, URL, [Client("a-user", "You", ()), Client("b-user", "You", ())], Outbox(database))
    finally:
        database.close()


def test_a_stranger_with_junk_never_enters_the_writer(world: World, browser: Browser) -> None:
    """Who has nothing of ours is looked up by a reader and let go: a write waits in one queue with what people send."""
    tokens, executed = world.browser().tokens(), list[str]()
    old = world.browser()
    hint = world.wait(world.issuer.keys.read_hint(tokens["id_token"]))
    assert hint is not None
    world.wait(world.issuer.sessions.end([hint["sid"]]))
    world.database.write(lambda connection: connection.set_trace_callback(executed.append))
    for cookie in Cookie:
        browser.http.cookies.set(world.issuer.sessions._name(USER, cookie), "junk")
    executed.clear()
    plain = {"client_id": USER.id}
    for path in ("code", "new-password", "join", "letter", "invitation", "password", "email", "again", "account"):
        for query in ({}, {"token": "junk"}):
            address = f"/oauth/{path}?{urlencode(plain | query)}"
            assert browser.get(address).status_code < 500
            typed = {"code": "12345678", "password": "p" * 12, "again": "1"}
            assert browser.post(address, typed).status_code < 500
    for hinted in ({}, {"id_token_hint": "junk"}, {"id_token_hint": tokens["id_token"]}):
        assert old.get(f"/oauth/sign-out?{urlencode(plain | hinted)}").status_code < 500
        assert old.post("/oauth/sign-out", plain | hinted).status_code < 500
    assert browser.get("/oauth/sign-out").status_code == browser.post("/oauth/sign-out", {}).status_code == 200
    assert browser.post("/oauth/open-invitation", plain | {"invitation": "junk"}).status_code < 500
    assert browser.authorize(prompt="none").status_code == 303
    assert browser.post("/oauth/revoke", plain | {"token": tokens["refresh_token"]}).status_code == 200
    assert browser.refresh(tokens["refresh_token"]).status_code == 400
    assert browser.get("/oauth/userinfo", headers={"Authorization": "Bearer junk"}).status_code == 401
    assert executed == []
