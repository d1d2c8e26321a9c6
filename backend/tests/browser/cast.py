"""Who plays in a story, each with a browser of their own; when it is over, nobody may have had a reason to complain."""

from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Browser

from tests.browser.parties import School, User, Worker
from tests.browser.person import Device, Person
from tests.kit.network import Network
from tests.kit.server import Server
from uconnect.embedded.demo import PASSWORD

P = TypeVar("P", bound=Person)

COMPUTING, LAW, WANDA, UMA = "School of Computing", "School of Law", "Wanda Okafor", "Uma Petrov"


class Cast:
    """People come in when a story needs them."""

    def __init__(self, browser: Browser, server: Server, make_network: Callable[[], Network]) -> None:
        self.server = server
        self._browser = browser
        self._make_network = make_network
        self._people: list[Person] = []

    def someone(self, party: type[P], device: Device) -> P:
        """Somebody who has not opened a page yet."""
        person = party(self._browser, self.server, self._make_network(), device)
        self._people.append(person)
        return person

    def uma(self, device: Device) -> User:
        return self._signed_in(User, device, "uma@demo.example")

    def computing(self, device: Device) -> School:
        return self._signed_in(School, device, "computing@demo.example")

    def law(self, device: Device) -> School:
        return self._signed_in(School, device, "law@demo.example")

    def wanda(self, device: Device) -> Worker:
        return self._signed_in(Worker, device, "wanda@demo.example")

    def complaints(self) -> list[str]:
        return [f"{person.site}: {it}" for person in self._people for it in person.complaints]

    def leave(self) -> None:
        for person in self._people:
            person.page.context.close()

    def _signed_in(self, party: type[P], device: Device, email: str) -> P:
        person = self.someone(party, device)
        person.sign_in(email, PASSWORD)
        return person
