"""The token endpoint: a code works once, a refresh token once, and a stolen one ends what it came of."""

import sqlite3
from typing import Any

import pytest

from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, SCHOOL, URL, USER, VERIFIER, Browser, World, landed
from uconnect.adapters.tokens import verification
from uconnect.oidc_provider import sessions
from uconnect.oidc_provider.token_store import FAMILIES, GRACE


def rows(world: World, table: str) -> list[Any]:
    def work(connection: sqlite3.Connection) -> list[Any]:
        return connection.execute(f"SELECT * FROM {table}").fetchall()

    return world.database.read(work)


def test_a_code_buys_an_access_token_an_id_token_and_a_refresh_token(browser: Browser) -> None:
    answer = browser.exchange(browser.sign_in())
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body.keys() == {"access_token", "id_token", "refresh_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 600, "openid email profile")


def test_a_code_works_once_and_a_second_use_ends_what_the_first_one_got(browser: Browser) -> None:
    code = browser.sign_in()
    first = browser.exchange(code).json()
    second = browser.exchange(code)
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    assert browser.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_ends_after_a_minute(world: World, browser: Browser) -> None:
    code = browser.sign_in()
    world.clock.at += 60
    assert browser.exchange(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": SCHOOL.redirect_uris[0]}, "invalid_grant"),
        ({"redirect_uri": ""}, "invalid_grant"),
    ],
)
def test_a_failed_try_costs_the_code(browser: Browser, changes: dict[str, str], error: str) -> None:
    code = browser.sign_in()
    failed = browser.exchange(code, **changes)
    assert (failed.status_code, failed.json()["error"]) == (400, error)
    assert browser.exchange(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": SCHOOL.id}, "invalid_grant"),
        ({"client_id": "uconnect-nobody"}, "invalid_client"),
        ({"client_id": ""}, "invalid_client"),
        ({"client_secret": "guess"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": 'a"\\ä'}, "invalid_request"),
        ({"code": ""}, "invalid_request"),
        ({"code": "x"}, "invalid_grant"),
    ],
)
def test_what_is_not_a_sites_own_request_gets_nothing_and_costs_nothing(
    browser: Browser, changes: dict[str, str], error: str
) -> None:
    code = browser.sign_in()
    failed = browser.exchange(code, **changes)
    assert (failed.status_code, failed.json()["error"]) == (400, error)
    assert browser.exchange(code).status_code == 200


def test_a_parameter_sent_twice_or_in_the_address_is_refused(browser: Browser) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    body = f"grant_type=authorization_code&client_id={USER.id}&code=a&code=b&code_verifier={VERIFIER}"
    answer = browser.world.wait(browser.http.post("/oauth/token", content=body, headers=kind))
    assert answer.json()["error"] == "invalid_request"
    assert browser.post(f"/oauth/token?{body}", {}).json()["error"] == "unsupported_grant_type"
    assert browser.world.wait(browser.http.post("/oauth/token", content=body)).status_code == 400


def test_the_id_token_says_who_for_whom_when_and_for_which_request(world: World, browser: Browser) -> None:
    body = browser.tokens()
    claims = world.wait(world.issuer.keys.read_hint(body["id_token"]))
    assert claims is not None
    assert (claims["iss"], claims["sub"], claims["aud"]) == (URL, world.subject, USER.id)
    assert (claims["nonce"], claims["auth_time"]) == ("the-nonce", world.clock.at)
    assert "email" not in claims
    access = verification.verify(body["id_token"], world.issuer.keys.trust, world.clock.at)
    assert access is None, "it is no access token"


def test_a_request_without_a_nonce_gets_an_id_token_without(world: World, browser: Browser) -> None:
    claims = world.wait(world.issuer.keys.read_hint(browser.tokens(nonce=None)["id_token"]))
    assert claims is not None
    assert "nonce" not in claims


def test_a_refresh_token_is_changed_at_every_use(world: World, browser: Browser) -> None:
    token = browser.tokens()["refresh_token"]
    seen = {token}
    for _ in range(5):
        world.clock.at += 600
        body = browser.refresh(token).json()
        assert verification.verify(body["access_token"], world.issuer.keys.trust, world.clock.at) is not None
        token = body["refresh_token"]
        assert token not in seen
        seen.add(token)


def test_after_a_refresh_the_tokens_still_say_when_the_password_was_typed(world: World, browser: Browser) -> None:
    token, signed_in = browser.tokens()["refresh_token"], world.clock.at
    world.clock.at += 5000
    refreshed = browser.refresh(token).json()
    claims = world.wait(world.issuer.keys.read_hint(refreshed["id_token"]))
    assert claims is not None
    assert (claims["auth_time"], claims["iat"]) == (signed_in, world.clock.at)
    access = verification.verify(refreshed["access_token"], world.issuer.keys.trust, world.clock.at)
    assert access is not None
    assert access.authenticated == signed_in


def test_tokens_of_a_code_keep_its_time_when_the_person_is_asked_again(world: World, browser: Browser) -> None:
    """OpenID Connect Core §12.2 and RFC 9068 §2.2.1: a thief of the refresh token gains nothing by it either."""
    token, signed_in = browser.tokens()["refresh_token"], world.clock.at
    world.clock.at += 5000
    again = browser.fill(browser.get(f"/oauth/again?client_id={USER.id}"), password=PASSWORD)
    assert again.status_code == 303
    assert browser.get(again.headers["location"]).status_code == 200, "it counts there"
    refreshed = browser.refresh(token).json()
    claims = world.wait(world.issuer.keys.read_hint(refreshed["id_token"]))
    access = verification.verify(refreshed["access_token"], world.issuer.keys.trust, world.clock.at)
    assert claims is not None
    assert access is not None
    assert (claims["auth_time"], access.authenticated) == (signed_in, signed_in)
    new = browser.exchange(landed(browser.authorize())["code"]).json()
    claims = world.wait(world.issuer.keys.read_hint(new["id_token"]))
    assert claims is not None
    assert claims["auth_time"] == world.clock.at, "a new code has the new time"


def test_a_refresh_whose_answer_was_lost_can_be_asked_for_again(world: World, browser: Browser) -> None:
    held = browser.tokens()["refresh_token"]
    for _ in range(2):
        assert browser.refresh(held).status_code == 200
        world.clock.at += GRACE / 2 - 1
    heard = browser.refresh(held).json()
    assert browser.refresh(heard["refresh_token"]).status_code == 200


def test_of_two_answers_to_one_refresh_only_the_later_is_worth_anything(browser: Browser) -> None:
    old = browser.tokens()["refresh_token"]
    ours, theirs = (browser.refresh(old).json()["refresh_token"] for _ in range(2))
    assert browser.refresh(ours).json()["error"] == "invalid_grant"
    assert browser.refresh(theirs).json()["error"] == "invalid_grant"


def test_only_the_last_token_can_be_used_again(browser: Browser) -> None:
    first = browser.tokens()["refresh_token"]
    second = browser.refresh(first).json()["refresh_token"]
    third = browser.refresh(second).json()["refresh_token"]
    assert browser.refresh(first).json()["error"] == "invalid_grant"
    assert browser.refresh(third).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("seconds", [GRACE, -1])
def test_using_an_old_refresh_token_ends_its_family(world: World, browser: Browser, seconds: int) -> None:
    old = browser.tokens()["refresh_token"]
    new = browser.refresh(old).json()["refresh_token"]
    world.clock.at += seconds
    assert browser.refresh(old).json()["error"] == "invalid_grant"
    assert browser.refresh(new).json()["error"] == "invalid_grant"


def test_the_end_of_a_family_ends_no_other(world: World, browser: Browser) -> None:
    other_tab = browser.exchange(browser.sign_in()).json()["refresh_token"]
    other_browser = world.browser().tokens()["refresh_token"]
    code = str(browser.authorize().headers["location"]).split("code=")[1].split("&")[0]
    old = browser.exchange(code).json()["refresh_token"]
    browser.refresh(old)
    world.clock.at += GRACE
    browser.refresh(old)
    assert browser.refresh(other_tab).status_code == 200
    assert browser.refresh(other_browser).status_code == 200


def test_another_site_can_neither_use_nor_end_a_refresh_token(browser: Browser) -> None:
    token = browser.tokens()["refresh_token"]
    assert browser.refresh(token, SCHOOL).json()["error"] == "invalid_grant"
    assert browser.refresh(token).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "x.y", "a.b.c", "ä.ö", "." * 99])
