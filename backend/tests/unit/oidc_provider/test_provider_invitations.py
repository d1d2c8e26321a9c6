"""An invitation: a link that proves an address, good once, on one site."""

import httpx
import pytest

from tests.support import provider_pages
from tests.support.provider_pages import handed_on
from tests.unit.oidc_provider.provider_kit import EMAIL, PASSWORD, SCHOOL, WORKER, Browser, World, action_of, landed
from uconnect.oidc_provider import forget, invitations
from uconnect.oidc_provider.accounts import Profile
from uconnect.oidc_provider.settings import Limits

EVE, CHOSEN = "eve@example.org", "four quiet herons wading"


@pytest.fixture
def link(world: World) -> str:
    return invited(world, EVE)


def invited(world: World, email: str, school: str = "School of Law", place: str = "laws-place") -> str:
    return world.database.write(lambda c: world.issuer.invitation(c, email, WORKER.id, "Wanda", school, place))


def opened(browser: Browser, link: str) -> httpx.Response:
    """What the site gets that hands on what a letter's link holds."""
    return browser.open_link(link, WORKER)


def accepted(world: World, email: str) -> str:
    """What the account of an address has said yes to."""
    find = "SELECT accepted FROM issuer_account WHERE email = ?"
    return str(world.database.read(lambda c: c.execute(find, (email,)).fetchone()[0]))


def test_who_is_invited_needs_a_password_only_and_lands_on_the_site(world: World, browser: Browser, link: str) -> None:
    page = opened(browser, link)
    assert EVE in page.text
    assert 'name="email"' not in page.text
    answer = browser.fill(page, password=CHOSEN)
    assert answer.headers["location"].startswith("http://localhost:8003/?iss=")
    held = browser.exchange(landed(browser.authorize(WORKER))["code"], WORKER).json()
    told = browser.get("/oauth/userinfo", headers={"authorization": f"Bearer {held['access_token']}"}).json()
    assert (told["email"], told["email_verified"], told["name"]) == (EVE, True, "Wanda")


def test_who_invites_is_named_before_a_password_is_chosen(world: World, browser: Browser, link: str) -> None:
    assert "<h1>School of Law invites you</h1>" in opened(browser, link).text
    known = opened(browser, invited(world, EMAIL, "Mallory <b>&</b> Sons"))
    assert "<h1>Mallory &lt;b&gt;&amp;&lt;/b&gt; Sons invites you</h1>" in known.text


def test_of_several_links_each_accepts_its_own_whichever_was_written_last(world: World, browser: Browser) -> None:
    honest = invited(world, EVE, "School of Law", "laws-place")
    later = invited(world, EVE, "Mallory", "mallorys-place")
    assert "Mallory" not in opened(browser, honest).text
    browser.fill(opened(browser, honest), password=CHOSEN)
    assert accepted(world, EVE) == "laws-place"
    browser.fill(opened(browser, later), password=CHOSEN)
    assert accepted(world, EVE) == "mallorys-place"


def test_opening_a_link_accepts_nothing_until_the_password_is_right(world: World, browser: Browser) -> None:
    page = opened(browser, invited(world, EMAIL))
    assert accepted(world, EMAIL) == ""
    browser.fill(page, password="not this one")
    assert accepted(world, EMAIL) == ""


def test_nothing_that_opens_a_link_is_in_an_address(world: World, browser: Browser, link: str) -> None:
    """A proxy writes down addresses; what stands after the # is never sent to one."""
    secret = link.partition("#invitation=")[2]
    page = opened(browser, link)
    again = browser.fill(page, password="short")
    assert secret in page.text, "it is sent on with the form"
    for shown in (page, again):
        assert secret not in shown.request.url.query.decode()
        assert secret not in action_of(shown)
    answer = browser.fill(again, password=CHOSEN)
    assert (answer.status_code, secret in answer.headers["location"]) == (303, False)


def test_a_form_of_another_page_accepts_nothing(world: World, browser: Browser, link: str) -> None:
    """Any page may send the form that opens this one; ours alone may send the form that accepts."""
    action, fields = provider_pages.form(opened(browser, link).text)
    forged = browser.post(action, fields | {"password": CHOSEN}, "https://evil.example")
    assert forged.status_code == 403
    assert world.wait(world.issuer.accounts.check(EVE, CHOSEN)) is None


def test_a_link_of_before_still_works(world: World, browser: Browser, link: str) -> None:
    """It held its secret as `token`, in the address of the page itself."""
    secret = link.partition("#invitation=")[2]
    page = browser.get(f"/oauth/invitation?client_id={WORKER.id}&token={secret}")
    assert browser.fill(page, password=CHOSEN).status_code == 303


def test_a_link_works_once(world: World, browser: Browser, link: str) -> None:
    page = opened(browser, link)
    browser.fill(page, password=CHOSEN)
    other = world.browser()
    assert "This invitation is no longer valid" in opened(other, link).text
    assert browser.fill(page, password="another one entirely").status_code == 400


