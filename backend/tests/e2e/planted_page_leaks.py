"""Leaks planted in the pages as they are built: the browser is served a script with one change.

`told` is what no page is ever told: here each world puts in it whose hands, or whose thread, it is.
"""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Page, Route

ASSETS = Path(__file__).parents[3] / "sites" / "dist" / "assets"


@dataclass(frozen=True)
class Leak:
    """`channel` is where a curious person finds it; `built` is the place in the built scripts, and `leaking` what
    stands there instead."""

    channel: str
    what: str
    built: str
    leaking: str

    def __str__(self) -> str:
        return f"{self.channel}: {self.what}"

    def plant(self, page: Page, told: str) -> None:
        """From the next document on. Fails if there is no such place any more."""
        assert any(re.search(self.built, script.read_text("utf-8")) for script in ASSETS.glob("*.js")), self.built
        page.add_init_script(f"window.told = '{told}'")
        page.route("**/assets/*.js", partial(_serve, self))


LEAKS = (
    Leak("page", "an attribute of a message", r"class:`bubble`,", "'data-by':told,class:`bubble`,"),
    Leak("page", "a class of a message", r"class:`bubble`,", "class:`bubble by-${told}`,"),
    Leak(
        "page",
        "an attribute of what can be done with a message",
        r"class:`message-more`,",
        "'data-by':told,class:`message-more`,",
    ),
    Leak("page", "a picture for each hand", r"class:`avatar tint", "class:`avatar ${told} tint"),
    Leak("page", "a tip over a subject", r"class:`row-subject`,", "title:told,class:`row-subject`,"),
    Leak(
        "names",
        "what a subject is called",
        r"class:`row-subject`,",
        "'aria-label':told,role:`img`,class:`row-subject`,",
    ),
    Leak("live", "the window's title", r" · uconnect`", " · ${told}`"),
    Leak("live", "what stands in a field", r"rows:1,value:", "rows:1,value:told+"),
    Leak("kept", "a record in the browser", r"(\w+)\.setItem\(", r"\1.setItem(`told`,told),\1.setItem("),
    Leak("asked", "another address", r"`config\.json`", "`config.json?${told}`"),
    Leak("asked", "a picture of its own", r"class:`logo`,src:", "class:`logo`,src:`/${told}.svg`||"),
    Leak("said", "another frame", r"(\w+\.socket\.send\(){t:`seen`,", r"\1{t:`typing`,id:told}),\1{t:`seen`,"),
)


def _serve(leak: Leak, route: Route) -> None:
    built = (ASSETS / route.request.url.rpartition("/")[2]).read_text("utf-8")
    route.fulfill(body=re.sub(leak.built, leak.leaking, built), content_type="text/javascript; charset=utf-8")
