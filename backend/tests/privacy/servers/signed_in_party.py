"""A party at its browser: it comes in by the pages and letters there are, and keeps its token fresh as a site does."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from functools import partial
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from tests.privacy.servers.byte_recorder import Answer, Phone, WatchedSocket, denied
from tests.privacy.servers.running_server import URL, Running
from tests.support.provider_pages import form, handed_on
from uconnect.domain.enums import Kind
from uconnect.entrypoints.server.static_files import client_of
from uconnect.oidc_provider import accounts, sessions, upstream_links
from uconnect.oidc_provider.sessions import Session, UpstreamProof

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PASSWORD = "four quiet herons wading"
FRESH = 300_000  # ms that an access token is used
Record = Callable[[bytes], None]


class SignedInParty:
    """Somebody with an address on the site of a kind. `record` is given all that they receive."""

    def __init__(self, server: Running, kind: Kind, name: str, email: str) -> None:
        self.server, self.kind, self.name, self.email = server, kind, name, email
        self.phone = Phone(server.port)
        self.sockets: list[WatchedSocket] = []
        self.id = ""
        self.held: set[str] = set()  # every ticket, token and secret it was given
        self._token, self._made = "", 0

    def record(self, heard: bytes) -> None:
        """Something arrives."""

    # --- coming in

    def enter(self) -> bool:
        """Come to the site; whether one is let in."""
        self.sign_in()
        answered = self.call("GET", "/api/me")
        self.id = str(msgspec.json.decode(answered.body)["id"]) if answered.status == 200 else ""
        return bool(self.id)

    def sign_in(self) -> None:
        """Get an account and a session by the back door: nobody looks. Who is invited accepts."""
        about = client_of(self.kind), self.email, self.name, self.server.time.now // 1000, self.server.proof
        write = partial(_signed_in, *about)
        self._session = self.server.container.database.write(write)
        self.renew()
        if self.kind is Kind.WORKER:
            answered = self.call("GET", "/api/invitations")
            for invitation in msgspec.json.decode(answered.body).get("invitations", []):
                self.call("POST", f"/api/invitations/{invitation['id']}")

    def sign_in_again(self) -> None:
        """As one must before what cannot be undone."""
        self.sign_in()

    def renew(self) -> None:
        now = self.server.time.now // 1000
        self.hold(self.server.signer.access_token(self._session, "openid email", now))

    def hold(self, token: str) -> None:
        self.held.add(token)
        self._token, self._made = token, self.server.time.now

    # --- calling

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """A call with one's token, which is renewed in time."""
        if (method, path) == ("DELETE", "/api/me"):
            self.sign_in_again()
        elif self.server.time.now - self._made > FRESH:
            self.renew()
        return self.fetch(method, path, body, Authorization=f"Bearer {self._token}", **headers)

    def elsewhere(self, route: str, body: Any) -> None:
        """A call from another device, beside what else one does."""
        phone = Phone(self.server.port)
        encoded = msgspec.json.encode(body) if body else None
        method, path = route.split()
        phone.ask(method, path, encoded, {"Authorization": f"Bearer {self._token}"})
        phone.close()

    def fetch(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """What is answered to anybody."""
        answer = self.phone.ask(method, path, body, headers)
        self.record(answer.transcript_bytes)
        return answer

    def ticket(self) -> str:
        answered = self.call("POST", "/api/tickets")
        ticket = str(msgspec.json.decode(answered.body)["ticket"]) if answered.status == 200 else ""
        self.held |= {ticket} - {""}
        return ticket

    def dial(self) -> WatchedSocket | None:
        """Open a socket and greet; None if there is no way in any more."""
        ticket = self.ticket()
        if not ticket:
            self.record(denied(self.server.port, ticket))
            return None
        line = WatchedSocket(self.server.port, ticket)
        self.record(line.greeting)
        line.say({"t": "hello", "protocol": 1})
        self.sockets.append(line)
        return line

    def listen(self) -> None:
        """Hear what has come over the sockets."""
        for number, line in enumerate(self.sockets):
            for said in line.heard():
                self.record(b"%d %s" % (number, said))
        for line in [line for line in self.sockets if not line.open]:
            line.close()
            self.sockets.remove(line)

    def leave(self) -> None:
        for line in self.sockets:
            line.close()
        self.sockets.clear()
        self.phone.close()


class Watched(SignedInParty):
    """The blind party: it comes by the same ways as people do, and every byte that reaches it is heard."""

    def __init__(self, server: Running, kind: Kind, name: str, email: str, transcript: list[bytes]) -> None:
        super().__init__(server, kind, name, email)
        self._transcript = transcript
        self._cookies: dict[str, str] = {}
        self._letters = 0
        self._refresh = ""

    def record(self, heard: bytes) -> None:
        self._transcript.append(heard)

    def read_letters(self) -> str:
        """What was written to it since; the text of the last letter."""
        self.server.carry()
        letters = self.server.post.to(self.email, self._letters)
        self._letters += len(letters)
        for letter in letters:
            self.record(b"letter " + letter.replace(b"=\r\n", b""))  # a line that was broken on its way is one line
        return _text(letters[-1]) if letters else ""

    def sign_in(self) -> None:
        """Sign up with a code from a letter, or by the link in one; then as a site does."""
        if self.kind is Kind.WORKER:
            link = _found(r"^(http\S+)$", self.read_letters())
            self._fill(self._submit(*handed_on(link, client_of(self.kind))), password=PASSWORD)
        else:
            page = self._page(self._authorize().replace("/authorize?", "/sign-up?"))
            asked = self._fill(page, name=self.name, email=self.email, password=PASSWORD)
            code = _found(r"^Your code is (\d{8})$", self.read_letters())
            self._fill(self._page(asked.headers("location")[0]), code=code)
        self._land(self._page(self._authorize()))

    def sign_in_again(self) -> None:
        """Type the password once more."""
        self._land(self._fill(self._page(self._authorize() + "&prompt=login"), email=self.email, password=PASSWORD))

    def forget_password(self) -> None:
        self._fill(self._page(f"/oauth/forgot?client_id={client_of(self.kind)}"), email=self.email)

    def look_at_account(self) -> None:
        self._page(f"/oauth/account?client_id={client_of(self.kind)}")

    def renew(self) -> None:
        self._tokens(grant_type="refresh_token", refresh_token=self._refresh)

    def _land(self, landing: Answer) -> None:
        there = dict(parse_qsl(urlsplit("".join(landing.headers("location"))).query))
        if "code" in there:
            back = f"{URL}/{self.kind.value}/"
            self._tokens(grant_type="authorization_code", code=there["code"], redirect_uri=back, code_verifier=VERIFIER)

    def _tokens(self, **fields: str) -> None:
        answered = self._submit("/oauth/token", {"client_id": client_of(self.kind)} | fields)
        if answered.status == 200:
            held = msgspec.json.decode(answered.body)
            self._refresh = held["refresh_token"]
            self.held |= {held["refresh_token"], held["id_token"]}
            self.hold(held["access_token"])

    def _authorize(self) -> str:
        asked = {
            "response_type": "code",
            "client_id": client_of(self.kind),
            "redirect_uri": f"{URL}/{self.kind.value}/",
            "scope": "openid email",
            "state": "state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return f"/oauth/authorize?{urlencode(asked)}"

    def _page(self, address: str) -> Answer:
        return self._browse("GET", address.removeprefix(URL), None)

    def _fill(self, page: Answer, **fields: str) -> Answer:
        action, hidden = form(page.body.decode())
        return self._submit(action, hidden | fields)

    def _submit(self, path: str, fields: Any) -> Answer:
        return self._browse("POST", path, urlencode(fields).encode())

    def _browse(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": URL} if body else {}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = self.fetch(method, path, body, **headers)
        for planted in answer.headers("set-cookie"):
            given = {name: morsel.value for name, morsel in SimpleCookie(planted).items()}
            self._cookies |= given
            self.held |= {*given.values()} - {""}
        return answer


def _signed_in(client: str, email: str, name: str, now: int, proof: UpstreamProof | None, connection: Any) -> Session:
    subject = accounts.of_email(connection, email) or accounts.add(connection, email, "", verified=True, name=name)
    assert subject is not None
    if proof is not None:
        upstream_links.add(connection, proof.issuer, f"{subject}-there", subject, email, now)
        proof = replace(proof, authenticated=now)
    return sessions.begin(connection, client, subject, now, proof=proof)[0]


def _text(letter: bytes) -> str:
    mail = message_from_bytes(letter.split(b"\n", 2)[2], policy=default)
    return str(mail.get_content()).replace("\r\n", "\n")


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    assert found, text
    return found[1]