def test_what_was_never_a_refresh_token_is_refused(browser: Browser, token: str) -> None:
    assert browser.refresh(token).status_code == 400


def test_refresh_tokens_end_with_their_session(world: World, browser: Browser) -> None:
    token = browser.tokens()["refresh_token"]
    world.clock.at += sessions.LIFETIME - 1
    token = browser.refresh(token).json()["refresh_token"]
    world.clock.at += 1
    assert browser.refresh(token).json()["error"] == "invalid_grant"


def test_a_session_keeps_only_its_latest_families(world: World, browser: Browser) -> None:
    held = [browser.tokens()["refresh_token"]]
    for _ in range(FAMILIES):
        world.clock.at += 1
        code = str(browser.authorize().headers["location"]).split("code=")[1].split("&")[0]
        held.append(browser.exchange(code).json()["refresh_token"])
    assert len(rows(world, "issuer_token_family")) == FAMILIES
    assert browser.refresh(held[0]).status_code == 400
    assert browser.refresh(held[1]).status_code == 200


def test_what_has_ended_is_not_kept(world: World, browser: Browser) -> None:
    browser.tokens()
    browser.authorize()
    world.clock.at += sessions.LIFETIME
    browser.sign_in()
    assert [len(rows(world, f"issuer_{name}")) for name in ("session", "code", "token_family")] == [1, 1, 0]


