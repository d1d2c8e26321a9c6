"""The key that signs is changed while people are signed in: nobody notices, and nothing that it signed outlives it."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.unit.oidc_provider.provider_kit import URL, USER, Browser, World, landed
from uconnect.adapters.sqlite import Database
from uconnect.adapters.tokens import verification
from uconnect.oidc_provider import signing_keys
from uconnect.oidc_provider.signing_keys import RELOAD, SigningKeys
from uconnect.oidc_provider.token_store import TOKEN_LIFETIME


def rotate(world: World, *, stolen: bool = False) -> str:
    """What an operator's command does, in a transaction of its own."""
    now = world.clock.at
    return world.database.write(lambda c: signing_keys.rotate(c, now, stolen=stolen)).kid


def kid(token: str) -> str | None:
    return verification.key_id(token)


def published(browser: Browser) -> list[str]:
    return [it["kid"] for it in browser.get("/oauth/jwks").json()["keys"]]


def knows(browser: Browser, token: str) -> bool:
    answer = browser.get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


def stored(database: Database) -> list[dict[str, Any]]:
    rows = database.read(lambda c: c.execute("SELECT jwk FROM issuer_key ORDER BY made").fetchall())
    return [json.loads(jwk) for (jwk,) in rows]


def test_a_new_key_signs_from_the_next_token_on_without_a_restart(world: World, browser: Browser) -> None:
    held = browser.tokens()
    new = rotate(world)
    refreshed = browser.refresh(held["refresh_token"]).json()
    assert kid(held["access_token"]) != new
    assert kid(refreshed["access_token"]) == kid(refreshed["id_token"]) == new
    assert knows(browser, refreshed["access_token"])


def test_a_token_of_the_old_key_is_good_until_its_own_end(world: World, browser: Browser) -> None:
    held = browser.tokens()["access_token"]
    rotate(world)
    assert knows(browser, held)
    world.clock.at += TOKEN_LIFETIME - 1
    assert knows(browser, held)
    world.clock.at += 1
    assert not knows(browser, held)


def test_the_old_public_key_is_published_until_the_last_token_it_signed_has_ended(
    world: World, browser: Browser
) -> None:
    world.clock.at += 3000
    last = browser.tokens()["access_token"]  # at the very moment of the rotation
    old = kid(last)
    new = rotate(world)
    assert published(browser) == [new, old]
    trust = verification.TokenTrust.of(URL, browser.get("/oauth/jwks").json(), [USER.id], "ES256")
    world.clock.at += TOKEN_LIFETIME - 1
    assert published(browser) == [new, old]
    assert verification.verify(last, trust, world.clock.at) is not None, "a client that knows the published keys"
    world.clock.at += 1
    assert published(browser) == [new]
    assert verification.verify(last, trust, world.clock.at) is None


def test_a_token_that_says_it_is_good_for_years_ends_with_its_key(world: World, browser: Browser) -> None:
    """Whoever copied the old key may sign what they like with it."""
    (key,) = map(ECKey.import_key, stored(world.database))
    claims = world.wait(world.issuer.keys.read_hint(browser.tokens()["id_token"]))
    assert claims is not None
    long = {"iss": URL, "sub": claims["sub"], "aud": USER.id, "client_id": USER.id, "sid": claims["sid"]}
    long |= {"iat": int(world.clock.at), "exp": int(world.clock.at) + 10**8}
    forged = jwt.encode({"typ": "at+jwt", "alg": "ES256", "kid": key.kid}, long, key, ["ES256"])
    assert knows(browser, forged)
    world.clock.at += 3000
    rotate(world)
    world.clock.at += TOKEN_LIFETIME
    assert not knows(browser, forged)


def test_stolen_no_token_of_an_old_key_is_good_and_nobody_is_signed_out(world: World, browser: Browser) -> None:
    held = browser.tokens()
    assert knows(browser, held["access_token"])
    new = rotate(world, stolen=True)
    assert published(browser) == [new]
    assert not knows(browser, held["access_token"])
    refreshed = browser.refresh(held["refresh_token"]).json()
    assert knows(browser, refreshed["access_token"])


def test_of_an_old_key_only_the_public_half_is_kept(world: World, browser: Browser) -> None:
    rotate(world)
    old, new = stored(world.database)
    assert ("d" in old, "d" in new) == (False, True)
    rotate(world)
    assert [("d" in it) for it in stored(world.database)] == [False, False, True]


