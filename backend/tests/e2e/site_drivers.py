"""What each kind of party does on its site."""

import re

from playwright.sync_api import Locator

from tests.e2e.browser_party import BrowserParty
from tests.e2e.engines import expect
from tests.e2e.thread_pane import ThreadPane


class Raiser(BrowserParty):
    """Whoever has a question: a user, or a school that asks another."""

    schools, raised = "", ""  # the names of two tabs

    def ask(self, school: str, subject: str, text: str, *, sends_anyway: bool = False) -> ThreadPane:
        """Find a school and raise a thread to it; also if the page warns that it tells who asks."""
        self.find(school)
        self.page.get_by_label("What is it about?").fill(subject)
        self.page.get_by_label("Your question").fill(text)
        self.button("Send question").click()
        if sends_anyway:
            self.answer("This may reveal who you are", "Send it anyway")
        self.thread.hears(text)
        return self.thread

    def find(self, school: str) -> None:
        self.tab(self.schools)
        self.page.get_by_label("Search schools").fill(school)
        self.page.get_by_role("listitem").get_by_role("link", name=school).click()
        expect(self.heading(f"Ask {school}")).to_be_visible()

    def end(self) -> None:
        """End the thread that is open."""
        self.button("End thread").click()
        self.answer("End this thread?", "End thread")
        self.thread.is_over()

    def delete(self) -> None:
        """Delete the ended thread that is open."""
        self.button("Delete").click()
        self.answer("Delete this thread?", "Delete")


class User(Raiser):
    site, schools, raised = "user", "Find a school", "Threads"


class School(Raiser):
    site, schools, raised = "school", "Other schools", "Questions we asked"

    def invite(self, name: str, email: str) -> None:
        self.tab("Workers")
        self.fill(**{"Name": name, "E-mail": email})
        self.button("Invite").click()
        self.reads(f"Invitation sent to {email}")

    @property
    def handler_menu(self) -> Locator:
        """The button that says whose hands the open thread is in."""
        return self.page.get_by_role("button", name=re.compile("^(Give to a worker|With .*)$"))

    def offload(self, worker: str) -> None:
        """Offload the thread that is open."""
        self.handler_menu.click()
        self.page.get_by_role("group", name="Who should answer this?").get_by_role("button", name=worker).click()
        expect(self.button(f"With {worker}")).to_be_visible()

    def take_back(self) -> None:
        self.handler_menu.click()
        self.button("Take it back").click()
        expect(self.button("Give to a worker")).to_be_visible()


class Worker(BrowserParty):
    site = "worker"

    @property
    def under(self) -> str:
        """Whom the open thread is with, as far as a worker may know."""
        return self.page.locator(".thread-head .thread-subtitle").inner_text()

    def hand_back(self, reason: str = "", more: str = "") -> None:
        """Hand the open thread back to the school."""
        self.button("Hand back").click()
        if reason:
            self.page.get_by_role("radio", name=reason).check()
            self.page.get_by_label("More about it (optional)").fill(more)
            self.look("hand-back")
            self.look_in_every_window("hand-back")
        self.answer("Hand this thread back?", "Hand back")
