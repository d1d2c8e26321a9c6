"""Where sign-up is for some domains, other people are told so before anything is written, and learn no more by it."""

from dataclasses import replace

import httpx
import pytest

from tests.unit.oidc_provider import provider_kit
from tests.unit.oidc_provider.provider_kit import EMAIL, SCHOOL, USER, WORKER, Browser, World, alike, landed
from uconnect.oidc_provider import Client

LONG = "four quiet herons wading"
REFUSED = "You cannot create an account with this address. Use an address at uni.edu, below uni.edu or at bücher.org."


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """An issuer that was started anew, with its sign-up limited. Ada, of another domain, has an account already."""
    for name, client in (("USER", USER), ("SCHOOL", SCHOOL)):
        limited = replace(client, domains=("uni.edu", "*.uni.edu", "bücher.org"))
        monkeypatch.setattr(provider_kit, name, limited)
    world.start()
    return world


def begin(browser: Browser, email: str, client: Client = USER) -> httpx.Response:
    return browser.fill(browser.ask("sign-up", client), name="Eve", email=email, password=LONG)


@pytest.mark.parametrize("client", [USER, SCHOOL])
@pytest.mark.parametrize("email", ["eve@example.org", "eve@myuni.edu", "eve@uni.edu.example.org", "eve@x.bücher.org"])
def test_another_domain_is_refused_in_words_and_no_e_mail_is_written(
    world: World, browser: Browser, email: str, client: Client
) -> None:
    answer = begin(browser, email, client)
    assert answer.status_code == 400
    assert REFUSED in answer.text
    assert f'value="{email}"' in answer.text
    assert LONG not in answer.text
    assert world.mail(email) == []
    rows = "SELECT count(*) FROM issuer_email_verification"
    assert world.database.read(lambda c: c.execute(rows).fetchone()[0]) == 0


def test_an_address_of_another_domain_that_has_an_account_gets_the_same_bytes(world: World, browser: Browser) -> None:
    known, unknown = begin(browser, EMAIL), begin(browser, "eve@example.org")
    alike(known, unknown, (EMAIL, "eve@example.org"))
    assert world.mail(EMAIL) == []


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        ("Eve@UNI.edu", "eve@uni.edu"),
        ("eve@cs.Uni.Edu.", "eve@cs.uni.edu"),
        ("eve@xn--bcher-kva.org", "eve@bücher.org"),
        (" eve@BÜCHER.org ", "eve@bücher.org"),
    ],
)
def test_an_address_of_the_domains_signs_up_however_it_is_written(
    world: World, browser: Browser, typed: str, email: str
) -> None:
    page = browser.follow(begin(browser, typed))
    assert "code" in landed(browser.fill(page, code=world.code(email)))


@pytest.mark.usefixtures("world")
def test_who_has_an_account_signs_in_from_any_domain(browser: Browser) -> None:
    assert "code" in landed(browser.submit(browser.authorize()))


@pytest.mark.parametrize("client", [SCHOOL, WORKER])
def test_who_is_invited_may_be_of_any_domain(world: World, browser: Browser, client: Client) -> None:
    link = world.database.write(lambda c: world.issuer.invitation(c, "eve@example.org", client.id, "Eve"))
    assert browser.fill(browser.open_link(link, client), password=LONG).status_code == 303


def test_a_refused_domain_spends_no_e_mail_of_its_network(world: World, browser: Browser) -> None:
    for _ in range(world.limits.network_letters.burst + 5):
        assert begin(browser, "eve@example.org").status_code == 400
    assert begin(browser, "eve@uni.edu").status_code == 303
