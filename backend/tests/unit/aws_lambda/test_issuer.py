"""Behind an OpenID issuer that is neither ours nor Cognito: its tokens are believed, and nobody else's."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from deploy import local
from deploy.emulator import emulator
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.api.home import browser
from tests.support.loopback_http import running
from tests.support.ports import free_port
from tests.support.university_server import JsonPage, UniversityServer

pytestmark = pytest.mark.xdist_group("stack")


class University(UniversityServer):
    """As much of a university's sign-in as an API meets: what it publishes, and whose a token is."""

    def __init__(self) -> None:
        super().__init__(_Page)
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})

    def token(self, key: RSAKey | None = None, **claims: Any) -> str:
        """An access token (RFC 9068) of somebody on the user site."""
        now = int(time.time())
        said = {"iss": self.url, "sub": "ann", "client_id": "ask", "aud": "ask", "iat": now, "exp": now + 600} | claims
        header = {"alg": "RS256", "kid": "k1", "typ": "at+jwt"}
        return jwt.encode(header, {name: it for name, it in said.items() if it is not None}, key or self.key)


class _Page(JsonPage):
    server: University

    def do_GET(self) -> None:  # noqa: N802 - the name of http.server
        url = self.server.url
        pages: dict[str, Any] = {
            "/.well-known/openid-configuration": {"issuer": url, "jwks_uri": f"{url}/keys"},
            "/keys": {"keys": [self.server.key.as_dict(private=False)]},
            "/me": {"sub": "ann", "email": "ann@uni.example", "email_verified": True, "name": "Ann"},
        }
        self.answer(pages[self.path])


@pytest.fixture(scope="module")
def university() -> Iterator[University]:
    with running(University()) as university:
        yield university


@pytest.fixture(scope="module")
def api(university: University, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("issuer")
    chosen = {"Issuer": university.url, "UserInfo": f"{university.url}/me", "Clients": "ask,answer,help"}
    with emulator(folder, free_port()) as address:
        outputs = local.deploy(address, "http://localhost:8123", folder / "build", **chosen)
        assert "Pool" not in outputs, "no pool is made where there is an issuer"
        with browser(outputs["Url"]) as http:
            yield http


def me(api: httpx.Client, token: str) -> httpx.Response:
    return api.get("/api/me", headers={"authorization": f"Bearer {token}"})


def test_its_people_are_let_in_as_what_it_says_of_them(api: httpx.Client, university: University) -> None:
    shown = me(api, university.token()).json()
    assert (shown["kind"], shown["email"], shown["name"]) == ("user", "ann@uni.example", "Ann")


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "http://127.0.0.1:1"},
        {"exp": 1},
        {"client_id": "another", "aud": "another"},
        {"client_id": None},  # as an ID token
        {"nonce": "n"},  # (the same)
    ],
    ids=str,
)
def test_what_it_did_not_give_to_our_sites_is_no_token(
    change: dict[str, Any], api: httpx.Client, university: University
) -> None:
    answer = me(api, university.token(**change))
    assert (answer.status_code, answer.content) == (401, b'{"message":"Unauthorized"}')


def test_what_another_signed_is_no_token(api: httpx.Client, university: University) -> None:
    other = RSAKey.generate_key(2048, {"kid": "k1"})
    assert me(api, university.token(other)).status_code == 401
