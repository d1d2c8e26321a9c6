"""An invitation: a link that proves an address, good once, on one site."""

import pytest

from tests.identities.kit import EMAIL, PASSWORD, SCHOOL, URL, WORKER, Browser, World, landed
from uconnect.identities.builtin import forget, invitations
from uconnect.identities.builtin.accounts import Profile
from uconnect.identities.builtin.limits import Limits

EVE, CHOSEN = "eve@example.org", "four quiet herons wading"


@pytest.fixture
def link(world: World) -> str:
    return invited(world, EVE)


def invited(world: World, email: str) -> str:
    link = world.database.write(lambda c: world.issuer.invitation(c, email, WORKER.id, "Wanda"))
    return link.removeprefix(URL)


def test_who_is_invited_needs_a_password_only_and_lands_on_the_site(world: World, browser: Browser, link: str) -> None:
    page = browser.get(link)
    assert EVE in page.text
    assert 'name="email"' not in page.text
    answer = browser.fill(page, password=CHOSEN)
    assert answer.headers["location"].startswith("http://localhost:8003/?iss=")
    held = browser.exchange(landed(browser.authorize(WORKER))["code"], WORKER).json()
    told = browser.get("/oauth/userinfo", headers={"authorization": f"Bearer {held['access_token']}"}).json()
    assert (told["email"], told["email_verified"], told["name"]) == (EVE, True, "Wanda")


def test_a_link_works_once(world: World, browser: Browser, link: str) -> None:
    page = browser.get(link)
    browser.fill(page, password=CHOSEN)
    other = world.browser()
    assert "This invitation is over" in other.get(link).text
    assert browser.fill(page, password="another one entirely").status_code == 400


def test_opening_it_changes_nothing(browser: Browser, link: str) -> None:
    assert [browser.get(link).status_code for _ in range(3)] == [200] * 3
    assert browser.fill(browser.get(link), password=CHOSEN).status_code == 303


def test_two_at_once_make_one_account(world: World, browser: Browser, link: str) -> None:
    page = browser.get(link)
    answers = browser.fill_together(page, page, password=CHOSEN)
    assert sorted(answer.status_code for answer in answers) == [303, 400]


def test_a_link_is_good_for_fourteen_days(world: World, browser: Browser, link: str) -> None:
    world.clock.at += invitations.LIFETIME - 1
    page = browser.get(link)
    assert page.status_code == 200
    world.clock.at += 1
    assert browser.fill(page, password=CHOSEN).status_code == 400
    assert world.wait(world.issuer.accounts.check(EVE, CHOSEN)) is None


def test_a_link_is_for_its_site_and_guessing_at_it_is_in_vain(browser: Browser, link: str) -> None:
    for wrong in (link.replace(WORKER.id, SCHOOL.id), link[:-1] + "?", link.partition("&token")[0]):
        assert browser.get(wrong).status_code == 400


def test_who_has_an_account_signs_in_by_it(world: World, browser: Browser) -> None:
    link = invited(world, EMAIL)
    page = browser.get(link)
    assert "have an account already" in page.text
    wrong = browser.fill(page, password="not this one")
    assert wrong.status_code == 400
    assert browser.fill(wrong, password=PASSWORD).headers["location"].startswith("http://localhost:8003/")
    assert "This invitation is over" in browser.get(link).text
    assert world.wait(world.issuer.accounts.profile(world.subject)) == Profile(EMAIL, True, "")


def test_guessing_behind_a_link_is_slowed_and_costs_nobody_else_a_try(world: World, browser: Browser) -> None:
    page = browser.get(invited(world, EMAIL))
    for _ in range(Limits().known.burst):
        page = browser.fill(page, password="wrong")
    assert page.status_code == 400
    assert browser.fill(page, password=PASSWORD).status_code == 429
    assert "code" in landed(browser.submit(browser.authorize()))


def test_an_account_made_meanwhile_is_signed_in_to(world: World, browser: Browser, link: str) -> None:
    page = browser.get(link)
    world.wait(world.issuer.accounts.create(EVE, CHOSEN))
    asked = browser.fill(page, password="something else altogether")
    assert "have an account already" in asked.text
    assert browser.fill(asked, password=CHOSEN).status_code == 303


def test_a_link_is_kept_as_a_hash_and_only_if_the_transaction_commits(world: World, link: str) -> None:
    token = link.partition("token=")[2]
    assert token not in repr(world.database.read(lambda c: c.execute("SELECT * FROM issuer_invitation").fetchall()))

    def undone(connection: object) -> None:
        world.issuer.invitation(connection, "zoe@example.org", WORKER.id)  # type: ignore[arg-type]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        world.database.write(undone)
    assert world.database.read(lambda c: c.execute("SELECT count(*) FROM issuer_invitation").fetchone()) == (1,)


def test_a_forgotten_account_may_be_invited_anew(world: World, browser: Browser, link: str) -> None:
    browser.fill(browser.get(link), password=CHOSEN)
    known = world.wait(world.issuer.accounts.check(EVE, CHOSEN))
    assert known is not None
    world.database.write(lambda connection: forget(connection, known.subject))
    assert "This invitation is over" in browser.get(link).text
    browser.fill(browser.get(invited(world, EVE)), password=CHOSEN)
    anew = world.wait(world.issuer.accounts.check(EVE, CHOSEN))
    assert anew is not None
    assert anew.subject != known.subject


def test_who_was_invited_without_a_name_says_it(world: World, browser: Browser, link: str) -> None:
    assert 'name="name"' not in browser.get(link).text, "the school said what its worker is called"
    unnamed = world.database.write(lambda c: world.issuer.invitation(c, "law@example.org", SCHOOL.id))
    page = browser.get(unnamed.removeprefix(URL))
    again = browser.fill(page, name=" ", password=CHOSEN)
    assert "Type a name of 1 to 80 characters." in again.text
    browser.fill(again, name="School of Law", password=CHOSEN)
    known = world.wait(world.issuer.accounts.check("law@example.org", CHOSEN))
    assert known is not None
    assert world.wait(world.issuer.accounts.profile(known.subject)) == Profile("law@example.org", True, "School of Law")
