"""Serves the three built sites, each with its configuration and a policy that loads nothing from elsewhere."""

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from uconnect.api.http import JSON
from uconnect.application.security_headers import EVERY
from uconnect.domain.enums import Kind
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


def config(settings: Settings, issuer: Provider, kind: Kind) -> dict[str, Any]:
    """What a site is told about where it is: config.json beside it."""
    client = client_of(kind)
    return {
        "site": kind.value,
        "api": f"{settings.url}/api",
        "socket": settings.socket_url,
        "issuer": settings.url,
        "metadata": f"{settings.url}/.well-known/openid-configuration",
        "client": client,
        "sites": {each.value: f"{settings.url}/{each.value}/" for each in Kind},
        "sign_up": issuer.page("sign-up", client) if issuer.offers_sign_up(client) else None,
        "account": issuer.page("account", client),
        "invitation": issuer.page("open-invitation", client),
        "new_account": None,
    }


class Sites(StaticFiles):
    """Static files with the headers each needs."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(directory=settings.sites, html=True)
        self._headers = EVERY | {"Content-Security-Policy": policy(settings)}

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404:
                raise
            return RedirectResponse("/", 303, self._headers)
        response.headers.update(self._headers)
        built = path.startswith("assets/")
        response.headers["Cache-Control"] = f"public, max-age={ASSET_AGE}, immutable" if built else "no-cache"
        return response


def client_of(kind: Kind) -> str:
    """The id that a site has with the issuer."""
    return f"uconnect-{kind.value}"


def routes(settings: Settings, issuer: Provider, demo: dict[str, Any] | None) -> list[BaseRoute]:
    """config.json of each site, demo.json when there is a demo, and the files."""
    configs = [_json(f"/{kind.value}/config.json", config(settings, issuer, kind)) for kind in Kind]
    demos = [_json("/demo.json", demo)] if demo else [Route("/demo.json", _none)]
    return [*configs, *demos, Mount("/", Sites(settings))]


def _json(path: str, value: dict[str, Any]) -> Route:
    return constant(path, json.dumps(value).encode(), EVERY | {"Cache-Control": "no-cache"}, JSON)


async def _none(_: Request) -> Response:
    return Response(status_code=204)  # not 404: a browser reports that to whoever looks
