"""A provider that is broken, or means harm: a person reads a page of ours, the operator a line, and nothing breaks."""

import logging
from typing import Any

import pytest

from tests.unit.oidc_provider.provider_kit import Browser, World, landed
from tests.unit.oidc_provider.test_upstream_logout import tell
from tests.unit.oidc_provider.upstream_kit import GRACE, Campus, press
from uconnect.oidc_provider.upstream_client import UpstreamClient, UpstreamFailure
from uconnect.oidc_provider.upstream_tokens import LIFETIME, RELOAD

HALF = "\ud800 is half a character"
NO_NUMBER = float("nan")
ENDLESS = float("inf")


@pytest.fixture
def campus(world: World) -> Campus:
    return Campus(world)


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": HALF},
        {"sid": HALF},
        {"email": HALF},
        {"name": HALF},
        {"auth_time": NO_NUMBER},
        {"auth_time": ENDLESS},
        {"exp": NO_NUMBER},
        {"exp": ENDLESS},
        {"anything": [{"else": NO_NUMBER}]},
    ],
    ids=str,
)
def test_a_token_that_is_no_json_signs_nobody_in(campus: Campus, browser: Browser, claims: dict[str, Any]) -> None:
    campus.provider.token_claims = claims
    answer = campus.arrive(browser)
    assert answer.status_code == 502
    assert "could not verify the answer" in answer.text
    campus.provider.token_claims = {}
    assert "code" in landed(campus.join(browser)), "the next person is signed in"


@pytest.mark.parametrize("claims", [{"sub": HALF}, {"sid": HALF}, {"jti": HALF}, {"exp": NO_NUMBER}], ids=str)
def test_a_logout_token_that_is_no_json_ends_nothing(campus: Campus, browser: Browser, claims: dict[str, Any]) -> None:
    campus.join(browser)
    assert tell(browser, campus.provider.logout_token(**claims)) == 400


@pytest.mark.parametrize("at", [-5, -(10**30), 10**30, True, 1.5])
def test_a_proof_of_any_time_can_be_kept(campus: Campus, browser: Browser, at: float) -> None:
    campus.provider.token_claims = {"auth_time": at}
    assert "code" in landed(campus.join(browser))


@pytest.mark.parametrize("access_token", [7, ["at"], {"at": 1}, True])
def test_an_access_token_that_is_no_text_is_none(campus: Campus, browser: Browser, access_token: object) -> None:
    campus.provider.access_token = access_token
    campus.provider.token_claims = {"at_hash": "x"}
    assert "could not verify the answer" in campus.arrive(browser).text


def test_keys_without_names_may_be_replaced(campus: Campus, browser: Browser) -> None:
    """OpenID Connect Core §10.1: a key needs a name only where there are several."""
    campus.provider.nameless_keys = campus.provider.hides_key_id = True
    campus.join(browser)
    campus.world.clock.at += RELOAD
    campus.provider.rotate()
    campus.provider.forget_old_keys()
    assert "code" in landed(campus.arrive(browser))


def test_a_key_that_is_replaced_under_its_name_is_fetched(campus: Campus, browser: Browser) -> None:
    campus.join(browser)
    campus.world.clock.at += RELOAD
    campus.provider.replace_key()
    assert "code" in landed(campus.arrive(browser))


def test_a_key_that_the_provider_takes_back_is_not_believed_for_long(campus: Campus, browser: Browser) -> None:
    campus.join(browser)
    stolen = campus.provider.keys
    campus.provider.keys = [campus.provider.new_key()]
    published = campus.provider.keys
    campus.world.clock.at += LIFETIME
    campus.provider.keys, campus.provider.published = stolen, published
    assert "could not verify the answer" in campus.arrive(browser).text


def test_keys_that_are_known_count_while_the_provider_publishes_none(campus: Campus, browser: Browser) -> None:
    campus.join(browser)
    campus.world.clock.at += LIFETIME
    campus.provider.down.add("/jwks")
    assert "code" in landed(campus.arrive(browser))


def test_forged_tokens_make_us_ask_for_keys_once_in_a_while(campus: Campus, browser: Browser) -> None:
    campus.join(browser)
    campus.world.clock.at += RELOAD
    campus.provider.forged = True
    for _ in range(5):
        assert tell(browser, campus.provider.logout_token()) == 400
    assert len([it for it in campus.provider.requests if it.url.path == "/jwks"]) == 2


@pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize("address", ["http://127.0.0.1:6379/x", "http://localhost/", "http://[::1]:9200/"])
def test_a_provider_elsewhere_leads_to_nothing_on_this_computer(
    campus: Campus, browser: Browser, endpoint: str, address: str
) -> None:
    campus.provider.issuer = "https://idp.uni.example"
    campus.provider.metadata = {endpoint: address}
    campus.set(issuer=campus.provider.issuer)
    assert press(browser, browser.authorize()).status_code == 502
    assert [it.url.path for it in campus.provider.requests] == ["/.well-known/openid-configuration"]


def test_what_a_person_does_there_is_in_no_log(
    campus: Campus, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    campus.arrive(browser, person=None)
    campus.provider.error = "login_required"
    campus.arrive(browser, person=None)
    address = campus.provider.answer(campus.leave(browser), GRACE)
    campus.provider.codes.clear()
    assert "took too long" in browser.get(address).text
    assert not [it for it in caplog.records if it.name == "uconnect"]


def test_a_failure_that_is_remembered_keeps_nothing_of_those_who_meet_it(campus: Campus, world: World) -> None:
    """An error that is raised again holds the frames of each request, with the secrets in them."""
    campus.provider.down.add("/.well-known/openid-configuration")
    client = UpstreamClient(campus.upstream, "http://localhost/return", world.clock, world.fetching)

    def failure() -> UpstreamFailure:
        with pytest.raises(UpstreamFailure) as raised:
            world.wait(client.metadata())
        return raised.value

    failure()
    again = [failure() for _ in range(3)]
    assert len({id(it) for it in again}) == 3
