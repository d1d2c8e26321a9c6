"""oidc-client-ts, which others wrote for pages in browsers, signs people in with our provider."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support.oidc_client_ts import ClientError, OidcClientTs, oidc_client_ts
from tests.support.standard_clients import (
    CLIENT,
    EMAIL,
    NAME,
    SigningInBrowser,
    TriedProvider,
    changed,
    parameters,
    tried_provider,
)
from uconnect.domain.enums import Kind

COOKIE = "uconnect_session_user"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TriedProvider]:
    with tried_provider(tmp_path_factory.mktemp("provider")) as provider:
        with closing((browser := SigningInBrowser(provider)).http):
            browser.sign_up()
        yield provider


@pytest.fixture
def browser(provider: TriedProvider) -> Iterator[SigningInBrowser]:
    with closing((browser := SigningInBrowser(provider)).http):
        yield browser


@pytest.fixture
def client(provider: TriedProvider, browser: SigningInBrowser) -> Iterator[OidcClientTs]:
    with oidc_client_ts(
        browser.navigate,
        authority=provider.url,
        client_id=CLIENT,
        redirect_uri=provider.home,
        post_logout_redirect_uri=provider.home,
        scope="openid email profile",
        loadUserInfo=True,
        includeIdTokenInSilentRenew=True,
    ) as client:
        yield client


@pytest.fixture
def signed_in(provider: TriedProvider, browser: SigningInBrowser) -> None:
    """The browser has a session, of two minutes ago."""
    browser.http.cookies.set(COOKIE, provider.server.sign_in(Kind.USER, EMAIL, NAME, ago=120)[1])


def test_a_person_signs_in_stays_signed_in_and_signs_out(client: OidcClientTs, browser: SigningInBrowser) -> None:
    begun = client.call("signinPopup", {"nonce": "a-nonce", "state": {"page": "#/threads"}})
    assert (begun["state"], begun["scope"]) == ({"page": "#/threads"}, "openid email profile")
    profile = begun["profile"]
    assert (profile["email"], profile["email_verified"], profile["name"]) == (EMAIL, True, NAME)
    renewed = client.call("signinSilent")
    assert renewed["refresh_token"] != begun["refresh_token"]
    assert renewed["profile"]["sub"] == profile["sub"]
    silent = client.call("signinSilent", {"forceIframeAuth": True})
    assert silent["refresh_token"].partition(".")[0] != begun["refresh_token"].partition(".")[0]
    assert silent["profile"]["sub"] == profile["sub"]
    client.call("signoutPopup")
    assert COOKIE not in browser.http.cookies
    with pytest.raises(ClientError, match="login_required"):
        client.call("signinSilent", {"forceIframeAuth": True})


@pytest.mark.usefixtures("signed_in")
def test_a_revoked_token_is_worth_nothing(client: OidcClientTs, browser: SigningInBrowser) -> None:
    held = client.call("signinPopup")["refresh_token"]
    client.call("revokeTokens", ["refresh_token"])
    asked = {"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": held}
    assert browser.http.post("/oauth/token", data=asked).json()["error"] == "invalid_grant"


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"scope": "email"}, "invalid_scope"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://example.org/request"}, "request_uri_not_supported"),
        ({"prompt": "none", "max_age": 60}, "login_required"),
    ],
)
def test_a_request_that_cannot_be_answered_comes_back_as_an_error(
    client: OidcClientTs, asked: dict[str, object], error: str
) -> None:
    with pytest.raises(ClientError) as raised:
        client.call("signinPopup", {"state": "the page"} | asked)
    assert (raised.value.error, raised.value.state) == (error, "the page")


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"nonce": "another"}, "nonce in id_token does not match"),
        ({"nonce": None}, "nonce in id_token does not match"),
        ({"sub": None}, "missing a subject"),
        ({"sub": "somebody-else"}, "subject from UserInfo response does not match"),
    ],
)
def test_a_wrong_id_token_is_refused(
    client: OidcClientTs, provider: TriedProvider, wrong: dict[str, object], told: str
) -> None:
    with provider.wrong(**wrong), pytest.raises(ClientError, match=told):
        client.call("signinPopup", {"nonce": "a-nonce"})


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"sub": "somebody-else"}, "sub in id_token does not match"),
        ({"auth_time": 1}, "auth_time in id_token does not match"),
        ({"azp": "another"}, "azp in id_token does not match"),
    ],
)
def test_a_wrong_id_token_is_refused_at_a_refresh(
    client: OidcClientTs, provider: TriedProvider, wrong: dict[str, object], told: str
) -> None:
    client.call("signinPopup")
    with provider.wrong(**wrong), pytest.raises(ClientError, match=told):
        client.call("signinSilent")


@pytest.mark.usefixtures("signed_in")
def test_an_answer_to_another_request_is_refused(client: OidcClientTs, browser: SigningInBrowser) -> None:
    def navigate(url: str) -> str:
        return changed(browser.navigate(url), state="another")

    with pytest.raises(ClientError, match="No matching state"):
        client.call("signinPopup", navigate=navigate)


@pytest.mark.usefixtures("signed_in")
def test_a_code_of_another_request_is_refused(client: OidcClientTs, browser: SigningInBrowser) -> None:
    """Somebody puts a code that they have got into another person's answer: PKCE stops it (RFC 9700 §4.5)."""

    def navigate(url: str) -> str:
        stolen = parameters(browser.navigate(changed(url, code_challenge="c" * 43)))["code"]
        return changed(browser.navigate(url), code=stolen)

    with pytest.raises(ClientError) as raised:
        client.call("signinPopup", navigate=navigate)
    assert raised.value.error == "invalid_grant"


@pytest.mark.usefixtures("signed_in")
def test_who_has_said_again_who_they_are_stays_signed_in(client: OidcClientTs, browser: SigningInBrowser) -> None:
    begun = client.call("signinPopup")
    browser.confirm()
    assert client.call("signinSilent")["profile"]["sub"] == begun["profile"]["sub"]


@pytest.mark.usefixtures("signed_in")
def test_a_renewal_is_never_answered_for_another_person(
    client: OidcClientTs, provider: TriedProvider, browser: SigningInBrowser
) -> None:
    client.call("signinPopup")
    browser.http.cookies.set(COOKIE, provider.server.sign_in(Kind.USER, "eve@example.org", "Eve")[1])
    landed = []

    def navigate(url: str) -> str:
        landed.append(browser.navigate(url))
        return landed[-1]

    with pytest.raises(ClientError, match="login_required"):
        client.call("signinSilent", {"forceIframeAuth": True}, navigate)
    assert "code" not in parameters(landed[0])
