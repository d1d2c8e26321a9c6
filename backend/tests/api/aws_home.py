"""The AWS home: the template and zips as they are deployed, on an emulator that enforces their roles."""

import base64
import hashlib
import html
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from deploy import local
from deploy.emulator import emulator
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jwt import Token
from websockets.sync.client import ClientConnection

from tests.api.caller import fresh
from tests.api.home import Party, abort, browser
from tests.support.polling import poll
from tests.support.ports import free_port
from uconnect.domain.enums import Kind

ACCOUNT = "000000000000"
PASSWORD = "four quiet herons wading"
ORIGIN = "http://localhost:8123"  # where the sites would be: nothing need listen there
DENIED = "User is not authorized to access this resource with an explicit deny in an identity-based policy"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class AwsHome:
    """Implements `Home`."""

    at_most = 150  # the emulator serves one frame after the other
    denials = MappingProxyType({401: "Unauthorized", 403: DENIED})
    letters = MappingProxyType({Kind.USER: 1, Kind.SCHOOL: 1, Kind.WORKER: 2})  # Cognito's code, and our invitation

    def __init__(self, address: str, outputs: dict[str, str], state: Path) -> None:
        self.url = outputs["Url"]
        self.socket = outputs["SocketUrl"].replace("http", "ws", 1)
        self.outputs = outputs
        self.address = address
        self.pool = outputs["Pool"]
        self._state = state
        self._cognito = local.EmulatorSession(address).client("cognito-idp")
        self._emulator = browser(address)

    def party(self, kind: Kind, email: str, name: str, ago: int = 0) -> Party:
        now = int(time.time())
        subject = self._subject_of(email.lower(), name)  # to the pool it is one address; the emulator tells cases apart
        times = {"iat": now - ago, "auth_time": now - ago}
        token, late = (self._signed(kind, subject, times | {"exp": exp}) for exp in (now + 900, now - 1))
        return Party(kind, email, token, late, ORIGIN)

    def party_by_pages(self, kind: Kind, email: str, name: str) -> Party:
        """The emulator has no sign-up page: what the page does is done by the calls it makes."""
        client, invitation = self._client(kind), ""
        if kind is Kind.WORKER:
            link = re.search(rf"^{ORIGIN}/worker/#invitation=([\w-]+)$", self.mail(email, least=1)[-1], re.MULTILINE)
            assert link, "an invitation has a link to the site"
            invitation = link[1]
        before = len(self.mail(email))
        self._cognito.sign_up(
            ClientId=client, Username=email, Password=PASSWORD, UserAttributes=_attributes(email, name)
        )
        code = re.search(r"\d{6}", self.mail(email, least=before + 1)[-1])
        assert code, "Cognito has written a code"
        self._cognito.confirm_sign_up(ClientId=client, Username=email, ConfirmationCode=code[0])
        # Cognito has proved the address by that code, and says so; the emulator forgets to.
        self._cognito.admin_update_user_attributes(
            UserPoolId=self.pool, Username=email, UserAttributes=[{"Name": "email_verified", "Value": "true"}]
        )
        party = Party(kind, email, self._token(kind, email), "", ORIGIN)
        if invitation:
            with browser(self.url) as http:
                accepting = {"authorization": f"Bearer {party.token}"}
                http.post(f"/api/invitations/{invitation}", headers=accepting).raise_for_status()
        return party

    def another_browser(self, party: Party) -> Party:
        return Party(party.kind, party.email, self._token(party.kind, party.email), "", ORIGIN)

    def mail(self, address: str, least: int = 0) -> list[str]:
        what = f"{address} has {least} letters"
        return poll(lambda: self._letters(address), lambda letters: len(letters) >= least, what=what)

    def wait_until_told(self) -> None:
        poll(lambda: not (self._state / "working").exists(), what="no function works", pause=0.005)

    def cut(self, socket: ClientConnection) -> None:
        abort(socket)

    def close(self) -> None:
        self._emulator.close()
        self._cognito.close()

    def _letters(self, address: str) -> list[str]:
        found = self._emulator.get("/_ministack/ses/messages").json()["messages"].get(ACCOUNT, [])
        return [it["BodyText"] for it in found if address in it["To"]]

    def _subject_of(self, email: str, name: str) -> str:
        """The subject of an address, which gets an account if it has none."""
        verified = [*_attributes(email, name), {"Name": "email_verified", "Value": "true"}]

        def settled() -> str:
            with suppress(self._cognito.exceptions.UsernameExistsException):
                self._cognito.admin_create_user(
                    UserPoolId=self.pool, Username=email, UserAttributes=verified, MessageAction="SUPPRESS"
                )
            with suppress(self._cognito.exceptions.UserNotFoundException):
                found = self._cognito.admin_get_user(UserPoolId=self.pool, Username=email)["UserAttributes"]
                return next(str(it["Value"]) for it in found if it["Name"] == "sub")
            return ""

        # More than once only if the account is one that has closed, and is forgotten between two steps of ours.
        return poll(settled, what=f"{email} has an account")

    def _signed(self, kind: Kind, subject: str, times: dict[str, int]) -> str:
        """An access token as the pool makes them, by its own key: the pages are left to those who come by them."""
        claims = {"sub": subject, "username": subject, "client_id": self._client(kind), "jti": fresh()} | times
        return jwt.encode(self._pattern.header, self._pattern.claims | claims, self._key, algorithms=["RS256"])

    @cached_property
    def _pattern(self) -> Token:
        """A token that the pool has made, for somebody who signed in on its page."""
        email = f"{fresh().lower()}@example.org"
        self._subject_of(email, "Pattern")
        self._cognito.admin_set_user_password(UserPoolId=self.pool, Username=email, Password=PASSWORD, Permanent=True)
        return jwt.decode(self._token(Kind.USER, email), self._key, algorithms=["RS256"])

    @cached_property
    def _key(self) -> RSAKey:
        self._emulator.get(f"/{self.pool}/.well-known/jwks.json").raise_for_status()  # makes it, if it was not yet
        return RSAKey.import_key((self._state / f"cognito-pool-keys/{self.pool}-access.pem").read_text())

    def _client(self, kind: Kind) -> str:
        return self.outputs[f"{kind.name.capitalize()}Client"]

    def _token(self, kind: Kind, email: str) -> str:
        """The access token that the site gets for somebody who signs in on the issuer's page."""
        asked = {
            "response_type": "code",
            "client_id": self._client(kind),
            "redirect_uri": f"{ORIGIN}/{kind.value}/",
            "scope": "openid email profile",
            "state": "state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        page = self._emulator.get("/oauth2/authorize", params=asked)
        fields = {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(page.text)}
        landing = self._emulator.post("/login", data=fields | {"username": email, "password": PASSWORD})
        (code,) = parse_qs(urlsplit(landing.headers["location"]).query)["code"]
        exchanged = {
            "grant_type": "authorization_code",
            "client_id": asked["client_id"],
            "code": code,
            "redirect_uri": asked["redirect_uri"],
            "code_verifier": VERIFIER,
        }
        answer = self._emulator.post("/oauth2/token", data=exchanged)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


HIDDEN = re.compile(r'type="hidden" name="([^"]*)" value="([^"]*)"')


@contextmanager
def aws_home(folder: Path, **parameters: str) -> Iterator[AwsHome]:
    """The home, until the block ends."""
    with emulator(folder, free_port()) as address:
        home = AwsHome(address, local.deploy(address, ORIGIN, folder / "build", **parameters), folder / "state")
        try:
            yield home
        finally:
            home.close()


def _attributes(email: str, name: str) -> list[Any]:
    return [{"Name": "email", "Value": email}, {"Name": "name", "Value": name}]
