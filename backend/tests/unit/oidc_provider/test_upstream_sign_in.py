"""Signing in with a provider of somebody else: from the button to the site's code, and each way it fails."""

from typing import Any

import httpx
import pytest

from tests.support.upstream_provider import SampleIdentity, UpstreamProvider, parse
from tests.unit.oidc_provider.provider_kit import SCHOOL, URL, USER, WORKER, Browser, World, alike, landed
from tests.unit.oidc_provider.upstream_kit import CAMPUS, GRACE, Campus, choices, left_for, press, upstream_of
from uconnect.domain.rate_limit import RateLimit
from uconnect.oidc_provider import throttle
from uconnect.oidc_provider.upstream_client import RETRY
from uconnect.oidc_provider.upstream_settings import SignInMethods
from uconnect.oidc_provider.upstream_tokens import RELOAD


@pytest.fixture
def campus(world: World) -> Campus:
    return Campus(world)


def is_refused(answer: httpx.Response, words: str, status: int) -> None:
    """Nobody is signed in, and the page says why in our words alone."""
    assert answer.status_code == status, answer.text
    assert words in answer.text, answer.text
    assert "upstream words" not in answer.text
    assert "_session_" not in str(answer.headers.get_list("set-cookie"))


def accounts(world: World) -> int:
    return int(world.database.read(lambda c: c.execute("SELECT count(*) FROM issuer_account").fetchone()[0]))


def test_who_comes_for_the_first_time_names_themselves_and_the_site_gets_its_code(
    campus: Campus, browser: Browser, world: World
) -> None:
    page = browser.follow(campus.arrive(browser))
    assert "Create an account" in page.text
    assert 'value="Grace Hopper"' in page.text
    said = landed(browser.fill(page, name="Grace"))
    assert (said["state"], said["iss"]) == ("the-state", URL)
    tokens = browser.exchange(said["code"]).json()
    asked = {"Authorization": f"Bearer {tokens['access_token']}"}
    person = browser.get("/oauth/userinfo", headers=asked).json()
    assert person == {"sub": person["sub"], "email": "grace@uni.example", "email_verified": True, "name": "Grace"}
    assert world.mail("grace@uni.example") == [], "nothing is new to an account that is"


def test_who_has_come_before_is_signed_in_at_once(campus: Campus, browser: Browser, world: World) -> None:
    campus.join(browser)
    another = world.browser()
    assert "code" in landed(campus.arrive(another))
    assert accounts(world) == 2  # with the one of the world


def test_the_request_to_the_provider_is_a_code_flow_with_pkce_state_and_nonce(campus: Campus, browser: Browser) -> None:
    asked = dict(parse(campus.leave(browser)))
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == f"{URL}/oauth/return/{CAMPUS}"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid email profile"
    again = dict(parse(campus.leave(browser)))
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) >= 43
        assert asked[name] != again[name]


def test_a_school_is_not_called_after_the_person_who_opens_it(campus: Campus, browser: Browser) -> None:
    page = browser.follow(campus.arrive(browser, SCHOOL))
    assert "Grace Hopper" not in page.text
    assert "The school&#39;s name" in page.text
    assert "code" in landed_at(browser.fill(page, name="Mathematics"), SCHOOL)


def landed_at(answer: httpx.Response, client: Any) -> dict[str, str]:
    assert answer.headers["location"].startswith(client.redirect_uris[0])
    return landed(answer, client)


def test_many_tabs_may_sign_in_side_by_side(campus: Campus, browser: Browser) -> None:
    campus.join(browser)
    first, second = campus.leave(browser), campus.leave(browser)
    for address in (second, first):
        assert "code" in landed(browser.get(campus.provider.answer(address, GRACE)))


def test_an_answer_is_good_once(campus: Campus, browser: Browser) -> None:
    campus.join(browser)
    address = campus.provider.answer(campus.leave(browser), GRACE)
    assert "code" in landed(browser.get(address))
    is_refused(browser.get(address), "This sign-in has expired", 400)


