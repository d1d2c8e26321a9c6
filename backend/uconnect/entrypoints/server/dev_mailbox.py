"""Shows unsent letters on a page, to whoever sits at this machine and to nobody else.

The letters open accounts, so the page exists only while nobody else can reach the server (`Settings.has_dev_mailbox`).
A request that a proxy passes on is refused, because it may come from anywhere.
"""

import html
import re
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.resources import files
from string import Template

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from uconnect.adapters.mail import StoredEmail
from uconnect.entrypoints.server.container import DEV_MAILBOX_PATH, Container
from uconnect.entrypoints.server.settings_sources import is_loopback

ELSEWHERE = "Letters are read on the machine that uconnect runs on, and not through another server."
PASSED_ON = re.compile(r"x-forwarded-.*|forwarded|via|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip")
LINK = re.compile(r"https?://\S+")
PAGE, LETTER = (
    Template(files("uconnect.entrypoints.server").joinpath(f"{it}.html").read_text("utf-8"))
    for it in ("letterbox", "letter")
)


def routes(parts: Container) -> list[Route]:
    """GET /mail, where there may be such a page."""

    async def show(request: Request) -> Response:
        if not is_local(request):
            return parts.issuer.pages.notice("Not from here", ELSEWHERE, status=HTTPStatus.FORBIDDEN)
        letters = await parts.database.read_soon(parts.outbox.read)
        return parts.issuer.pages.page("Letters", page(letters), wide=True)

    return [Route(DEV_MAILBOX_PATH, show, methods=["GET"])] if parts.settings.has_dev_mailbox else []


def is_local(request: Request) -> bool:
    """Whether a request comes from this machine, and nobody has passed it on."""
    near = request.client is not None and is_loopback(request.client.host)
    return near and not any(PASSED_ON.fullmatch(name) for name in request.headers)


def page(letters: list[StoredEmail]) -> str:
    """The letters, the latest first and open."""
    main = PAGE.substitute(empty_hidden="hidden" if letters else "")
    latest = letters[-1].number if letters else 0
    written = [_letter(kept, "open" if kept.number == latest else "") for kept in reversed(letters)]
    return main.replace("<!--letters-->", "\n".join(written))


def _letter(kept: StoredEmail, opened: str) -> str:
    at = datetime.fromtimestamp(kept.written, UTC)
    head = LETTER.substitute(
        opened=opened,
        subject=html.escape(kept.letter.subject),
        to=html.escape(kept.letter.to),
        at=at.isoformat(),
        written=f"{at:%d %B %Y, %H:%M} UTC",
    )
    return head.replace("<!--text-->", _text(kept.letter.text))


def _text(text: str) -> str:
    """Paragraphs as they were written; an address on a line of its own can be followed."""
    return "".join(f"<p>{'<br>'.join(map(_linked, part.split(chr(10))))}</p>" for part in text.strip().split("\n\n"))


def _linked(line: str) -> str:
    escaped = html.escape(line)
    return f'<a href="{escaped}" rel="noreferrer">{escaped}</a>' if LINK.fullmatch(line) else escaped
