"""Shows unsent letters on a page, to whoever sits at this machine and to nobody else.

The letters open accounts, so the page exists only while nobody else can reach the server (`Settings.has_dev_mailbox`).
A request that a proxy passes on is refused, because it may come from anywhere.
"""

import re
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from uconnect.adapters.mail import StoredEmail
from uconnect.application.loopback import is_loopback
from uconnect.entrypoints.server.container import DEV_MAILBOX_PATH, Container

ELSEWHERE = "Open this page on the computer that runs uconnect, without another server in between."
PASSED_ON = re.compile(r"x-forwarded-.*|forwarded|via|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip")
LINK = re.compile(r"https?://\S+")
PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
PAGES.filters["local"] = lambda seconds: datetime.fromtimestamp(seconds, UTC).astimezone()  # the reader is here
PAGES.tests["link"] = LINK.fullmatch


def routes(parts: Container) -> list[Route]:
    """GET /mail, where there may be such a page."""

    async def show(request: Request) -> Response:
        if not is_local(request):
            return parts.issuer.pages.notice(
                "These e-mails cannot be read from here", ELSEWHERE, status=HTTPStatus.FORBIDDEN
            )
        letters = await parts.database.read_soon(parts.outbox.read)
        return parts.issuer.pages.page("E-mails", page(letters))

    return [Route(DEV_MAILBOX_PATH, show, methods=["GET"])] if parts.settings.has_dev_mailbox else []


def is_local(request: Request) -> bool:
    """Whether a request comes from this machine, and nobody has passed it on."""
    near = request.client is not None and is_loopback(request.client.host)
    return near and not any(PASSED_ON.fullmatch(name) for name in request.headers)


def page(letters: list[StoredEmail]) -> Markup:
    """The letters, the latest first and open."""
    return Markup(PAGES.get_template("dev_mailbox.html").render(letters=letters[::-1]))  # noqa: S704 - escaped by Jinja2