def test_signing_out_with_an_id_token_of_an_old_key_needs_no_question(world: World, browser: Browser) -> None:
    held = browser.tokens()
    rotate(world)
    world.clock.at += 10 * TOKEN_LIFETIME
    assert browser.get("/oauth/sign-out", params={"id_token_hint": held["id_token"]}).status_code == 200
    assert browser.refresh(held["refresh_token"]).status_code == 400


def test_an_id_token_is_a_hint_for_its_person_whichever_key_signed_it(world: World, browser: Browser) -> None:
    held = browser.tokens()
    new = rotate(world)
    refreshed = browser.refresh(held["refresh_token"]).json()
    assert kid(refreshed["id_token"]) == new
    for it in (held, refreshed):
        assert "code" in landed(browser.authorize(prompt="none", id_token_hint=it["id_token"]))


def test_a_restart_after_a_rotation_signs_with_the_new_key_and_trusts_both(world: World, browser: Browser) -> None:
    held = browser.tokens()
    new = rotate(world)
    world.start()
    assert knows(browser, held["access_token"])
    assert kid(browser.refresh(held["refresh_token"]).json()["access_token"]) == new


def test_a_verifier_that_meets_an_unknown_key_looks_again_but_seldom(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another server on the same file signed it. A stranger may name any key: that must not cost a read each time."""
    looks = 0
    look = signing_keys._public

    def counted(connection: sqlite3.Connection) -> Any:
        nonlocal looks
        looks += 1
        return look(connection)

    other = SigningKeys(URL, [USER.id], world.database, world.clock)  # it knows the first key only
    held = browser.tokens()
    new = rotate(world)
    token = browser.refresh(held["refresh_token"]).json()["access_token"]
    monkeypatch.setattr(signing_keys, "_public", counted)
    assert kid(token) == new
    assert verification.verify(token, other.trust, world.clock.at) is None
    assert world.wait(other.claims(token)) is not None
    assert looks == 1

    stranger = ECKey.generate_key("P-256")
    named: dict[str, Any] = {}
    for number in range(20):
        named = {"typ": "at+jwt", "alg": "ES256", "kid": f"k{number}"}
        assert world.wait(other.claims(jwt.encode(named, {"iss": URL}, stranger, ["ES256"]))) is None
        assert world.wait(other.claims(token)) is not None
    assert looks == 1
    world.clock.at += RELOAD
    assert world.wait(other.claims(jwt.encode(named, {"iss": URL}, stranger, ["ES256"]))) is None
    assert looks == 2


@pytest.mark.parametrize("stolen", [False, True])
def test_a_stranger_who_names_keys_all_the_time_signs_nobody_out(world: World, browser: Browser, stolen: bool) -> None:
    """A page that is refused with a token that it has just fetched asks its reader to sign in again."""
    held = browser.tokens()
    stranger = ECKey.generate_key("P-256")
    assert not knows(browser, jwt.encode({"typ": "at+jwt", "alg": "ES256", "kid": "k"}, {}, stranger, ["ES256"]))
    world.clock.at += RELOAD / 2
    new = rotate(world, stolen=stolen)
    fetched = browser.refresh(held["refresh_token"]).json()["access_token"]
    assert kid(fetched) == new
    assert knows(browser, fetched)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é.b.c", "e30.e30.AA", "W10.e30.AA", "x" * 9000, "[.[.["])
def test_what_is_no_token_names_no_key(token: str) -> None:
    assert kid(token) is None


def test_two_rotations_at_one_moment_and_with_the_clock_set_back_leave_one_key_that_signs(
    world: World, browser: Browser
) -> None:
    held = browser.tokens()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: rotate(world), range(8)))
    world.clock.at -= 3600
    last = rotate(world)
    keys = world.database.read(signing_keys.listed)
    assert len({it.made for it in keys}) == len(keys) == 10
    assert keys[0].kid == last
    assert {it.kid for it in keys[1:-1]} == set(made)
    assert [it.until is None for it in keys] == [True] + [False] * 9
    token = browser.refresh(held["refresh_token"]).json()["access_token"]
    assert kid(token) == last
    assert knows(browser, token)


def test_a_rotation_that_is_cut_off_leaves_the_old_key(world: World, browser: Browser) -> None:
    held = browser.tokens()
    before = stored(world.database)

    def cut(connection: sqlite3.Connection) -> None:
        signing_keys.rotate(connection, world.clock.at, stolen=True)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        world.database.write(cut)
    assert stored(world.database) == before
    assert knows(browser, held["access_token"])
