"""On each of the three sites people come in with a provider that others wrote, and nobody is asked for a password."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser_party import DESKTOP, PHONE, BrowserParty
from tests.e2e.party_browsers import PartyBrowsers
from tests.e2e.site_drivers import School, User, Worker
from tests.support.node_provider import node_provider
from tests.support.ports import free_port
from tests.support.server_process import Server, serving
from tests.support.upstream_browser import SECRET

RULES = """
[[provider.rules]]
claim = "affiliation"
equals = "student"
may_be = ["user"]

[[provider.rules]]
claim = "affiliation"
equals = "staff"
may_be = ["school", "worker"]
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One that takes no passwords."""
    port = free_port()
    (tmp_path / "secret").write_text(SECRET)
    with node_provider(free_port(), f"http://localhost:{port}", host="localhost") as issuer:
        about = f'id = "campus"\nname = "Campus"\nissuer = "{issuer}"\nclient_id = "uconnect"\nsecret_file = "secret"'
        (tmp_path / "providers.toml").write_text(f"[[provider]]\n{about}\n{RULES}")
        settings = {"PROVIDERS": str(tmp_path / "providers.toml"), "PASSWORDS": "off"}
        with serving(tmp_path, port=port, **settings) as server:
            yield server
    assert server.complaints() == []


def choose_how(person: BrowserParty) -> None:
    """Open the site and come to the page with the button of the provider."""
    person.open_page()
    person.button("Sign in").click()
    expect(person.button("Sign in with Campus")).to_be_visible()
    person.look("sign in with a provider")


def go_there(person: BrowserParty, who: str) -> None:
    """Press the button, sign in there and agree, and come back."""
    person.sent_to = ["http://localhost:"]  # it is on this computer, too
    person.button("Sign in with Campus").click()
    person.page.wait_for_url("**/as/*")
    while "/as/" in person.page.url:
        person.page.goto(f"{person.page.url.partition('?')[0]}?person={who}")


def test_all_three_come_in_and_talk(parties: PartyBrowsers) -> None:
    ida = parties.someone(School, DESKTOP)
    choose_how(ida)
    go_there(ida, "ida")
    expect(ida.heading("Create an account")).to_be_visible()
    ida.look("come by a provider")
    ida.page.get_by_label("The school's name").fill("School of Chemistry")
    ida.button("Continue").click()
    ida.is_in()
    ida.name = "School of Chemistry"
    ida.invite("Walt Kowalski", "walt@uni.example")

    walt = parties.someone(Worker, PHONE)
    link = walt.server.link("walt@uni.example")
    walt.open_page(link.removeprefix(walt.server.url))
    expect(walt.heading("School of Chemistry invites you")).to_be_visible()
    walt.look("invited where there are no passwords")
    go_there(walt, "walt")
    walt.button("Continue").click()
    walt.is_in()

    grace = parties.someone(User, PHONE)
    choose_how(grace)
    go_there(grace, "grace")
    expect(grace.heading("Create an account")).to_be_visible()
    grace.look("come by a provider")
    grace.button("Continue").click()
    grace.is_in()
    grace.tab("Settings")
    grace.button("Sign out").first.click()
    expect(grace.button("Sign in")).to_be_visible()
    grace.button("Sign in").click()
    grace.button("Sign in with Campus").click()  # who has signed in there is not asked again
    grace.is_in()
    grace.open_page("/oauth/account?client_id=uconnect-user")
    expect(grace.heading("Your account")).to_be_visible()
    grace.look("the account of a provider's person")
    grace.open_page("/oauth/sign-out")
    expect(grace.button("Sign out")).to_be_visible()
    grace.look("sign out of all sites")

    other = parties.someone(User, PHONE)
    other.open_page()
    other.button("Sign in").click()
    go_there(other, "ida")
    expect(other.page.locator("main")).to_contain_text("Your account at Campus may not ask questions here.")
    other.was_refused(403)
    other.look("may not be a user")
