"""An open thread, which looks the same to everyone who reads it."""

from playwright.sync_api import Locator, Page

from tests.e2e.engines import expect


class ThreadPane:
    """The thread that is open on a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.log = page.get_by_role("log", name="Messages")
        self.composer = page.get_by_placeholder("Write a message")

    def write(self, text: str) -> None:
        """Type a message and send it off; whether it arrives is another matter."""
        self.composer.fill(text)
        self._page.get_by_role("button", name="Send", exact=True).click()
        expect(self.bubble(text)).to_be_visible()

    def say(self, text: str) -> None:
        """Write, and wait until the server has it."""
        self.write(text)
        self.kept(text)

    def kept(self, text: str) -> None:
        """Waits until a message of one's own is no longer on its way: then it is there, once."""
        expect(self.bubble(text).and_(self.log.locator(":not(.sending)"))).to_have_count(1)
        expect(self.bubble(text)).to_have_count(1)

    def hears(self, text: str) -> None:
        expect(self.bubble(text)).to_be_visible()

    def bubble(self, text: str) -> Locator:
        """The message with exactly this text: there must be one."""
        return self.log.get_by_role("listitem").filter(has=self._page.get_by_text(text, exact=True))

    def texts(self) -> list[str]:
        """What has been said, in order."""
        return self.log.locator(".bubble > p").all_inner_texts()

    def reads(self, *texts: str) -> None:
        """Waits until exactly this has been said."""
        expect(self.log.locator(".bubble > p")).to_have_text(list(texts))

    def is_over(self) -> None:
        """Waits until nobody can write here any more."""
        expect(self._page.get_by_text("This thread has ended. No one can add messages to it.")).to_be_visible()
        expect(self.composer).to_have_count(0)
