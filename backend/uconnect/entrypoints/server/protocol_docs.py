"""The protocol as a page to read: the text of docs/protocol.md, with no script and nothing from elsewhere in it."""

import base64
import hashlib
from importlib.resources import files

from markdown_it import MarkdownIt

from uconnect.api import protocol_page

STYLE_BEGINS, STYLE_ENDS = "<style>", "</style>"


def page() -> tuple[bytes, dict[str, str]]:
    """The page as HTML, and the headers it is sent with."""
    frame = files("uconnect.entrypoints.server").joinpath("reading_room.html").read_text("utf-8")
    text = MarkdownIt("commonmark").enable("table").render(protocol_page.source())
    wide = text.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
    style = frame.partition(STYLE_BEGINS)[2].partition(STYLE_ENDS)[0]
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}
    return frame.replace("<!--text-->", wide).encode(), headers
