"""idpyoidc, which others wrote and had certified, signs people in with our provider, and checks its ID tokens."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from cryptojwt.exception import BadSignature
from idpyoidc.client.defaults import DEFAULT_OIDC_SERVICES
from idpyoidc.client.exception import OidcServiceError
from idpyoidc.client.oauth2.stand_alone_client import StandAloneClient
from idpyoidc.client.oidc.end_session import EndSession
from idpyoidc.client.oidc.provider_info_discovery import ProviderInfoDiscovery
from idpyoidc.exception import MissingRequiredAttribute, NotForMe, VerificationError
from idpyoidc.message.oidc import AtHashError, EXPError, IATError, ProviderConfigurationResponse, verify_id_token

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
from uconnect.oidc_provider.token_store import ALGORITHM

PKCE = {
    "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
    "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
}


class Description(ProviderConfigurationResponse):
    """The discovery document, which is held to the standard but for one rule: we sign with ES256 alone, see
    `endpoints.description`."""

    def verify(self, **given: Any) -> bool:
        signed = [*self["id_token_signing_alg_values_supported"], "RS256"]
        standard = ProviderConfigurationResponse(**self.to_dict() | {"id_token_signing_alg_values_supported": signed})
        return bool(standard.verify(**given))


class Discovery(ProviderInfoDiscovery):
    response_cls = Description


SERVICES = DEFAULT_OIDC_SERVICES | {"discovery": {"class": Discovery}, "end_session": {"class": EndSession}}


class Site:
    """The client, and a browser that goes where it sends it."""

    def __init__(self, provider: TriedProvider, browser: SigningInBrowser) -> None:
        self.browser = browser
        config = {
            "issuer": provider.url,
            "base_url": provider.url,
            "client_id": CLIENT,
            "client_type": "oidc",
            "redirect_uris": [provider.home],
            "post_logout_redirect_uris": [provider.home],
            "token_endpoint_auth_method": "none",
            "preference": {"id_token_signed_response_alg": ALGORITHM},
            "add_ons": {"pkce": PKCE},
        }
        self.client = StandAloneClient(config=config, services=SERVICES)
        assert self.client.do_provider_info() == provider.url
        self.client.do_client_registration()

    def begin(self, **asked: object) -> str:
        """Where the browser lands with the answer to a request."""
        return self.browser.navigate(self.client.init_authorization({"scope": ["openid", "email", "profile"]} | asked))

    def finish(self, landed: str) -> dict[str, Any]:
        """What the client makes of an answer."""
        found: dict[str, Any] = self.client.finalize(parameters(landed))
        return found


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TriedProvider]:
    with tried_provider(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def site(provider: TriedProvider) -> Iterator[Site]:
    with closing((browser := SigningInBrowser(provider)).http):
        browser.http.cookies.set("uconnect_session_user", provider.server.sign_in(Kind.USER, EMAIL, NAME)[1])
        yield Site(provider, browser)


def test_a_person_signs_in_stays_signed_in_and_signs_out(site: Site, provider: TriedProvider) -> None:
    found = site.finish(site.begin())
    userinfo, state = found["userinfo"], found["state"]
    assert (userinfo["email"], userinfo["email_verified"], userinfo["name"]) == (EMAIL, True, NAME)
    renewed = site.client.refresh_access_token(state)
    assert renewed["access_token"] != found["token"]
    assert site.client.get_user_info(state)["sub"] == found["id_token"]["sub"]
    leaving = site.client.logout(state)
    assert site.browser.navigate(leaving["url"]) == changed(provider.home, state=leaving["request"]["state"])
    assert site.finish(site.begin(prompt="none"))["error"] == "login_required"


def test_a_request_with_what_we_do_not_know_is_answered(site: Site) -> None:
    """OpenID Connect Core §3.1.2.1: what is asked for and not understood is ignored."""
    asked = {"display": "popup", "ui_locales": ["se", "en"], "acr_values": ["1"], "login_hint": EMAIL, "extra": "more"}
    assert site.finish(site.begin(**asked))["userinfo"]["email"] == EMAIL


def test_a_code_that_is_used_again_ends_what_it_has_given(site: Site) -> None:
    landed = site.begin()
    state = site.finish(landed)["state"]
    with pytest.raises(OidcServiceError, match="invalid_grant"):
        site.finish(landed)
    with pytest.raises(OidcServiceError, match="invalid_grant"):
        site.client.refresh_access_token(state)


@pytest.mark.parametrize(
    ("wrong", "raised", "told"),
    [
        ({"iss": "https://evil.example"}, ValueError, "Unknown issuer"),
        ({"iss": None}, MissingRequiredAttribute, "iss"),
        ({"aud": "uconnect-school"}, NotForMe, "not in"),
        ({"aud": [CLIENT, "uconnect-school"]}, VerificationError, "azp missing"),
        ({"azp": "uconnect-school"}, NotForMe, "azp"),
        ({"nonce": "another"}, ValueError, "Invalid nonce"),
        ({"nonce": None}, ValueError, "Invalid nonce"),
        ({"exp": 1}, EXPError, "expiration"),
        ({"iat": 1}, IATError, "too long ago"),
        ({"iat": 2**33, "exp": 2**33 + 1}, IATError, "in the future"),
        ({"sub": "somebody-else"}, ValueError, 'Incorrect "sub"'),
        ({"signed by a stranger": True}, BadSignature, "^$"),
    ],
)
def test_a_wrong_id_token_is_refused(
    site: Site, provider: TriedProvider, wrong: dict[str, object], raised: type[Exception], told: str
) -> None:
    landed = site.begin()
    with provider.wrong(**wrong), pytest.raises(raised, match=told):
        site.finish(landed)


def test_the_id_token_is_bound_to_its_access_token(site: Site, provider: TriedProvider) -> None:
    """idpyoidc checks at_hash in the answers of other flows. The rule is the same here."""

    def tokens() -> Any:
        state = parameters(landed := site.begin())["state"]
        site.client.finalize_auth(parameters(landed))
        return site.client.get_tokens(state)

    known = site.client.get_service("accesstoken").gather_verify_arguments()
    assert verify_id_token(tokens(), check_hash=True, **known)
    with provider.wrong(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), pytest.raises(AtHashError):
        verify_id_token(tokens(), check_hash=True, **known)


@pytest.mark.parametrize(
    ("change", "told"), [({"iss": "https://evil.example"}, "Issuer mismatch"), ({"state": "another"}, "Unknown state")]
)
def test_an_answer_of_somebody_else_is_refused(site: Site, change: dict[str, str], told: str) -> None:
    """RFC 9207 §2.4: the answer names its issuer."""
    landed = site.begin()
    with pytest.raises((VerificationError, KeyError), match=told):
        site.finish(changed(landed, **change))