def test_an_answer_is_good_in_the_browser_that_asked_alone(campus: Campus, browser: Browser, world: World) -> None:
    """Login CSRF: an attacker lets a victim's browser end the sign-in that the attacker began."""
    victim = world.browser()
    address = campus.provider.answer(campus.leave(browser), GRACE)
    is_refused(victim.get(address), "allow cookies", 400)
    campus.leave(victim)
    is_refused(victim.get(address), "This sign-in has expired", 400)
    assert browser.follow(browser.get(address)).status_code == 200  # it is still its owner's


def test_a_code_of_somebody_elses_sign_in_is_worth_nothing(campus: Campus, browser: Browser, world: World) -> None:
    """Code injection (RFC 9700 §4.5): the code of another request, with the own state."""
    stolen = dict(parse(campus.provider.answer(campus.leave(world.browser()), GRACE)))["code"]
    own = dict(parse(campus.provider.answer(campus.leave(browser), GRACE)))
    own["code"] = stolen
    answer = browser.get(f"/oauth/return/{CAMPUS}", params=own)
    is_refused(answer, "is not complete, or took too long", 400)


def test_an_answer_that_comes_too_late_is_refused(campus: Campus, browser: Browser, world: World) -> None:
    address = campus.provider.answer(campus.leave(browser), GRACE)
    world.clock.at += 901
    is_refused(browser.get(address), "This sign-in has expired", 400)


def test_a_page_elsewhere_cannot_send_people_to_the_provider(campus: Campus, browser: Browser) -> None:
    action, _ = choices(browser.authorize())
    answer = browser.post(action, {"provider": CAMPUS}, origin="https://evil.example")
    assert answer.status_code == 403
    assert "http-equiv" not in answer.text


def test_the_pages_are_shown_in_no_frame(campus: Campus, browser: Browser) -> None:
    left = press(browser, browser.authorize())
    back = browser.get(campus.provider.answer(left_for(left), None))
    for page in (left, back):
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"


def test_the_way_back_leads_to_the_site_that_asked_and_nowhere_else(campus: Campus, browser: Browser) -> None:
    """Open redirect: nothing in the provider's answer says where the browser goes."""
    campus.join(browser)
    address = campus.provider.answer(campus.leave(browser), GRACE)
    answer = browser.get(f"{address}&redirect_uri=https://evil.example&to=https://evil.example")
    assert answer.headers["location"].startswith(USER.redirect_uris[0])


def test_a_session_that_was_set_before_is_not_used(campus: Campus, browser: Browser) -> None:
    """Session fixation: the cookie that an attacker has planted opens nothing after."""
    campus.join(browser)
    before = dict(browser.http.cookies)
    campus.arrive(browser)
    after = dict(browser.http.cookies)
    assert before["uconnect_session_user"] != after["uconnect_session_user"]


def test_a_parameter_sent_twice_is_refused(campus: Campus, browser: Browser) -> None:
    address = campus.provider.answer(campus.leave(browser), GRACE)
    state = dict(parse(address))["state"]
    is_refused(browser.get(f"{address}&state={state}"), "This sign-in has expired", 400)


# --- what the provider may do wrong -----------------------------------------------------------------------------------


def test_who_says_no_there_is_told(campus: Campus, browser: Browser) -> None:
    is_refused(campus.arrive(browser, person=None), "did not sign you in, or you canceled it there", 403)


@pytest.mark.parametrize("error", ["login_required", "temporarily_unavailable", "<b>upstream words</b>"])
def test_another_error_is_said_in_our_words(campus: Campus, browser: Browser, error: str) -> None:
    campus.provider.error = error
    answer = campus.arrive(browser, person=None)
    assert answer.status_code in {400, 502, 503}
    assert error not in answer.text


@pytest.mark.parametrize("error", ["invalid_scope", "unauthorized_client"])
def test_who_may_not_use_uconnect_there_is_told(campus: Campus, browser: Browser, error: str) -> None:
    campus.provider.error = error
    is_refused(campus.arrive(browser, person=None), "refused to sign you in", 403)


