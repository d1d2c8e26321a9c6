"""The server: the real command in a process of its own, whose accounts are made beside it, without Argon2."""

import base64
import hashlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from websockets.sync.client import ClientConnection

from tests.api.home import Party, abort, browser
from tests.support import dropped_deliveries
from tests.support.polling import poll
from tests.support.provider_pages import form, handed_on
from tests.support.server_process import UNBOUNDED, Server, serving
from uconnect.domain.enums import Kind
from uconnect.oidc_provider import signing_keys
from uconnect.oidc_provider.sessions import Session
from uconnect.oidc_provider.token_store import TOKEN_LIFETIME, Signer

T = TypeVar("T")
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PASSWORD = "four quiet herons wading"


class ServerHome:
    """Implements `Home`."""

    at_most = sys.maxsize
    denials = MappingProxyType({401: "Unauthorized", 403: "Forbidden"})
    letters = MappingProxyType(dict.fromkeys(Kind, 1))  # a code; whoever was invited came by a letter that is one

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.socket = f"ws{server.url.removeprefix('http')}/api/socket"
        self._server = server
        self._signer = Signer(
            server.url, server.write(lambda connection: signing_keys.make_first(connection, time.time()))
        )

    def party(self, kind: Kind, email: str, name: str, ago: int = 0) -> Party:
        # More than once only if the account is one that has closed, and is forgotten between two steps of ours.
        token, session = poll(partial(self._signed_in, kind, email, name, ago), itemgetter(0), what=f"{email} signs in")
        late = self._signer.access_token(session, "openid email", time.time() - TOKEN_LIFETIME - 1)
        return Party(kind, email, token, late, self.url)

    def _signed_in(self, kind: Kind, email: str, name: str, ago: int) -> tuple[str, Session]:
        """The access token, empty if there is none, and the session."""
        session, cookie = self._server.sign_in(kind, email, name, ago)
        return str(self.tokens(kind, cookie).get("access_token", "")), session

    def tokens(self, kind: Kind, cookie: str) -> dict[str, Any]:
        """What the token endpoint answers a site in a browser with a session's cookie; no tokens if it has ended."""
        with browser(self.url) as http:
            prefix = "__Host-" if self.url.startswith("https:") else ""
            http.cookies.set(f"{prefix}uconnect_session_{kind.value}", cookie)
            return self._tokens(http, kind)

    def party_by_pages(self, kind: Kind, email: str, name: str) -> Party:
        with browser(self.url) as http:
            (self._accept if kind is Kind.WORKER else self._sign_up)(http, kind, email, name)
            return Party(kind, email, self._tokens(http, kind)["access_token"], "", self.url)

    def another_browser(self, party: Party) -> Party:
        return self.party(party.kind, party.email, "")

    def mail(self, address: str, least: int = 0) -> list[str]:
        return self._server.letters(address, least)

    def wait_until_told(self) -> None:
        """They are told before."""

    def cut(self, socket: ClientConnection) -> None:
        abort(socket)

    def _sign_up(self, http: httpx.Client, kind: Kind, email: str, name: str) -> None:
        page = http.get(self._authorize(kind).replace("/authorize?", "/sign-up?"))
        page = _fill(http, page, name=name, email=email, password=PASSWORD)
        _fill(http, http.get(page.headers["location"]), code=self._server.code(email))

    def _accept(self, http: httpx.Client, kind: Kind, email: str, name: str) -> None:
        path, fields = handed_on(self._server.link(email), _client(kind))
        _fill(http, http.post(path, data=fields), password=PASSWORD)

    def _authorize(self, kind: Kind) -> str:
        asked = {
            "response_type": "code",
            "client_id": _client(kind),
            "redirect_uri": f"{self.url}/{kind.value}/",
            "scope": "openid email profile",
            "state": "state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return f"/oauth/authorize?{httpx.QueryParams(asked)}"

    def _tokens(self, http: httpx.Client, kind: Kind) -> dict[str, Any]:
        return self._exchange(http, kind, self._code(http, kind))

    def _code(self, http: httpx.Client, kind: Kind) -> str:
        landing = http.get(self._authorize(kind)).headers.get("location", "")
        return str(dict(parse_qsl(urlsplit(landing).query)).get("code", ""))

    def _exchange(self, http: httpx.Client, kind: Kind, code: str) -> dict[str, Any]:
        fields = {
            "grant_type": "authorization_code",
            "client_id": _client(kind),
            "code": code,
            "redirect_uri": f"{self.url}/{kind.value}/",
            "code_verifier": VERIFIER,
        }
        answer: dict[str, Any] = http.post("/oauth/token", data=fields).json()
        return answer


TOO_LARGE = "requests refused: a body that went on after its answer"  # as a body does that is refused by its length


@contextmanager
def server_home(
    folder: Path, prelude: str = "", *, bounded: bool = False, watched: bool = True
) -> Iterator[ServerHome]:
    """The home, until the block ends; `prelude` is run in its process first.

    `bounded`: a connection may send as much as a person would; else as much as a test does. Fails at the end if the
    server had anything to complain of, or has decided what others must hear and has not told them (`watched`).
    """
    (folder / "sites").mkdir()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SITES", str(folder / "sites"))  # none need be built for this
        prelude = ("" if bounded else UNBOUNDED) + (dropped_deliveries.PRELUDE if watched else "") + prelude
        with serving(folder, prelude=prelude) as server:
            yield ServerHome(server)
    complaints = "\n".join(it for it in server.complaints() if not it.startswith(TOO_LARGE))
    assert complaints == "", complaints


def _client(kind: Kind) -> str:
    return f"uconnect-{kind.value}"


def _fill(http: httpx.Client, page: httpx.Response, **fields: str) -> httpx.Response:
    """Send the form of a page, filled in."""
    action, hidden = form(page.text)
    return http.post(action, data=hidden | fields, headers={"Origin": str(http.base_url).rstrip("/")})
