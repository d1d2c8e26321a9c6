"""Serves the three built sites, each with its configuration and a policy that loads nothing from elsewhere."""

import json
import mimetypes
import os
import stat
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from uconnect.api.http import JSON
from uconnect.application.security_headers import SECURITY_HEADERS
from uconnect.domain.enums import Kind
from uconnect.entrypoints.server.content_coding import ENDINGS, preferred
from uconnect.entrypoints.server.http import constant
from uconnect.entrypoints.server.settings import Settings
from uconnect.oidc_provider import Provider

ASSET_AGE = 31_536_000  # seconds: a built asset's name changes with its bytes


def policy(settings: Settings) -> str:
    """The Content-Security-Policy of every page of the sites (W3C CSP 3)."""
    socket = settings.socket_url.removesuffix("/api/socket")
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' {socket};"
        " manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for"
        " 'script'"
    )


BEAT = 25_000  # ms between two pings of a page, which cost nothing here: a dead connection is noticed at once


def config(settings: Settings, issuer: Provider, kind: Kind) -> dict[str, Any]:
    """What a site is told about where it is: config.json beside it."""
    client = client_of(kind)
    return {
        "site": kind.value,
        "api": f"{settings.url}/api",
        "socket": settings.socket_url,
        "beat": BEAT,
        "issuer": settings.url,
        "metadata": f"{settings.url}/.well-known/openid-configuration",
        "client": client,
        "sites": {each.value: f"{settings.url}/{each.value}/" for each in Kind},
        "sign_up": issuer.page("sign-up", client) if issuer.offers_sign_up(client) else None,
        "account": issuer.page("account", client),
        "account_offers": "all",
        "passkey": None,
        "sign_out_everywhere": False,  # the account's page does it, and shows where the person is signed in
        "invitation": issuer.page("open-invitation", client),
        "letter": issuer.page("open-letter", client),
        "new_account": None,
        "notices": True,
        "idle": settings.idle_sign_out,
    }


class Sites(StaticFiles):
    """Static files with the headers each needs, compressed as they were built. What is not there has a page that says
    so."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(directory=settings.sites, html=True)
        self._url = settings.url
        page = settings.sites / "404.html"
        self._missing = page.read_bytes() if page.is_file() else b"There is no such page."
        self._headers = SECURITY_HEADERS | {"Content-Security-Policy": policy(settings)}

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await self._found(path, scope)
        except (HTTPException, OSError) as error:  # the latter for a name that no file can have
            if self._is_there(path) and isinstance(error, HTTPException):  # it cannot be posted to
                raise
            response = self._not_found()
        built = path.startswith("assets/") and response.status_code != HTTPStatus.NOT_FOUND
        response.headers.update(self._headers)
        response.headers["Cache-Control"] = f"public, max-age={ASSET_AGE}, immutable" if built else "no-cache"
        return response

    async def _found(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        asked = scope["path"]
        if response.status_code == HTTPStatus.NOT_FOUND or (asked.endswith("/") and self._is_file(path)):
            return self._not_found()
        if isinstance(response, RedirectResponse) or "//" in asked:  # a site asks for its files beside its own address
            folder = "/" if isinstance(response, RedirectResponse) or asked.endswith("/") else ""
            query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            return RedirectResponse(f"{self._url}/{'' if path == '.' else path + folder}{query}")
        return response

    def _not_found(self) -> Response:
        return HTMLResponse(self._missing, HTTPStatus.NOT_FOUND)

    def _is_there(self, path: str) -> bool:
        try:
            return self.lookup_path(path)[1] is not None
        except (OSError, ValueError):
            return False

    def _is_file(self, path: str) -> bool:
        about = self.lookup_path(path)[1]
        return about is not None and stat.S_ISREG(about.st_mode)

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """What is on the disk. A compressed file is no file of its own."""
        return ("", None) if path.endswith(tuple(ENDINGS.values())) else super().lookup_path(path)

    def file_response(
        self,
        full_path: "str | os.PathLike[str]",
        stat_result: os.stat_result,  # noqa: ARG002 - of the file as it is; what is sent may be the compressed one
        scope: Scope,
        status_code: int = HTTPStatus.OK,
    ) -> Response:
        """The file, or what it was compressed to: each has an ETag of its own, and a range is one of its bytes."""
        beside = {coding: Path(f"{full_path}{ending}") for coding, ending in ENDINGS.items()}
        found = {coding: file for coding, file in beside.items() if file.is_file()}
        asked = Headers(scope=scope)
        coding = preferred(asked.getlist("accept-encoding"), [*found])
        headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": coding} if coding in found else {})
        file = found.get(coding, Path(full_path))
        media_type = mimetypes.guess_type(full_path)[0]
        response = FileResponse(file, status_code, headers, media_type, stat_result=file.stat())
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, asked) else response


def client_of(kind: Kind) -> str:
    """The id that a site has with the issuer."""
    return f"uconnect-{kind.value}"


def routes(settings: Settings, issuer: Provider, demo: dict[str, Any] | None) -> list[BaseRoute]:
    """config.json of each site, demo.json when there is a demo, and the files."""
    configs = [_json(f"/{kind.value}/config.json", config(settings, issuer, kind)) for kind in Kind]
    demos = [_json("/demo.json", demo)] if demo else [Route("/demo.json", _none)]
    return [*configs, *demos, Mount("/", Sites(settings))]


def _json(path: str, value: dict[str, Any]) -> Route:
    return constant(path, json.dumps(value).encode(), SECURITY_HEADERS | {"Cache-Control": "no-cache"}, JSON)


async def _none(_: Request) -> Response:
    return Response(status_code=204)  # not 404: a browser reports that to whoever looks
