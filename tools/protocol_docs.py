"""Renders docs/protocol.md as the HTML page that the server sends at `/api/docs`."""

import sys
from pathlib import Path

from markdown_it import MarkdownIt

from tools import protocol_page

FRAME = Path(__file__).with_name("protocol_docs.html")


def source() -> str:
    """The page: it holds no script and loads nothing."""
    text = MarkdownIt("commonmark").enable("table").render(protocol_page.source())
    wide = text.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
    wide = wide.replace("<pre>", '<pre tabindex="0">')  # it scrolls, also by the keyboard
    return FRAME.read_text("utf-8").replace("<!--text-->", wide)


if __name__ == "__main__":
    sys.stdout.write(source())
