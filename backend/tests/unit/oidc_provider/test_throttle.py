"""Who tries too often waits; nobody waits for another kind of try, and remembering takes no more room than it may."""

from collections.abc import Callable, Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, Browser, Clock, World, landed
from uconnect.domain.rate_limit import RateLimit
from uconnect.oidc_provider import throttle
from uconnect.oidc_provider.settings import Limits
from uconnect.oidc_provider.throttle import Charge, Key, Kind, Throttle, network

TRIES = RateLimit(every=100_000, burst=3)
LIMITS = Limits()


def about(*parts: str, kind: Kind = Kind.ACCOUNT) -> list[Charge]:
    return [Charge(Key(kind, parts), TRIES)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_few_tries_are_free_then_it_takes_time(clock: Clock) -> None:
    tries = Throttle(clock)
    assert [tries.take(about("ada")) for _ in range(4)] == [0, 0, 0, 100]
    assert tries.take(about("bob")) == 0


def test_who_waits_as_told_gets_in_though_others_asked_meanwhile(clock: Clock) -> None:
    tries = Throttle(clock)
    for _ in range(3):
        tries.take(about("ada"))
    clock.at += 1
    assert tries.take(about("ada")) == 99
    clock.at += 99
    assert tries.take(about("ada")) == 0
    assert tries.take(about("ada")) > 0


def test_a_clock_that_is_set_back_locks_nobody_out(clock: Clock) -> None:
    tries = Throttle(clock)
    assert [tries.take(about("ada")) for _ in range(4)] == [0, 0, 0, 100]
    clock.at -= 36_000
    assert [tries.take(about("ada")) for _ in range(4)] == [0, 0, 0, 100]


def test_a_try_that_one_limit_refuses_counts_in_none(clock: Clock) -> None:
    tries = Throttle(clock)
    for _ in range(3):
        tries.take(about("ada"))
    for _ in range(9):
        assert tries.take([*about("ada"), *about("bob")]) > 0
    assert [tries.take(about("bob")) for _ in range(3)] == [0, 0, 0]


def test_a_try_that_was_right_is_given_back_and_no_other(clock: Clock) -> None:
    tries = Throttle(clock)
    shared, mine = about("the hall", kind=Kind.NETWORK), about("ada", "the hall", kind=Kind.HERE)
    for _ in range(2):
        tries.take(shared)
    for _ in range(9):
        assert tries.take([*shared, *mine]) == 0
        tries.right([*shared, *mine])
    assert tries.take(shared) == 0
    assert tries.take(shared) > 0, "two of them were somebody else's"


def test_giving_back_what_was_forgotten_meanwhile_saves_nothing_up(clock: Clock) -> None:
    tries = Throttle(clock)
    tries.take(about("ada"))
    tries.right(about("ada"))
    tries.give_back(about("ada"))
    assert [tries.take(about("ada")) for _ in range(4)] == [0, 0, 0, 100]


TEXTS = st.lists(st.text(max_size=4), max_size=3).map(tuple)


@given(st.sets(st.tuples(st.sampled_from(Kind), TEXTS), min_size=2, max_size=6))
def test_two_limits_that_differ_in_kind_or_in_a_part_never_share_a_try(keys: set[tuple[Kind, tuple[str, ...]]]) -> None:
    assert not shared_by(keys)


def shared_by(keys: set[tuple[Kind, tuple[str, ...]]]) -> Sequence[object]:
    """Pairs of keys of which one is used up by the other's tries."""
    found = []
    for one, other in combinations(sorted(keys, key=repr), 2):
        tries = Throttle(Clock())
        while tries.take(about(*one[1], kind=one[0])) == 0:
            pass
        if tries.take(about(*other[1], kind=other[0])) > 0:
            found.append((one, other))
    return found


def one_word(key: Key) -> bytes:
    """A planted fault: the key as one text, as it was once."""
    return " ".join(key.parts).encode()


def test_keys_written_as_one_text_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Key, "hashed", property(one_word))
    assert shared_by({(Kind.HERE, ("reset", "v@x")), (Kind.HERE, ("reset v@x",))})


