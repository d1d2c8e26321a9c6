"""Our provider, as clients that others wrote meet it: a real server, whose ID tokens can be made wrong, and somebody's
browser that signs in there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.support import provider_pages
from tests.support.polling import TIMEOUT
from tests.support.server_process import Server, serving

CLIENT = "uconnect-user"
EMAIL, NAME, PASSWORD = "ada@example.org", "Ada Lovelace", "four quiet herons wading"

# Each ID token gets the claims that a file says, and loses those that it names null. If it says so, a stranger signs.
WRONG_ID_TOKENS = """
import json
from pathlib import Path
from types import SimpleNamespace
from joserfc import jwt
from joserfc.jwk import ECKey
from uconnect.oidc_provider import token_store

def encode(header, claims, key, algorithms):
    if header["typ"] == "JWT":
        wrong = json.loads(Path({file!r}).read_text("utf-8"))
        key = ECKey.generate_key("P-256") if wrong.pop("signed by a stranger", False) else key
        claims = {{name: value for name, value in (claims | wrong).items() if value is not None}}
    return jwt.encode(header, claims, key, algorithms)

token_store.jwt = SimpleNamespace(encode=encode)
"""


@dataclass(frozen=True)
class TriedProvider:
    """The server, and the file with what is wrong in its ID tokens."""

    server: Server
    file: Path

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def home(self) -> str:
        """The address of the user site, which is the client."""
        return f"{self.url}/user/"

    @contextmanager
    def wrong(self, **claims: Any) -> Iterator[None]:
        """Until the block ends, each ID token has these claims. See WRONG_ID_TOKENS."""
        self.file.write_text(json.dumps(claims), "utf-8")
        try:
            yield
        finally:
            self.file.write_text("{}", "utf-8")


@contextmanager
def tried_provider(folder: Path) -> Iterator[TriedProvider]:
    """The provider, until the block ends. Fails at the end if the server had anything to complain of."""
    sites, file = folder / "sites", folder / "wrong.json"
    sites.mkdir()
    file.write_text("{}", "utf-8")
    with serving(folder, prelude=WRONG_ID_TOKENS.format(file=str(file)), SITES=str(sites)) as server:
        yield TriedProvider(server, file)
    assert server.complaints() == []


class SigningInBrowser:
    """A browser that goes to the provider, and signs `email` in where it is asked to."""

    def __init__(self, provider: TriedProvider, email: str = EMAIL) -> None:
        self.provider, self.email = provider, email
        self.http = httpx.Client(base_url=provider.url, timeout=TIMEOUT)

    def sign_up(self) -> None:
        """Make the account, on the pages."""
        page = self.http.get("/oauth/sign-up", params={"client_id": CLIENT})
        sent = self._fill(page, name=NAME, email=self.email, password=PASSWORD)
        self._fill(self.http.get(sent.headers["location"]), code=self.provider.server.code(self.email))

    def navigate(self, url: str) -> str:
        """Go where a site sends the browser, and sign in if asked. The address that it lands at."""
        answer = self.http.get(url)
        while answer.status_code == 303:
            where = answer.headers["location"]
            if where.startswith(self.provider.home):
                return str(where)
            answer = self.http.get(where)
        assert "Forgot your password?" in answer.text, answer.text
        answer = self._fill(answer, email=self.email, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def confirm(self) -> None:
        """Say again who it is, on the account page."""
        page = self.http.get("/oauth/again", params={"client_id": CLIENT})
        assert self._fill(page, password=PASSWORD).status_code == 303

    def _fill(self, page: httpx.Response, **fields: str) -> httpx.Response:
        action, hidden = provider_pages.form(page.text)
        return self.http.post(action, data=hidden | fields, headers={"Origin": self.provider.url})


def parameters(url: str) -> dict[str, str]:
    """What is in the query of an address."""
    return dict(parse_qsl(urlsplit(url).query))


def changed(url: str, **changes: str) -> str:
    """The address, with another value of some of its parameters."""
    return str(httpx.URL(url).copy_merge_params(changes))
