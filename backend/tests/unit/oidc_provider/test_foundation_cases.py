"""The OpenID Foundation's cases for providers, as far as they apply: docs/openid-conformance.md says where each is.

The name of the Foundation's test module is the id of a case, or stands in the test's docstring. Cases that tests beside
this file have already are not here.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.unit.oidc_provider.provider_kit import (
    EMAIL,
    PASSWORD,
    SCHOOL,
    URL,
    USER,
    WORKER,
    Browser,
    World,
    landed,
    request,
)
from uconnect.adapters.sqlite import Database
from uconnect.adapters.tokens import verification

HOME = USER.post_logout_redirect_uris[0]
NAMED = "grace@example.org"  # an account with a name


def userinfo(browser: Browser, access_token: str) -> httpx.Response:
    return browser.get("/oauth/userinfo", headers={"authorization": f"Bearer {access_token}"})


def claims(browser: Browser, id_token: str) -> dict[str, Any]:
    """What an ID token says, checked as a site does it: with nothing but what the provider publishes."""
    discovery = browser.get("/.well-known/openid-configuration").json()
    keys = KeySet.import_key_set(browser.get(discovery["jwks_uri"]).json())
    found = jwt.decode(id_token, keys, algorithms=discovery["id_token_signing_alg_values_supported"])
    assert found.header["kid"] in {key.kid for key in keys.keys}
    assert (found.claims["iss"], found.claims["aud"]) == (discovery["issuer"], USER.id)
    return dict(found.claims)


def encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


# --- Basic: tokens and userinfo ---------------------------------------------------------------------------------------


def test_a_site_can_check_all_that_it_gets_by_what_is_published(world: World, browser: Browser) -> None:
    """oidcc-server"""
    code = browser.sign_in()
    assert len(code) >= 43, "256 bits: nobody guesses it (RFC 6749 §10.10)"
    answer = browser.exchange(code)
    assert answer.headers["content-type"] == "application/json"
    held = answer.json()
    said = claims(browser, held["id_token"])
    half = hashlib.sha256(held["access_token"].encode()).digest()[:16]
    assert base64.urlsafe_b64decode(said["at_hash"] + "==") == half
    assert said["iat"] == world.clock.at < said["exp"]
    assert said["nonce"] == "the-nonce"
    assert said.keys() == {"iss", "sub", "aud", "iat", "exp", "auth_time", "sid", "at_hash", "nonce"}
    assert userinfo(browser, held["access_token"]).json()["sub"] == said["sub"]


@pytest.mark.parametrize(
    ("scope", "granted", "told"),
    [
        pytest.param("openid profile", "openid profile", {"sub", "name"}, id="oidcc-scope-profile"),
        pytest.param("openid email", "openid email", {"sub", "email", "email_verified"}, id="oidcc-scope-email"),
        pytest.param("openid address", "openid", {"sub"}, id="oidcc-scope-address"),
        pytest.param("openid phone", "openid", {"sub"}, id="oidcc-scope-phone"),
        pytest.param(
            "openid email phone address profile",
            "openid email profile",
            {"sub", "email", "email_verified", "name"},
            id="oidcc-scope-all",
        ),
        pytest.param("openid", "openid", {"sub"}, id="openid-alone"),
        pytest.param("openid offline_access openid", "openid", {"sub"}, id="unknown-and-twice"),
    ],
)
def test_userinfo_tells_what_the_scopes_ask_for_and_unknown_scopes_are_ignored(
    world: World, browser: Browser, scope: str, granted: str, told: set[str]
) -> None:
    world.wait(world.issuer.accounts.create_all([("Grace", NAMED)], PASSWORD))
    code = landed(browser.submit(browser.authorize(scope=scope), NAMED))["code"]
    held = browser.exchange(code).json()
    assert held["scope"] == granted
    assert userinfo(browser, held["access_token"]).json().keys() == told
    assert not claims(browser, held["id_token"]).keys() & {"name", "email", "address", "phone_number"}


def test_an_access_token_in_a_form_is_not_looked_at(browser: Browser) -> None:
    """oidcc-userinfo-post-body"""
    answer = browser.post("/oauth/userinfo", {"access_token": browser.tokens()["access_token"]})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_refreshed_id_token_is_of_the_same_sign_in_and_scopes_may_only_shrink(world: World, browser: Browser) -> None:
    """oidcc-refresh-token"""
    held = browser.tokens(scope="openid email")
    world.clock.at += 1
    about = {"grant_type": "refresh_token", "client_id": USER.id, "refresh_token": held["refresh_token"]}
    assert browser.post("/oauth/token", about | {"scope": "openid email profile"}).json()["error"] == "invalid_scope"
    refreshed = browser.post("/oauth/token", about | {"scope": "openid"}).json()
    first, second = claims(browser, held["id_token"]), claims(browser, refreshed["id_token"])
    same = ("iss", "sub", "aud", "auth_time", "sid")
    assert [first[it] for it in same] == [second[it] for it in same]
    assert second["iat"] == first["iat"] + 1
    assert "nonce" not in second
    assert userinfo(browser, refreshed["access_token"]).json() == {"sub": world.subject}


def test_a_code_used_again_after_30_seconds_ends_the_access_token(world: World, browser: Browser) -> None:
    """oidcc-codereuse-30seconds"""
    code = browser.sign_in()
    held = browser.exchange(code).json()
    world.clock.at += 30
    assert userinfo(browser, held["access_token"]).status_code == 200
    assert browser.exchange(code).json()["error"] == "invalid_grant"
    assert userinfo(browser, held["access_token"]).status_code == 401


# --- Basic: what a site may ask for -----------------------------------------------------------------------------------


def test_no_order_of_parameters_or_scopes_matters(browser: Browser) -> None:
    """oidcc-alternate-happy-flow"""
    asked = dict(reversed(request(USER, scope="email openid").items()))
    code = landed(browser.submit(browser.get(f"/oauth/authorize?{urlencode(asked)}")))["code"]
    held = browser.exchange(code).json()
    assert set(held["scope"].split()) == {"openid", "email"}
    assert userinfo(browser, held["access_token"]).json()["email"] == EMAIL


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"display": "page"}, id="oidcc-display-page"),
        pytest.param({"display": "popup"}, id="oidcc-display-popup"),
        pytest.param({"extra": "foobar"}, id="oidcc-ensure-request-with-unknown-parameter-succeeds"),
        pytest.param({"ui_locales": "se"}, id="oidcc-ui-locales"),
        pytest.param({"claims_locales": "se"}, id="oidcc-claims-locales"),
        pytest.param({"acr_values": "1 2"}, id="oidcc-ensure-request-with-acr-values-succeeds"),
        pytest.param({"claims": '{"userinfo": {"name": {"essential": true}}}'}, id="oidcc-claims-essential"),
    ],
)
def test_what_we_have_no_use_for_is_ignored(world: World, browser: Browser, asked: dict[str, str]) -> None:
    """The answer is that to a request without it. So no `acr` says how somebody signed in (leak 43)."""
    world.wait(world.issuer.accounts.create_all([("Grace", NAMED)], PASSWORD))
    code = landed(browser.submit(browser.authorize(scope="openid email", **asked), NAMED))["code"]
    held = browser.exchange(code).json()
    assert claims(browser, held["id_token"]).keys() & {"acr", "amr", "name"} == set()
    assert userinfo(browser, held["access_token"]).json().keys() == {"sub", "email", "email_verified"}


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"prompt": "login"}, id="oidcc-prompt-login"),
        pytest.param({"max_age": "1"}, id="oidcc-max-age-1"),
    ],
)
def test_who_has_to_sign_in_again_has_done_so_later(world: World, browser: Browser, asked: dict[str, str]) -> None:
    first = claims(browser, browser.tokens()["id_token"])
    world.clock.at += 2
    page = browser.authorize(**asked)
    assert page.status_code == 200
    code = landed(browser.submit(page))["code"]
    second = claims(browser, browser.exchange(code).json()["id_token"])
    assert second["sub"] == first["sub"]
    assert second["auth_time"] == first["auth_time"] + 2


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        pytest.param({}, {"prompt": "none"}, id="oidcc-prompt-none-logged-in"),
        pytest.param({"max_age": "15000"}, {"max_age": "10000"}, id="oidcc-max-age-10000"),
        pytest.param({}, {"prompt": "none", "id_token_hint": "the first"}, id="oidcc-id-token-hint"),
    ],
)
def test_who_is_signed_in_is_not_asked_and_stays_the_same(
    world: World, browser: Browser, before: dict[str, str], asked: dict[str, str]
) -> None:
    held = browser.tokens(**before)
    world.clock.at += 2
    hint = {"id_token_hint": held["id_token"]} if "id_token_hint" in asked else {}
    code = landed(browser.authorize(**(asked | hint)))["code"]
    first, second = claims(browser, held["id_token"]), claims(browser, browser.exchange(code).json()["id_token"])
    assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])


def test_a_long_state_comes_back_whole_with_the_error_too(browser: Browser) -> None:
    """oidcc-prompt-none-not-logged-in"""
    state = "s-._~" * 25 + "end"
    assert landed(browser.authorize(prompt="none", state=state)) == {
        "error": "login_required",
        "state": state,
        "iss": URL,
    }


def test_a_foreign_address_is_refused_before_a_request_object_is(browser: Browser) -> None:
    """oidcc-ensure-request-object-with-redirect-uri"""
    inner = request(USER) | {"iss": USER.id, "aud": URL}
    plain = f"{encoded({'alg': 'none'})}.{encoded(inner)}."
    assert landed(browser.authorize(request=plain))["error"] == "request_not_supported"
    answer = browser.authorize(request=plain, redirect_uri=f"{USER.redirect_uris[0]}/elsewhere")
    assert answer.status_code == 400
    assert "location" not in answer.headers


# --- Config -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def public(database: Database) -> Iterator[Browser]:
    world = World(database, "https://help.example")
    yield Browser(world, "198.51.100.7")
    world.runner.close()


def test_discovery_has_what_is_required_but_rs256(public: Browser) -> None:
    """oidcc-discovery-endpoint-verification, oidcc-rp-initiated-logout-discovery-endpoint-verification"""
    answer = public.get("/.well-known/openid-configuration")
    assert answer.headers["content-type"] == "application/json"
    said = answer.json()
    assert said["issuer"] == "https://help.example"
    addresses = {name for name in said if name.endswith(("_endpoint", "_uri"))}
    assert addresses >= {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"}
    assert "end_session_endpoint" in addresses
    assert all(said[name].startswith("https://help.example/") for name in addresses)
    assert said["response_types_supported"] == ["code"]
    assert said["subject_types_supported"] == ["public"]
    assert said["scopes_supported"] == ["openid", "email", "profile"]
    assert said["grant_types_supported"] == ["authorization_code", "refresh_token"]
    assert said["id_token_signing_alg_values_supported"] == ["ES256"], "decision 0099 says why no RS256"
    for name in ("registration_endpoint", "claims_parameter_supported", "acr_values_supported"):
        assert name not in said


# --- RP-initiated logout ----------------------------------------------------------------------------------------------


def leave(browser: Browser, asked: dict[str, str]) -> httpx.Response:
    return browser.get(f"/oauth/sign-out?{urlencode(asked)}")


def unsigned(id_token: str) -> str:
    return f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{id_token.split('.')[1]}."


def signed_by_somebody_else(browser: Browser, id_token: str) -> str:
    kid = str(verification.key_id(id_token))
    key = ECKey.generate_key("P-256", {"kid": kid})
    return jwt.encode({"alg": "ES256", "kid": kid, "typ": "JWT"}, claims(browser, id_token), key, ["ES256"])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda *_: {"post_logout_redirect_uri": f"{HOME}elsewhere"},
            id="oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
        ),
        pytest.param(
            lambda *_: {"post_logout_redirect_uri": f"{HOME}?foo=bar"},
            id="oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
        ),
        pytest.param(
            lambda _, hint: {"id_token_hint": unsigned(hint)}, id="oidcc-rp-initiated-logout-modified-id-token-hint"
        ),
        pytest.param(
            lambda browser, hint: {"id_token_hint": signed_by_somebody_else(browser, hint)},
            id="oidcc-rp-initiated-logout-bad-id-token-hint",
        ),
        pytest.param(lambda *_: {"id_token_hint": ""}, id="oidcc-rp-initiated-logout-no-id-token-hint"),
    ],
)
def test_a_request_that_nobody_can_trust_leads_nowhere_and_ends_nothing(
    browser: Browser, change: Callable[[Browser, str], dict[str, str]]
) -> None:
    held = browser.tokens()
    good = {"id_token_hint": held["id_token"], "post_logout_redirect_uri": HOME, "state": "s" * 128}
    answer = leave(browser, good | change(browser, held["id_token"]))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "You were not signed out." in answer.text
    assert userinfo(browser, held["access_token"]).status_code == 200
    assert leave(browser, good).headers["location"] == f"{HOME}?state={'s' * 128}"


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({}, id="oidcc-rp-initiated-logout-no-params"),
        pytest.param({"state": "s" * 128}, id="oidcc-rp-initiated-logout-only-state"),
    ],
)
def test_a_request_that_names_no_site_signs_out_of_all_that_the_browser_is_signed_in_to(
    browser: Browser, asked: dict[str, str]
) -> None:
    held = {site.id: browser.tokens(site) for site in (USER, SCHOOL)}
    page = leave(browser, asked)
    assert "You will be signed out of the sites “You” and “School” in this browser." in page.text
    assert [userinfo(browser, it["access_token"]).status_code for it in held.values()] == [200, 200], "asked first"
    done = browser.fill(page)
    assert (done.status_code, "You are signed out" in done.text) == (200, True)
    assert [userinfo(browser, it["access_token"]).status_code for it in held.values()] == [401, 401]
    for site in (USER, SCHOOL, WORKER):
        assert landed(browser.authorize(site, prompt="none"))["error"] == "login_required"
    assert "You are signed out" in leave(browser, asked).text, "there is nobody left to ask"
