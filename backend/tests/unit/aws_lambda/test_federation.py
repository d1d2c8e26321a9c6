"""At the university's own provider, beside the pool's passwords: who is known by the address there is the same party.

The emulator does not know the template's resource for a provider, so the same is made by the API. It verifies no
signature of the provider's; Cognito does.
"""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.api.aws_home import ORIGIN, AwsHome, aws_home
from tests.api.home import browser
from tests.support.loopback_http import running
from tests.support.polling import poll
from tests.support.university_server import JsonPage, UniversityServer
from uconnect.domain.enums import Kind

pytestmark = pytest.mark.xdist_group("stack")

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class University(UniversityServer):
    """As much of an OpenID provider as Cognito meets. `claims` are of who signs in there."""

    def __init__(self) -> None:
        super().__init__(_Page)
        self.claims: dict[str, Any] = {}

    def details(self) -> dict[str, str]:
        ends = {"authorize_url": "authorize", "token_url": "token", "attributes_url": "me", "jwks_uri": "keys"}
        told = {"client_id": "c", "client_secret": "s", "oidc_issuer": self.url, "authorize_scopes": "openid email"}
        return told | {"attributes_request_method": "GET"} | {name: f"{self.url}/{it}" for name, it in ends.items()}


class _Page(JsonPage):
    server: University

    def do_POST(self) -> None:  # noqa: N802 - the name of http.server
        self.rfile.read(int(self.headers["Content-Length"]))
        now = int(time.time())
        claims = {"iss": self.server.url, "aud": "c", "iat": now, "exp": now + 60} | self.server.claims
        token = ".".join(_encoded(it) for it in ({"alg": "RS256"}, claims)) + ".signature"
        self.answer({"id_token": token, "access_token": "a", "token_type": "Bearer"})


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def university() -> Iterator[University]:
    with running(University()) as university:
        yield university


@dataclass(frozen=True)
class Federated:
    """A stack whose people may sign in at the university."""

    home: AwsHome
    university: University
    http: httpx.Client

    def sign_in(self, site: Kind, **claims: Any) -> str:
        """The access token of a person who signs in at the university."""
        self.university.claims = claims
        asked = {
            "identity_provider": "Uni",
            "response_type": "code",
            "client_id": self.home.outputs[f"{site.name.capitalize()}Client"],
            "redirect_uri": f"{ORIGIN}/{site.value}/",
            "scope": "openid email profile",
            "state": "state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        with browser(self.home.address) as pages:
            there = pages.get("/oauth2/authorize", params=asked).headers["location"]
            assert there.startswith(f"{self.university.url}/authorize?")
            back = {"code": "at the university", "state": parse_qs(urlsplit(there).query)["state"][0]}
            landing = pages.get(f"/oauth2/idpresponse?{urlencode(back)}").headers["location"]
            exchanged = {
                "grant_type": "authorization_code",
                "client_id": asked["client_id"],
                "code": parse_qs(urlsplit(landing).query)["code"][0],
                "redirect_uri": asked["redirect_uri"],
                "code_verifier": VERIFIER,
            }
            answer = pages.post("/oauth2/token", data=exchanged)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def call(self, token: str, route: str) -> httpx.Response:
        method, path = route.split()
        return self.http.request(method, path, headers={"authorization": f"Bearer {token}"})

    def usernames(self) -> list[str]:
        users = self.home._cognito.list_users(UserPoolId=self.home.pool)["Users"]
        return [it["Username"] for it in users]


@pytest.fixture(scope="module")
def federated(university: University, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federated]:
    idp = {"IdpName": "Uni", "IdpIssuer": "https://uni.example", "IdpClient": "c", "IdpSecret": "s"}
    with aws_home(tmp_path_factory.mktemp("federation"), **idp) as home, browser(home.url) as http:
        home._cognito.create_identity_provider(
            UserPoolId=home.pool,
            ProviderName="Uni",
            ProviderType="OIDC",
            ProviderDetails=university.details(),
            AttributeMapping={"email": "email", "name": "name", "email_verified": "email_verified"},
        )
        yield Federated(home, university, http)


def test_who_is_known_by_their_address_is_the_same_party_and_ends_with_both_logins(federated: Federated) -> None:
    password = federated.home.party_by_pages(Kind.USER, "ann@uni.example", "Ann").token
    known = federated.call(password, "GET /api/me").json()
    token = federated.sign_in(Kind.USER, sub="a1", email="ann@uni.example", email_verified=True, name="Ann")
    assert federated.call(token, "GET /api/me").json() == known
    assert federated.call(token, "POST /api/tickets").status_code == 200
    logins = {*federated.usernames()}
    assert "Uni_a1" in logins
    assert len(logins) == 2
    assert federated.call(token, "DELETE /api/me").status_code == 200
    poll(federated.usernames, logins.isdisjoint, what="both logins are deleted")


def test_who_is_new_becomes_a_party_of_the_site(federated: Federated) -> None:
    token = federated.sign_in(Kind.SCHOOL, sub="law", email="law@uni.example", email_verified=True, name="Law")
    shown = federated.call(token, "GET /api/me").json()
    assert (shown["kind"], shown["email"], shown["name"]) == ("school", "law@uni.example", "Law")


@pytest.mark.parametrize("said", [{"email_verified": False}, {}], ids=["not proved", "nothing said"])
def test_an_address_that_the_university_does_not_call_proved_is_nobodys(
    said: dict[str, Any], federated: Federated
) -> None:
    token = federated.sign_in(Kind.USER, sub=f"m{len(said)}", email="mallory@uni.example", name="Mallory", **said)
    assert federated.call(token, "GET /api/me").json()["code"] == "account_ended"
