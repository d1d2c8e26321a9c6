"""The same story where everything is on AWS: managed login, the gateways, and the sites told to use them."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from urllib.request import urlopen

import pytest
from deploy import local
from deploy.emulator import emulator
from playwright.sync_api import Browser, expect

from tests.e2e import test_story_site
from tests.e2e.browser_party import BrowserParty, Device
from tests.e2e.party_browsers import PartyBrowsers, numbers
from tests.e2e.site_drivers import School, Worker
from tests.support.evidence import Evidence
from tests.support.network_proxy import Network
from tests.support.polling import poll
from tests.support.ports import free_port
from tests.support.server_process import Server

pytestmark = pytest.mark.xdist_group("phone")


class AwsParties(PartyBrowsers):
    """People whose accounts are made beside the pages: the emulator has none to sign up on."""

    account: Callable[[str, str], None]
    elsewhere: str  # where the gateways and the issuer are: another origin, as on AWS

    def complaints(self) -> list[str]:
        port = self.elsewhere.rpartition(":")[2]
        expected = f"(request|socket) to elsewhere: (http|ws)://localhost:{port}/|localhost:{port}/favicon.ico"
        return [it for it in super().complaints() if not re.search(expected, it)]

    def opens_sign_in(self, person: BrowserParty, name: str, email: str) -> None:
        self.account(email, name)
        person.name, person.email = name, email
        person.open_page()
        person.button("Sign in").click()
        self._signs_in(person)

    comes_back = opens_sign_in

    def worker(self, device: Device, school: School, name: str = "Wanda Okafor") -> Worker:
        """By the link in the letter: the school is named before a password is asked for, and once is enough."""
        number = next(numbers)
        name, email = f"{name} {number}", f"{number}@uni.example"
        school.invite(name, email)
        person = self.someone(Worker, device)
        self.account(email, name)
        person.name, person.email = name, email
        person.open_page(self._link(email).removeprefix(self.server.url))
        expect(person.heading(f"{school.name} invites you")).to_be_visible()
        assert "invitation=" not in person.page.url
        person.look("linked")
        person.button("Accept and sign in").click()
        person.stands_outside()
        self._signs_in(person)
        person.is_in()
        return person

    def _signs_in(self, person: BrowserParty) -> None:
        person.fill(Username=person.email, Password=local.PASSWORD)
        person.button("Sign in").click()

    def _link(self, email: str) -> str:
        """The link in the letter to an address."""
        return poll(partial(self._last_link, email), what=f"{email} has a letter with a link", pause=0.1)

    def _last_link(self, email: str) -> str:
        """Empty if there is none yet."""
        with urlopen(f"{self.elsewhere}/_ministack/ses/messages") as answer:
            letters = [it for sent in json.load(answer)["messages"].values() for it in sent if email in it["To"]]
        found = re.search(r"^http\S+$", letters[-1]["BodyText"], re.MULTILINE) if letters else None
        return found[0] if found else ""


@pytest.fixture
def parties(
    browser: Browser, make_network: Callable[[], Network], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PartyBrowsers]:
    folder, outputs = tmp_path_factory.mktemp("aws"), dict[str, str]()
    with emulator(folder, free_port()) as address, local.serve_sites(outputs, 0) as sites:
        url = f"http://localhost:{sites.server_port}"
        named = address.replace("127.0.0.1", "localhost")  # the browser's network goes by names
        outputs |= local.deploy(named, url, folder / "build")
        thread = threading.Thread(target=sites.serve_forever)
        thread.start()
        parties = AwsParties(browser, Server(url, folder, folder / "log"), make_network)
        parties.elsewhere = named
        parties.account = local.Accounts(address, outputs["Pool"])
        yield parties
        parties.leave()
        sites.shutdown()
        thread.join()
    assert "\n".join(parties.complaints()) == ""


@pytest.mark.timeout(300)
def test_the_story_is_the_same_on_aws(parties: PartyBrowsers, evidence: Evidence) -> None:
    test_story_site.test_a_question_is_answered_by_hands_that_nobody_sees_and_ends_when_its_owner_says_so(
        parties, evidence
    )