def test_no_secret_lies_in_the_database_as_it_left(world: World, browser: Browser) -> None:
    held = browser.tokens()
    unused = str(browser.authorize().headers["location"]).split("code=")[1].split("&")[0]
    cookies = [value for name, value in browser.http.cookies.items() if "session" in name]
    secrets = [unused, *cookies, *held["refresh_token"].split(".")[1:], "correct horse"]
    stored = b"".join(path.read_bytes() for path in world.database._path.parent.iterdir())
    assert len(secrets) == 4
    assert EMAIL.encode() in stored, "the log of the database is read too"
    assert not [secret for secret in secrets if secret.encode() in stored]


def believed(world: World, browser: Browser, access_token: str) -> int:
    """What the issuer and our API answer to an access token."""
    claims = verification.verify(access_token, world.issuer.keys.trust, world.clock.at)
    assert claims is not None
    answer = browser.get("/oauth/userinfo", headers={"authorization": f"Bearer {access_token}"})
    assert world.wait(world.issuer.signed_out(claims)) == (answer.status_code == 401)
    assert world.wait(world.issuer.lasts(claims.session_scope)) == (answer.status_code == 200)
    return answer.status_code


def test_a_code_used_again_ends_the_access_token_too_at_once_and_tells_its_sockets(
    world: World, browser: Browser
) -> None:
    code = browser.sign_in()
    first = browser.exchange(code).json()
    assert believed(world, browser, first["access_token"]) == 200
    browser.exchange(code)
    assert believed(world, browser, first["access_token"]) == 401
    claims = verification.verify(first["access_token"], world.issuer.keys.trust, world.clock.at)
    assert claims is not None
    assert world.ended == [claims.session_scope]
    assert "code" in browser.authorize().headers["location"], "the session goes on: a page may send its code twice"


def test_an_old_refresh_token_ends_the_access_tokens_of_its_family_too_and_no_others(
    world: World, browser: Browser
) -> None:
    other = browser.exchange(browser.sign_in()).json()
    code = str(browser.authorize().headers["location"]).split("code=")[1].split("&")[0]
    first = browser.exchange(code).json()
    second = browser.refresh(first["refresh_token"]).json()
    world.clock.at += GRACE
    browser.refresh(first["refresh_token"])
    assert [believed(world, browser, it["access_token"]) for it in (first, second, other)] == [401, 401, 200]


def test_a_revoked_refresh_token_ends_its_access_token_too(world: World, browser: Browser) -> None:
    held = browser.tokens()
    browser.post("/oauth/revoke", {"client_id": USER.id, "token": held["refresh_token"]})
    assert believed(world, browser, held["access_token"]) == 401
    assert len(world.ended) == 1


def test_who_has_neither_code_nor_token_is_answered_without_the_writer(world: World, browser: Browser) -> None:
    """Once junk waited in one queue with what people send, and each took a sync."""
    executed = list[str]()
    world.database.write(lambda connection: connection.set_trace_callback(executed.append))
    executed.clear()
    for fields in (
        {"grant_type": "authorization_code", "code": "junk", "redirect_uri": "x", "code_verifier": "v" * 64},
        {"grant_type": "refresh_token", "refresh_token": "junk"},
        {"grant_type": "refresh_token", "refresh_token": "junk.junk"},
        {"grant_type": "password"},
        {},
    ):
        assert browser.post("/oauth/token", fields | {"client_id": USER.id}).status_code == 400
        assert browser.post("/oauth/revoke", {"token": "junk.junk", "client_id": USER.id}).status_code == 200
    assert executed == []
