"""Who plays in a story, each new, with a browser of their own; nobody may have had a reason to complain at its end."""

from collections.abc import Callable
from itertools import count
from typing import TypeVar

from playwright.sync_api import Browser

from tests.api.server_home import ServerHome
from tests.e2e.browser_party import BrowserParty, Device
from tests.e2e.engines import close
from tests.e2e.site_drivers import School, User, Worker
from tests.support.network_proxy import Network
from tests.support.server_process import Server
from uconnect.domain.enums import Kind

P = TypeVar("P", bound=BrowserParty)

numbers = count(1)  # one server sees many stories: no name comes twice


class PartyBrowsers:
    """People come in when a story needs them."""

    def __init__(self, browser: Browser, server: Server, make_network: Callable[[], Network]) -> None:
        self.server = server
        self._browser = browser
        self._make_network = make_network
        self._people: list[BrowserParty] = []

    def someone(self, party: type[P], device: Device) -> P:
        """Somebody who has not opened a page yet, and has no account."""
        person = party(self._browser, self.server, self._make_network(), device)
        self._people.append(person)
        return person

    def user(self, device: Device, name: str = "Uma Petrov") -> User:
        return self._member(User, device, name)

    def school(self, device: Device, name: str = "School of Computing") -> School:
        return self._member(School, device, name)

    def worker(self, device: Device, school: School, name: str = "Wanda Okafor") -> Worker:
        """A worker whom the school has invited."""
        number = next(numbers)
        school.invite(f"{name} {number}", f"{number}@uni.example")
        person = self.someone(Worker, device)
        self.comes_back(person, f"{name} {number}", f"{number}@uni.example")
        person.is_asked(f"{school.name} invites you")
        person.button("Accept").click()
        person.is_in()
        return person

    def again(self, person: P, device: Device) -> P:
        """The same party on another device."""
        return self._in(self.someone(type(person), device), person.name, person.email)

    def complaints(self) -> list[str]:
        return [f"{person.site}: {it}" for person in self._people for it in person.complaints]

    def leave(self) -> None:
        for person in self._people:
            close(person.page.context)

    def _member(self, party: type[P], device: Device, name: str) -> P:
        number = next(numbers)
        return self._in(self.someone(party, device), f"{name} {number}", f"{number}@uni.example")

    def _in(self, person: P, name: str, email: str) -> P:
        self.comes_back(person, name, email)
        person.is_in()
        return person

    def comes_back(self, person: BrowserParty, name: str, email: str) -> None:
        """As whoever signed in before: what the issuer and the site keep of it is there. How one engine comes by that
        is told by the tests that sign in; the others sign in each time."""
        if person.engine == "chromium":
            subject, cookie = self._session(person, name, email)
            person.keep_tokens(subject, ServerHome(self.server).tokens(Kind(person.site), cookie))
            person.open_page()
        else:
            self.opens_sign_in(person, name, email)

    def opens_sign_in(self, person: BrowserParty, name: str, email: str) -> None:
        """With the session that a password would have begun."""
        self._session(person, name, email)
        person.open_page()
        person.button("Sign in").click()

    def _session(self, person: BrowserParty, name: str, email: str) -> tuple[str, str]:
        """The subject and the cookie of a session at the issuer, which their browser keeps."""
        session, cookie = self.server.sign_in(Kind(person.site), email, name)
        person.keep_cookie(f"uconnect_session_{person.site}", cookie)
        person.name, person.email = name, email
        return session.subject, cookie