def test_a_secret_that_the_provider_does_not_accept_is_told_to_the_operator(
    campus: Campus, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    campus.set(secret="another")
    for _ in range(2):
        is_refused(campus.arrive(browser), "refused to sign you in", 403)
    (said,) = (it.getMessage() for it in caplog.records)
    assert said == "a sign-in with the provider campus failed: it does not accept uconnect's client_id, secret or key"


@pytest.mark.parametrize("body", [b'{"error": "invalid_client"}', b'{"error": "unauthorized_client"}'])
def test_a_secret_may_be_refused_as_a_bad_request(campus: Campus, browser: Browser, body: bytes) -> None:
    campus.provider.bodies["/token"], campus.provider.statuses["/token"] = body, 400
    is_refused(campus.arrive(browser), "refused to sign you in", 403)


WRONG: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "audience": {"aud": "another"},
    "no audience": {"aud": None},
    "audiences": {"aud": ["uconnect", "another"]},
    "authorized party": {"azp": "another"},
    "issuer": {"iss": "https://evil.example"},
    "no subject": {"sub": None},
    "long subject": {"sub": "x" * 256},
    "number as subject": {"sub": 7},
    "expired": {"exp": 1_799_999_000},
    "of tomorrow": {"iat": 1_800_090_000},
    "of yesterday": {"iat": 1_799_900_000},
    "no end": {"exp": None},
    "odd time": {"exp": "soon"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_with_a_wrong_claim_signs_nobody_in(campus: Campus, browser: Browser, world: World, wrong: str) -> None:
    campus.provider.token_claims = WRONG[wrong]
    is_refused(campus.arrive(browser), "could not verify the answer", 502)
    assert accounts(world) == 1


def test_two_audiences_are_believed_if_the_token_was_made_for_us(campus: Campus, browser: Browser) -> None:
    campus.provider.token_claims = {"aud": ["uconnect", "another"], "azp": "uconnect"}
    assert campus.arrive(browser).status_code == 303


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_signature_that_anybody_can_make_is_none(campus: Campus, browser: Browser, algorithm: str) -> None:
    campus.provider.algorithm = algorithm
    is_refused(campus.arrive(browser), "could not verify the answer", 502)


def test_a_signature_by_another_key_is_none(campus: Campus, browser: Browser) -> None:
    campus.provider.forged = True
    is_refused(campus.arrive(browser), "could not verify the answer", 502)


def test_clocks_may_differ_by_a_minute(campus: Campus, browser: Browser) -> None:
    ahead = int(campus.world.clock()) + 60
    campus.provider.token_claims = {"iat": ahead, "nbf": ahead, "auth_time": ahead}
    assert "code" in landed(campus.join(browser))


def test_a_new_key_is_fetched_when_it_signs_and_not_for_each_unknown_name(campus: Campus, browser: Browser) -> None:
    campus.join(browser)
    campus.world.clock.at += RELOAD
    campus.provider.rotate()
    assert "code" in landed(campus.arrive(browser))
    fetched = [it for it in campus.provider.requests if it.url.path == "/jwks"]
    assert len(fetched) == 2
    campus.provider.rotate()  # again, at once: as if somebody made up names of keys
    is_refused(campus.arrive(browser), "could not verify the answer", 502)
    assert len([it for it in campus.provider.requests if it.url.path == "/jwks"]) == 2
    campus.world.clock.at += RELOAD
    assert "code" in landed(campus.arrive(browser))


def test_a_token_that_names_no_key_is_of_any_published_one(campus: Campus, browser: Browser) -> None:
    campus.provider.rotate()
    campus.provider.hides_key_id = True
    assert "code" in landed(campus.join(browser))


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"])
def test_a_provider_that_is_down_is_named_with_what_to_do(campus: Campus, browser: Browser, path: str) -> None:
    campus.provider.down.add(path)
    person = SampleIdentity("grace-there", {}, GRACE.claims)
    page = press(browser, browser.authorize())
    answer = page if "http-equiv" not in page.text else browser.get(campus.provider.answer(left_for(page), person))
    is_refused(answer, "Wait a minute, then try again", 503)
    assert answer.headers["retry-after"] == "60"


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"])
@pytest.mark.parametrize("body", [b"upstream words", b"[]", b'{"a":', b"\xff", b"[" * 100_000])
def test_an_answer_that_is_no_json_object_signs_nobody_in(
    campus: Campus, browser: Browser, path: str, body: bytes
) -> None:
    campus.provider.bodies[path] = body
    page = press(browser, browser.authorize())
    person = SampleIdentity("grace-there", {}, GRACE.claims)
    answer = page if "http-equiv" not in page.text else browser.get(campus.provider.answer(left_for(page), person))
    is_refused(answer, "could not verify the answer", 502)


def test_a_description_of_another_issuer_is_not_followed(campus: Campus, browser: Browser) -> None:
    campus.provider.says_issuer = "https://evil.example"
    is_refused(press(browser, browser.authorize()), "could not verify the answer", 502)


@pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize("address", ["http://idp.example/x", "ftp://idp.example", "https://u:p@idp.example/", "//x"])
def test_what_is_not_encrypted_is_not_asked(campus: Campus, browser: Browser, endpoint: str, address: str) -> None:
    campus.provider.metadata = {endpoint: address}
    is_refused(press(browser, browser.authorize()), "could not verify the answer", 502)


@pytest.mark.parametrize("named", ["https://evil.example", ""])
def test_an_answer_that_names_another_issuer_is_refused(campus: Campus, browser: Browser, named: str) -> None:
    """Mix-up (RFC 9207 §2.4). A provider that says it names itself must do so."""
    address = campus.provider.answer(campus.leave(browser), GRACE)
    fields = dict(parse(address)) | {"iss": named}
    answer = browser.get(f"/oauth/return/{CAMPUS}", params={k: v for k, v in fields.items() if v})
    is_refused(answer, "could not verify the answer", 502)


def test_one_provider_cannot_answer_for_another(campus: Campus, browser: Browser, world: World) -> None:
    """Mix-up where nobody names an issuer: each provider has its own address to send people back to."""
    other = UpstreamProvider(world.clock, issuer="http://127.0.0.1:9002", names_issuer=False)
    campus.provider.names_issuer = False
    methods = SignInMethods(upstreams=(campus.upstream, upstream_of(other, id="library", name="Library")))
    campus.use(methods, campus.provider, other)
    address = campus.provider.answer(campus.leave(browser), GRACE)
    is_refused(browser.get(address.replace("/campus?", "/library?")), "This sign-in has expired", 400)
    assert browser.get(address).status_code == 303


def test_userinfo_tells_what_the_token_does_not(campus: Campus, browser: Browser) -> None:
    page = browser.follow(campus.arrive(browser, person=SampleIdentity("grace-there", {}, GRACE.claims)))
    assert "grace@uni.example" in page.text


def test_userinfo_of_somebody_else_is_refused(campus: Campus, browser: Browser) -> None:
    campus.provider.userinfo_subject = "mallory"
    answer = campus.arrive(browser, person=SampleIdentity("grace-there", {}, GRACE.claims))
    is_refused(answer, "could not verify the answer", 502)


@pytest.mark.parametrize("how", ["post", "key", "public"])
def test_the_client_shows_who_it_is_in_each_way(campus: Campus, browser: Browser, how: str) -> None:
    key = campus.provider.client_key.as_dict(private=True)
    if how == "public":
        campus.provider.secret = ""
        campus.provider._is_client = lambda *_: True  # type: ignore[method-assign]
    ways: dict[str, dict[str, Any]] = {
        "post": {"post_secret": True},
        "key": {"secret": "", "key": key},
        "public": {"secret": ""},
    }
    campus.set(**ways[how])
    assert "code" in landed(campus.join(browser))


# --- who may come in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 1])
def test_an_address_that_is_not_verified_signs_nobody_in(campus: Campus, browser: Browser, verified: object) -> None:
    person = SampleIdentity("x", GRACE.claims | {"email_verified": verified})
    is_refused(campus.arrive(browser, person=person), "has not verified your e-mail address", 403)


def test_a_provider_may_be_believed_for_every_address(campus: Campus, browser: Browser) -> None:
    campus.set(verified_claim="")
    person = SampleIdentity("x", {"email": "grace@uni.example", "name": "Grace"})
    assert campus.arrive(browser, person=person).status_code == 303


@pytest.mark.parametrize("email", [None, "", "grace", 7, ["grace@uni.example"], "a@x\r\nBcc: b@x"])
def test_who_has_no_address_is_told(campus: Campus, browser: Browser, email: object) -> None:
    person = SampleIdentity("x", GRACE.claims | {"email": email})
    is_refused(campus.arrive(browser, person=person), "does not tell uconnect your e-mail address", 403)


def test_an_address_of_another_domain_is_refused(campus: Campus, browser: Browser) -> None:
    campus.set(domains=("uni.example",))
    person = SampleIdentity("x", GRACE.claims | {"email": "grace@uni.example.evil.example"})
    is_refused(campus.arrive(browser, person=person), "Use an address at", 403)
    assert campus.arrive(browser).status_code == 303


def test_a_worker_is_invited(campus: Campus, browser: Browser) -> None:
    is_refused(campus.arrive(browser, WORKER), "You need an invitation", 403)


def test_who_is_suspended_is_told_and_gets_no_session(campus: Campus, browser: Browser, world: World) -> None:
    campus.join(browser)
    world.database.write(lambda c: c.execute("UPDATE issuer_account SET suspended = 1"))
    is_refused(campus.arrive(world.browser()), "Your account is suspended", 403)


def test_a_site_may_have_no_other_provider(campus: Campus, browser: Browser) -> None:
    campus.set(kinds=frozenset([USER.kind]))
    assert 'name="provider"' not in browser.authorize(SCHOOL).text
    action, hidden = choices(browser.authorize())
    answer = browser.post(action.replace(USER.id, SCHOOL.id).replace("8001", "8002"), hidden | {"provider": CAMPUS})
    assert "http-equiv" not in answer.text


def test_the_page_with_the_choice_is_the_same_for_everybody(campus: Campus, browser: Browser, world: World) -> None:
    campus.join(browser)
    stranger = world.browser()
    alike(browser.authorize(prompt="login"), stranger.authorize(prompt="login"))


def test_the_log_says_once_that_a_provider_cannot_be_used_and_nothing_of_what_it_said(
    campus: Campus, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    campus.provider.says_issuer = "https://evil.example"
    for _ in range(3):
        press(browser, browser.authorize())
        campus.world.clock.at += 10
    campus.provider.says_issuer = ""
    campus.provider.token_claims = {"nonce": "another"}
    campus.arrive(browser)
    campus.arrive(browser)
    assert [it.getMessage() for it in caplog.records] == [
        "the sign-in provider campus cannot be used: it says that it is another issuer",
        "a sign-in with the provider campus failed: a claim of its token is wrong",
    ]


def test_one_network_begins_no_more_ways_than_its_limit(
    campus: Campus, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each costs a write. Those that end well are given back, so a lecture hall fits in."""
    monkeypatch.setattr(throttle, "UPSTREAM_REQUESTS", RateLimit(every=60_000, burst=2))
    for _ in range(3):
        campus.arrive(browser)
    campus.leave(browser)
    campus.leave(browser)
    answer = press(browser, browser.ask("begin"))
    assert answer.status_code == 429
    assert "http-equiv" not in answer.text


def test_who_cannot_be_sent_there_counts_against_nobody(
    campus: Campus, browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a lecture hall that tries again and again would be kept out once the provider is back."""
    monkeypatch.setattr(throttle, "UPSTREAM_REQUESTS", RateLimit(every=60_000, burst=2))
    campus.provider.down.add("/.well-known/openid-configuration")
    before = world.database._writer.total_changes
    for _ in range(5):
        assert press(browser, browser.authorize()).status_code == 503
    assert world.database._writer.total_changes == before
    campus.provider.down.clear()
    world.clock.at += RETRY
    assert "code" in landed(campus.join(browser))


def test_what_a_stranger_makes_up_costs_no_write(campus: Campus, browser: Browser, world: World) -> None:
    before = world.database._writer.total_changes
    is_refused(browser.get(f"/oauth/return/{CAMPUS}?state=x&code=y"), "This sign-in has expired", 400)
    is_refused(browser.get("/oauth/return/library?state=x&code=y"), "This sign-in has expired", 400)
    assert world.database._writer.total_changes == before


def test_what_somebody_left_behind_is_deleted(campus: Campus, browser: Browser, world: World) -> None:
    campus.arrive(browser)
    campus.leave(browser)
    world.clock.at += 3601
    campus.leave(world.browser())
    counts = "SELECT (SELECT count(*) FROM issuer_upstream_request), (SELECT count(*) FROM issuer_arrival)"
    assert world.database.read(lambda c: c.execute(counts).fetchone()) == (1, 0)
