"""A keyboard and nothing else: what cannot be reached with it, or is not seen to be reached, is not there."""

from playwright.sync_api import Locator, Page, expect

FURTHEST = 40  # steps to anything
RING = 6  # pixels around an element in which its focus shows
LOOKS, BETWEEN = 5, 300  # how often it is looked at, and ms in between


class Keyboard:
    """Fingers on the keys of one page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.press = page.keyboard.press
        self.type = page.keyboard.type

    def reach(self, wanted: Locator) -> None:
        """Step on until the wanted element has the focus, and shows it."""
        expect(wanted).to_be_visible()
        for _ in range(FURTHEST):
            self.press("Tab")
            if wanted.evaluate("(it) => it === document.activeElement"):
                return self._is_seen(wanted)
        raise AssertionError(f"No key reaches {wanted}.")

    def choose(self, wanted: Locator) -> None:
        self.reach(wanted)
        self.press("Enter")

    def fill(self, wanted: Locator, text: str) -> None:
        self.reach(wanted)
        self.type(text)

    def _is_seen(self, request: Locator) -> None:
        """Looked at more than once: a busy browser may draw the focus, or its end, a moment later."""
        for _ in range(LOOKS):
            held = self._picture(request)
            request.evaluate("(it) => it.blur()")
            without = self._picture(request)
            request.focus()
            if without != held:
                return
            self._page.wait_for_timeout(BETWEEN)
        raise AssertionError(f"Nothing shows that {request} has the focus.")

    def _picture(self, of: Locator) -> bytes:
        box = of.bounding_box()
        assert box
        return self._page.screenshot(
            clip={
                "x": box["x"] - RING,
                "y": box["y"] - RING,
                "width": box["width"] + 2 * RING,
                "height": box["height"] + 2 * RING,
            },
            animations="disabled",
        )