def test_opening_it_changes_nothing(browser: Browser, link: str) -> None:
    assert [opened(browser, link).status_code for _ in range(3)] == [200] * 3
    assert browser.fill(opened(browser, link), password=CHOSEN).status_code == 303


def test_two_at_once_make_one_account(world: World, browser: Browser, link: str) -> None:
    page = opened(browser, link)
    answers = browser.fill_together(page, page, password=CHOSEN)
    assert sorted(answer.status_code for answer in answers) == [303, 400]


def test_a_link_is_good_for_fourteen_days(world: World, browser: Browser, link: str) -> None:
    world.clock.at += invitations.LIFETIME - 1
    page = opened(browser, link)
    assert page.status_code == 200
    world.clock.at += 1
    assert browser.fill(page, password=CHOSEN).status_code == 400
    assert world.wait(world.issuer.accounts.check(EVE, CHOSEN)) is None


def test_a_link_is_for_its_site_and_guessing_at_it_is_in_vain(browser: Browser, link: str) -> None:
    path, fields = handed_on(link, WORKER.id)
    for wrong in (
        (path.replace(WORKER.id, SCHOOL.id), fields),
        (path, {"token": fields["token"][:-1] + "?"}),
        (path, {}),
    ):
        assert browser.post(*wrong).status_code == 400
    for unknown in (path.replace(WORKER.id, "nobody"), path.partition("?")[0]):
        assert browser.post(unknown, fields).status_code == 400


def test_who_has_an_account_signs_in_by_it(world: World, browser: Browser) -> None:
    link = invited(world, EMAIL)
    page = opened(browser, link)
    assert "already have an account" in page.text
    wrong = browser.fill(page, password="not this one")
    assert wrong.status_code == 400
    assert browser.fill(wrong, password=PASSWORD).headers["location"].startswith("http://localhost:8003/")
    assert "This invitation is no longer valid" in opened(browser, link).text
    assert world.wait(world.issuer.accounts.profile(world.subject)) == Profile(EMAIL, True, "", "laws-place")


def test_guessing_behind_a_link_is_slowed_and_costs_nobody_else_a_try(world: World, browser: Browser) -> None:
    page = opened(browser, invited(world, EMAIL))
    for _ in range(Limits().known.burst):
        page = browser.fill(page, password="wrong")
    assert page.status_code == 400
    assert browser.fill(page, password=PASSWORD).status_code == 429
    assert "code" in landed(browser.submit(browser.authorize()))


def test_an_account_made_meanwhile_is_signed_in_to(world: World, browser: Browser, link: str) -> None:
    page = opened(browser, link)
    world.wait(world.create(EVE, CHOSEN))
    asked = browser.fill(page, password="something else altogether")
    assert "already have an account" in asked.text
    assert browser.fill(asked, password=CHOSEN).status_code == 303


def test_a_link_is_kept_as_a_hash_and_only_if_the_transaction_commits(world: World, link: str) -> None:
    token = link.partition("#invitation=")[2]
    assert token not in repr(world.database.read(lambda c: c.execute("SELECT * FROM issuer_invitation").fetchall()))

    def undone(connection: object) -> None:
        world.issuer.invitation(connection, "zoe@example.org", WORKER.id)  # type: ignore[arg-type]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        world.database.write(undone)
    assert world.database.read(lambda c: c.execute("SELECT count(*) FROM issuer_invitation").fetchone()) == (1,)


def test_a_forgotten_account_may_be_invited_anew(world: World, browser: Browser, link: str) -> None:
    browser.fill(opened(browser, link), password=CHOSEN)
    known = world.wait(world.issuer.accounts.check(EVE, CHOSEN))
    assert known is not None
    world.database.write(lambda connection: forget(connection, known.subject))
    assert "This invitation is no longer valid" in opened(browser, link).text
    browser.fill(opened(browser, invited(world, EVE)), password=CHOSEN)
    anew = world.wait(world.issuer.accounts.check(EVE, CHOSEN))
    assert anew is not None
    assert anew.subject != known.subject


def test_who_was_invited_without_a_name_says_it(world: World, browser: Browser, link: str) -> None:
    assert 'name="name"' not in opened(browser, link).text, "the school said what its worker is called"
    unnamed = world.database.write(lambda c: world.issuer.invitation(c, "law@example.org", SCHOOL.id))
    page = browser.open_link(unnamed, SCHOOL)
    assert "Enter the school&#39;s name and choose a password" in page.text
    again = browser.fill(page, name=" ", password=CHOSEN)
    assert "Enter a name: at least one character that can be seen." in again.text
    browser.fill(again, name="School of Law", password=CHOSEN)
    known = world.wait(world.issuer.accounts.check("law@example.org", CHOSEN))
    assert known is not None
    assert world.wait(world.issuer.accounts.profile(known.subject)) == Profile("law@example.org", True, "School of Law")