def test_kinds_that_share_a_table_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    one: dict[bytes, int] = {}
    monkeypatch.setattr(Throttle, "_read", lambda _, key: one.get(key.hashed, 0))
    monkeypatch.setattr(Throttle, "_write", lambda _, key, due: one.update({key.hashed: due}))
    assert shared_by({(Kind.SESSION, ("x",)), (Kind.ACCOUNT, ("x",))})


@pytest.mark.parametrize("typed", ["reset {}", "code {}", "sign up {}", "move {}", "account {}"])
def test_no_address_that_somebody_types_is_another_limit(world: World, typed: str) -> None:
    stranger = world.browser("203.0.113.7")
    page = stranger.authorize()
    for number in range(60):
        page = world.browser(f"203.0.113.{number}").submit(page, typed.format(EMAIL))
    browser = world.browser()
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    assert browser.fill(page, code=world.code(EMAIL)).status_code == 303
    other = world.browser()
    assert "code" in landed(other.submit(other.authorize()))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:198.51.100.1", "::ffff:198.51.100.2", False),
        ("a unix socket", "a unix socket", True),
    ],
)
def test_all_addresses_of_one_ipv6_customer_count_as_one(first: str, second: str, same: bool) -> None:
    assert (network(first) == network(second)) == same


def test_tries_at_thousands_of_names_neither_fill_the_memory_nor_free_the_one_that_is_guessed_at(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(throttle, "REMEMBERED", 100)
    tries = Throttle(clock)
    for _ in range(3):
        tries.take(about("ada"))
    clock.at += 1
    for number in range(1000):
        tries.take([*about(f"person {number}"), *about(f"person {number}", kind=Kind.HERE)])
        assert all(len(table) <= 100 for table in tries._due.values())
    assert tries.take(about("ada")) > 0


def test_a_flood_of_one_kind_pushes_no_other_out_of_memory(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(throttle, "REMEMBERED", 100)
    tries = Throttle(clock)
    short, long = RateLimit(every=1_000, burst=2), RateLimit(every=1_000_000, burst=2)
    for _ in range(2):
        tries.take([Charge(Key(Kind.DEVICE, ("mine",)), short)])
    for number in range(1000):
        tries.take([Charge(Key(Kind.ACCOUNT, (f"person {number}",)), long)])
    assert tries.take([Charge(Key(Kind.DEVICE, ("mine",)), short)]) == 1


# --- on the pages ----------------------------------------------------------------------------------------------------


def test_the_page_says_how_long_to_wait_and_does_not_even_look_at_the_password(world: World, browser: Browser) -> None:
    page = browser.authorize()
    for _ in range(LIMITS.here.burst):
        page = browser.submit(page, password="wrong")
        assert page.status_code == 400
    page = browser.submit(page)
    assert page.status_code == 429
    assert "Too many tries. Wait 15 minutes, then try again. Or choose" in page.text
    assert f'value="{EMAIL}"' in page.text
    assert page.headers["retry-after"] == "900"
    world.clock.at += 870
    page = browser.submit(page)
    assert "Wait 30 seconds" in page.text
    world.clock.at += 30
    assert "code" in landed(browser.submit(page))


def test_an_unknown_e_mail_is_slowed_just_the_same(browser: Browser) -> None:
    page = browser.authorize()
    for _ in range(LIMITS.here.burst):
        page = browser.submit(page, email="eve@example.org")
    assert browser.submit(page, email=" EVE@example.org").status_code == 429


def test_an_account_is_slowed_over_all_networks_and_an_unknown_one_just_the_same(world: World) -> None:
    def tried(email: str) -> int:
        """How many passwords strangers may try from as many networks as they like."""
        page, done = world.browser().authorize(), 0
        for number in range(50):
            browser = world.browser(f"198.18.{number}.1")
            page = browser.submit(browser.authorize(), email, "wrong")
            done += page.status_code == 400
        return done

    assert tried(EMAIL) == tried("eve@example.org") == LIMITS.account.burst


def test_a_network_is_slowed_over_all_accounts(world: World, browser: Browser) -> None:
    page = browser.authorize()
    for number in range(LIMITS.network.burst):
        page = browser.submit(page, f"person{number}@example.org")
    assert page.status_code == 400
    assert browser.submit(page, "one-more@example.org").status_code == 429
    other = world.browser("203.0.113.1")
    assert other.submit(other.authorize(), "one-more@example.org").status_code == 400


@pytest.mark.parametrize("moment", [lambda world: None, lambda world: world.start()])
def test_a_browser_that_is_known_has_tries_that_strangers_cannot_use_up(
    world: World, browser: Browser, moment: Callable[[World], None]
) -> None:
    browser.sign_in()
    sign_out(browser)
    moment(world)  # a restart forgets guesses, and not whom an account knows
    for number in range(50):
        stranger = world.browser(f"198.18.{number}.1")
        stranger.submit(stranger.authorize(), password="wrong")
    new = world.browser()
    assert new.submit(new.authorize()).status_code == 429
    assert "code" in landed(browser.submit(browser.authorize()))


def test_a_browser_that_is_known_is_slowed_too(browser: Browser) -> None:
    browser.sign_in()
    page = browser.authorize(prompt="login")
    for _ in range(LIMITS.known.burst):
        page = browser.submit(page, password="wrong")
    assert page.status_code == 400
    assert browser.submit(page).status_code == 429


def test_signing_in_to_an_own_account_gives_no_tries_at_another(world: World, browser: Browser) -> None:
    """A thief with a known browser, and an account of their own."""
    world.wait(world.create("eve@example.org", PASSWORD))
    browser.sign_in()
    tried = 0
    for _ in range(LIMITS.known.burst * 3):
        tried += browser.submit(browser.authorize(prompt="login"), password="wrong").status_code == 400
        landed(browser.submit(browser.authorize(prompt="login"), "eve@example.org"))
    assert tried == LIMITS.known.burst


def sign_out(browser: Browser) -> None:
    browser.http.cookies.delete("uconnect_session_user")


def test_the_cookie_of_a_known_browser_is_new_at_each_sign_in_and_opens_nothing(world: World, browser: Browser) -> None:
    browser.sign_in()
    planted = browser.http.cookies["uconnect_device_user"]
    browser.submit(browser.authorize(prompt="login"))
    assert browser.http.cookies["uconnect_device_user"] != planted
    thief = world.browser("203.0.113.1")
    thief.http.cookies.set("uconnect_device_user", browser.http.cookies["uconnect_device_user"])
    assert "Sign in" in thief.authorize().text
    assert thief.submit(thief.authorize(), password="wrong").status_code == 400
    kept = world.database.read(lambda c: c.execute("SELECT * FROM issuer_device").fetchall())
    assert len(kept) == 1
    assert browser.http.cookies["uconnect_device_user"] not in repr(kept)


def test_an_account_knows_a_bounded_number_of_browsers_the_latest(world: World) -> None:
    browsers = [world.browser() for _ in range(12)]
    for browser in browsers:
        world.clock.at += 1
        browser.sign_in()
        sign_out(browser)
    kept = world.database.read(lambda c: c.execute("SELECT count(*) FROM issuer_device").fetchone())
    assert kept == (10,)


@pytest.mark.parametrize("way", ["password", "reset", "everywhere"])
def test_who_shuts_everybody_else_out_is_known_in_this_browser_alone(world: World, way: str) -> None:
    browser, other = world.browser(), world.browser()
    for it in (browser, other):
        it.sign_in()
    if way == "password":
        browser.fill(browser.get("/oauth/password?client_id=uconnect-user"), password="seven lamps over harbour")
    elif way == "reset":
        page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
        browser.fill(browser.follow(browser.fill(page, code=world.code(EMAIL))), password="seven lamps over harbour")
    else:
        browser.post("/oauth/account?client_id=uconnect-user", {"everywhere": "1"})
    assert world.database.read(lambda c: c.execute("SELECT count(*) FROM issuer_device").fetchone()) == (1,)


def test_a_browser_of_another_account_or_site_is_a_stranger(world: World, browser: Browser) -> None:
    world.wait(world.create("eve@example.org", PASSWORD))
    landed(browser.submit(browser.authorize(), "eve@example.org"))
    tried = 0
    for _ in range(LIMITS.known.burst):
        tried += browser.submit(browser.authorize(prompt="login"), password="wrong").status_code == 400
    assert tried == LIMITS.here.burst
