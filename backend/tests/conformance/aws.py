"""The AWS home: the template and zips as they are deployed, on an emulator that enforces their roles."""

import base64
import hashlib
import html
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from deploy import local
from deploy.emulator import emulator
from joserfc import jwt
from joserfc.jwk import RSAKey
from websockets.sync.client import ClientConnection

from tests.conformance.home import Party, abort, browser
from uconnect.core.terms import Kind

ACCOUNT = "000000000000"
PATIENCE = 20.0  # seconds until a letter has come
PASSWORD = "four quiet herons wading"
ORIGIN = "http://localhost:8123"  # where the sites would be: nothing need listen there
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Aws:
    """Implements `Home`."""

    def __init__(self, address: str, outputs: dict[str, str], state: Path) -> None:
        self.url = outputs["Url"]
        self.socket = outputs["SocketUrl"].replace("http", "ws", 1)
        self.outputs = outputs
        self.address = address
        self.pool = outputs["Pool"]
        self._state = state
        self._cognito = local.Pointed(address).client("cognito-idp")
        self._emulator = browser(address)

    def party(self, kind: Kind, email: str, name: str, ago: int = 0) -> Party:
        self._settle(email, name)
        token = self._token(kind, email)
        signed_in = self._anew(token, auth_time=int(time.time()) - ago) if ago else token
        return Party(kind, email, signed_in, self._anew(token, exp=int(time.time()) - 1), ORIGIN)

    def party_by_pages(self, kind: Kind, email: str, name: str) -> Party:
        """The emulator has no sign-up page: what the page does is done by the calls it makes."""
        client = self.outputs[f"{kind.name.capitalize()}Client"]
        if kind is Kind.WORKER:
            link = re.search(r"^http\S+", self.mail(email, least=1)[-1], re.MULTILINE)
            assert link, "an invitation has a link"
            assert parse_qs(urlsplit(link[0]).query)["client_id"] == [client]
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
        return Party(kind, email, self._token(kind, email), "", ORIGIN)

    def mail(self, address: str, least: int = 0) -> list[str]:
        late = time.monotonic() + PATIENCE
        while len(letters := self._letters(address)) < least:
            assert time.monotonic() < late, f"{address} was sent {len(letters)} of {least} letters"
            time.sleep(0.02)  # SES tells nobody
        return letters

    def cut(self, socket: ClientConnection) -> None:
        abort(socket)

    def close(self) -> None:
        self._emulator.close()
        self._cognito.close()

    def _letters(self, address: str) -> list[str]:
        found = self._emulator.get("/_ministack/ses/messages").json()["messages"].get(ACCOUNT, [])
        return [it["BodyText"] for it in found if address in it["To"]]

    def _settle(self, email: str, name: str) -> None:
        verified = [*_attributes(email, name), {"Name": "email_verified", "Value": "true"}]
        try:
            self._cognito.admin_create_user(
                UserPoolId=self.pool, Username=email, UserAttributes=verified, MessageAction="SUPPRESS"
            )
        except self._cognito.exceptions.UsernameExistsException:
            return
        self._cognito.admin_set_user_password(UserPoolId=self.pool, Username=email, Password=PASSWORD, Permanent=True)

    def _token(self, kind: Kind, email: str) -> str:
        """The access token that the site gets for somebody who signs in on the issuer's page."""
        asked = {
            "response_type": "code",
            "client_id": self.outputs[f"{kind.name.capitalize()}Client"],
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

    def _anew(self, token: str, **claims: int) -> str:
        """The same token with other times in it, signed by the pool's own key: Cognito makes none that is late."""
        key = RSAKey.import_key((self._state / f"cognito-pool-keys/{self.pool}-access.pem").read_text())
        held = jwt.decode(token, key, algorithms=["RS256"])
        return jwt.encode(held.header, held.claims | claims, key, algorithms=["RS256"])


HIDDEN = re.compile(r'type="hidden" name="([^"]*)" value="([^"]*)"')


@contextmanager
def aws(folder: Path, **parameters: str) -> Iterator[Aws]:
    """The home, until the block ends."""
    with emulator(folder) as address:
        home = Aws(address, local.deploy(address, ORIGIN, folder / "build", **parameters), folder / "state")
        try:
            yield home
        finally:
            home.close()


def _attributes(email: str, name: str) -> list[Any]:
    return [{"Name": "email", "Value": email}, {"Name": "name", "Value": name}]
