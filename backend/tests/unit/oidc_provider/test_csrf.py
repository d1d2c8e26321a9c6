"""Only a page of the provider itself signs somebody in or out, or changes anything: the attacks that try it."""

from collections.abc import Iterator

import pytest

from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, USER, Browser, World, action_of, landed, request
from uconnect.adapters.sqlite import Database

PROXIED = "https://help.example/id"  # behind a proxy that ends TLS, below a path
FOREIGN = {
    "another site": "https://evil.example",
    "a subdomain": "https://evil.help.example",
    "the domain above": "https://example",
    "a name that begins alike": "https://help.example.evil.example",
    "the same host without TLS": "http://help.example",
    "the same host at another port": "https://help.example:8443",
    "nothing": "",
    "an address and not an origin": "https://help.example/",
    "the path of the provider": PROXIED,
    "capital letters": "https://HELP.example",  # no browser writes it so
}
PAGES = ("sign-in", "sign-up", "code", "forgot", "new-password", "join", "invitation", "again", "password", "email")
TYPED = {"email": "eve@example.org", "name": "Eve", "password": "four lamps on hills", "everywhere": "1", "again": "1"}


@pytest.fixture
def proxied(database: Database) -> Iterator[Browser]:
    world = World(database, PROXIED)
    yield world.browser()
    world.runner.close()


def sign_in(browser: Browser, origin: str | None, **headers: str) -> int:
    page = browser.get(f"{browser.world.url}/oauth/authorize", params=request(USER))
    typed = {"email": EMAIL, "password": PASSWORD}
    return browser.post(f"{browser.origin}{action_of(page)}", typed, origin, **headers).status_code


def everything(world: World) -> list[str]:
    return world.database.read(lambda connection: list(connection.iterdump()))


@pytest.mark.parametrize("origin", FOREIGN.values(), ids=list(FOREIGN))
def test_nobody_is_signed_in_as_somebody_else_by_a_foreign_page(proxied: Browser, origin: str) -> None:
    """Login CSRF: whoever is signed in as the attacker writes to the attacker. It needs no cookie of ours."""
    before = everything(proxied.world)
    assert sign_in(proxied, origin, **{"sec-fetch-site": "same-origin"}) == 403, "`Origin` decides where there is one"
    assert everything(proxied.world) == before
    assert {*proxied.http.cookies} <= {"__Host-uconnect_passkey_user"}, "what binds a challenge opens nothing"


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 303), ("cross-site", 403), ("same-site", 403), ("none", 403), ("", 403)]
)
def test_where_the_origin_is_null_the_browser_must_say_that_the_page_is_ours(
    proxied: Browser, site: str, status: int
) -> None:
    """A proxy that sets `Referrer-Policy: no-referrer` makes the origin of our own pages null."""
    assert sign_in(proxied, "null", **({"sec-fetch-site": site} if site else {})) == status


def test_the_own_origin_is_that_of_the_url_that_is_set_and_not_what_the_request_says(proxied: Browser) -> None:
    """Behind a proxy `Host` and the scheme are those of the inner connection, or the attacker's."""
    forwarded = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    assert sign_in(proxied, "https://evil.example", **forwarded) == 403
    assert sign_in(proxied, "https://help.example", **forwarded) == 303


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 303), ("same-site", 403), ("cross-site", 403), ("none", 403), ("", 403)]
)
def test_without_origin_the_browser_says_how_near_the_page_is(proxied: Browser, site: str, status: int) -> None:
    assert sign_in(proxied, None, **{"sec-fetch-site": site}) == status


def test_who_says_neither_is_refused_and_told_to_try_again(browser: Browser) -> None:
    answer = browser.post(action_of(browser.authorize()), {"email": EMAIL, "password": PASSWORD}, None)
    assert answer.status_code == 403
    assert "Your browser did not confirm that this form came from uconnect." in answer.text
    assert "code" in landed(browser.submit(answer)), "the page it shows instead works"


@pytest.mark.parametrize("page", [*PAGES, "letter", "account"])
def test_a_foreign_page_changes_nothing_of_who_is_signed_in(world: World, browser: Browser, page: str) -> None:
    browser.sign_in()
    before = everything(world)
    for path in (f"{page}?client_id={USER.id}", f"{page}?client_id={USER.id}&token=x"):
        browser.post(f"/oauth/{path}", TYPED, "https://evil.example")
    assert everything(world) == before
    assert world.ended == []


@pytest.mark.parametrize("page", [*PAGES, "letter", "account", "sign-out", "open-invitation"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_link_changes_nothing_whatever_it_says(world: World, browser: Browser, page: str, method: str) -> None:
    """Cookies travel with a link to us (`SameSite=Lax`): so what reads a page may not act."""
    browser.sign_in()
    before = everything(world)
    asked = {"client_id": USER.id, "sid": "x", "code": "12345678"} | TYPED
    world.wait(browser.http.request(method, f"/oauth/{page}", params=asked))
    assert everything(world) == before
    assert world.ended == []


def test_a_form_cannot_pass_for_another_method(world: World, browser: Browser) -> None:
    browser.sign_in()
    before = everything(world)
    browser.get(f"/oauth/account?client_id={USER.id}&_method=POST", headers={"x-http-method-override": "POST"})
    assert everything(world) == before


def test_a_page_of_ours_lets_the_browser_say_that_it_is_ours(browser: Browser) -> None:
    """`no-referrer` would make its forms say `Origin: null`, and a full address would tell proxies what it holds."""
    for page in (browser.authorize(), browser.ask("sign-up"), browser.get(f"/oauth/sign-out?client_id={USER.id}")):
        assert page.headers["referrer-policy"] == "strict-origin"


def test_a_browser_that_keeps_no_cookie_is_told_that(browser: Browser) -> None:
    page = browser.follow(browser.fill(browser.ask("forgot"), email=EMAIL))
    kept = browser.http.cookies
    browser.http.cookies = type(kept)()
    assert "your browser sent none" in browser.fill(page, code="12345678").text
    browser.http.cookies = kept
    assert "your browser sent none" not in browser.fill(page, code="12345678").text
