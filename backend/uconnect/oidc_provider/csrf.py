"""A form is answered only if a page of ours showed it to this very browser, and is read only if it is small."""

import hashlib
import hmac
import sqlite3
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from uconnect.oidc_provider import hashed_secrets
from uconnect.oidc_provider.cookies import Cookies

LARGEST = 8192  # bytes of parameters, in an address or a body
FIELD = "form"

Pairs = list[tuple[str, str]]


async def asked(request: Request) -> Pairs:
    """The parameters of a request, from its address or, when it is a POST, its body. What is too large, or is not a
    form, has none: the refusal that follows then says what is missing."""
    return await posted(request) if request.method == "POST" else in_address(request)


def in_address(request: Request) -> Pairs:
    """The parameters in the request's address."""
    return _parse(request.url.query)


async def posted(request: Request) -> Pairs:
    """The parameters in the request's body, none if it is too large."""
    return await read(request) or []


async def read(request: Request) -> Pairs | None:
    """The parameters in the request's body, None if it is too large."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return []
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return _parse(body.decode("utf-8", "replace"))


def _parse(text: str) -> Pairs:
    if len(text) > LARGEST:
        return []
    try:
        return parse_qsl(text, max_num_fields=40)  # a parameter without a value counts as left out (RFC 6749 §3.1)
    except ValueError:
        return []


class CsrfTokens:
    """Marks our forms against forgery: each carries a signature of a cookie that only this browser holds.

    Without it another page could sign a person in as somebody else, and read what they then write (login CSRF).
    """

    def __init__(self, secret: bytes, cookies: Cookies) -> None:
        self._secret = secret
        self._cookies = cookies

    def mark(self, request: Request) -> tuple[str, str]:
        """The browser's cookie (a new one if it has none), and the mark that goes into the form."""
        cookie = self._cookies.form(request) or hashed_secrets.new_secret()
        return cookie, self._sign(cookie)

    def plant(self, response: Response, cookie: str) -> None:
        """Let the browser keep the cookie that the page's form was marked for."""
        self._cookies.plant_form(response, cookie)

    def is_genuine(self, request: Request, fields: Mapping[str, str]) -> bool:
        """Whether the form was shown by us to the browser that sends it."""
        cookie = self._cookies.form(request)
        return cookie is not None and hmac.compare_digest(self._sign(cookie).encode(), fields.get(FIELD, "").encode())

    def _sign(self, cookie: str) -> str:
        return hmac.new(self._secret, cookie.encode(), hashlib.sha256).hexdigest()


def secret(connection: sqlite3.Connection) -> bytes:
    """The secret that marks forms, kept so that a page opened before a restart still works after it."""
    row = connection.execute("SELECT secret FROM issuer_page_secret").fetchone()
    if row:
        return bytes(row[0])
    made = hashed_secrets.hash_secret(hashed_secrets.new_secret())
    connection.execute("INSERT INTO issuer_page_secret (secret) VALUES (?)", (made,))
    return made
