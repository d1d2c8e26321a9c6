"""What the disk does not take is said in words, on pages and to scripts: nothing was changed, try again."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from uconnect.oidc_provider.html import PRIVATE, HtmlPages

SENTENCE = "This cannot be kept at the moment. Nothing was changed. Wait a minute, then go back and try again."
RETRY = {"Retry-After": "60"}
Endpoint = Callable[[Request], Awaitable[Response]]
log = logging.getLogger("uconnect")


def handle_database_errors(endpoint: Endpoint, busy: Callable[[], Response]) -> Endpoint:
    """The endpoint, answering `busy` while the database cannot be read or written."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except sqlite3.DatabaseError as error:  # also a damaged file, which is no OperationalError
            log.error("signing in waits for the disk: %s", getattr(error, "sqlite_errorname", type(error).__name__))
            response = busy()
            response.headers.update(RETRY)
            return response

    return answer


def to_person(pages: HtmlPages) -> Callable[[], Response]:
    return lambda: pages.notice("Please try again", SENTENCE, status=HTTPStatus.SERVICE_UNAVAILABLE)


def to_script() -> Response:
    """The code is that of RFC 6749 §4.1.2.1, which has none for a token request that cannot be served."""
    error = {"error": "temporarily_unavailable", "error_description": "Nothing was changed. Try again in a minute."}
    return JSONResponse(error, HTTPStatus.SERVICE_UNAVAILABLE, PRIVATE)
