"""The same story where everything is on AWS: managed login, the gateways, and the sites told to use them."""

import re
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from deploy import local
from deploy.emulator import emulator
from playwright.sync_api import Browser

from tests.browser import test_story
from tests.browser.cast import Cast
from tests.browser.person import Person
from tests.kit.network import Network
from tests.kit.server import Server

pytestmark = pytest.mark.xdist_group("phone")
P = TypeVar("P", bound=Person)


class AwsCast(Cast):
    """People whose accounts are made beside the pages: the emulator has none to sign up on."""

    account: Callable[[str, str], None]
    elsewhere: str  # where the gateways and the issuer are: another origin, as on AWS

    def complaints(self) -> list[str]:
        port = self.elsewhere.rpartition(":")[2]
        expected = f"(request|socket) to elsewhere: (http|ws)://localhost:{port}/|localhost:{port}/favicon.ico"
        return [it for it in super().complaints() if not re.search(expected, it)]

    def _in(self, person: P, name: str, email: str) -> P:
        self.account(email, name)
        person.name, person.email = name, email
        person.visit()
        person.button("Sign in").click()
        person.fill(Username=email, Password=local.PASSWORD)
        person.button("Sign in").click()
        person.is_in()
        return person


@pytest.fixture
def cast(
    browser: Browser, make_network: Callable[[], Network], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cast]:
    folder, outputs = tmp_path_factory.mktemp("aws"), dict[str, str]()
    with emulator(folder) as address, local.front(outputs, 0) as sites:
        url = f"http://localhost:{sites.server_port}"
        named = address.replace("127.0.0.1", "localhost")  # the browser's network goes by names
        outputs |= local.deploy(named, url, folder / "build")
        thread = threading.Thread(target=sites.serve_forever)
        thread.start()
        cast = AwsCast(browser, Server(url, folder, folder / "log"), make_network)
        cast.elsewhere = named
        cast.account = local.Accounts(address, outputs["Pool"])
        yield cast
        cast.leave()
        sites.shutdown()
        thread.join()
    assert "\n".join(cast.complaints()) == ""


@pytest.mark.timeout(300)
def test_the_story_is_the_same_on_aws(cast: Cast) -> None:
    test_story.test_a_question_is_answered_by_hands_that_nobody_sees_and_ends_when_its_owner_says_so(cast)
