"""A browser and the three sites, as the issuer meets them: over ASGI, with a clock that the test moves."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from argon2 import PasswordHasher
from starlette.applications import Starlette

from tests.support import provider_pages
from uconnect.adapters.mail import Email, Outbox
from uconnect.adapters.sqlite import Database
from uconnect.oidc_provider import Client, Provider, sessions
from uconnect.oidc_provider.settings import Limits, origin_of
from uconnect.oidc_provider.upstream_fetch import Fetch, fetch
from uconnect.oidc_provider.upstream_settings import SignInMethods

T = TypeVar("T")

URL = "http://localhost:8000"
EMAIL, PASSWORD = "ada@example.org", "correct horse battery"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CHALLENGE_SHOWN = re.compile(r'(challenge&#34;: &#34;|name="issued" value=")[\w.-]+')  # always of one length
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def site(name: str, label: str, port: int) -> Client:
    home = f"http://localhost:{port}"
    return Client(
        id=f"uconnect-{name}",
        name=label,
        redirect_uris=(f"{home}/signed-in",),
        post_logout_redirect_uris=(f"{home}/",),
        origins=(home,),
        about=f"About {label}.",
        home=f"{home}/",
        sign_up=name != "worker",
        asks_name="The school's name" if name == "school" else "Your name",
    )


USER, SCHOOL, WORKER = site("user", "You", 8001), site("school", "School", 8002), site("worker", "Worker", 8003)


class Clock:
    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


class World:
    """An issuer with one account, and the loop its calls run in."""

    def __init__(self, database: Database, url: str = URL) -> None:
        self.clock = Clock()
        self.database = database
        self.url = url
        self.app = Starlette()
        self.email_changes: list[tuple[str, str, str]] = []
        self.deaf = False
        self.ended: list[str] = []
        self.box = ""
        self.limits = Limits()
        self.methods = SignInMethods()
        self.fetching: Fetch = fetch
        self.idle = sessions.LIFETIME
        self.start()
        self.runner = asyncio.Runner()
        self.subject = self.wait(self.create(EMAIL, PASSWORD))

    def start(self) -> None:
        """Start the issuer, or start it again on the same database."""
        self.outbox = Outbox(self.database, now=self.clock)
        self.issuer = Provider(
            self.database,
            self.url,
            [USER, SCHOOL, WORKER],
            self.outbox,
            mailbox=self.box,
            changed=self._changed,
            ended=self.ended.extend,
            now=self.clock,
            hasher=CHEAP,
            limits=self.limits,
            methods=self.methods,
            fetching=self.fetching,
            idle=self.idle,
        )
        self.app.router.routes[:] = self.issuer.routes()

    async def create(self, email: str, password: str) -> str:
        """Make an account and return its subject."""
        return (await self.issuer.accounts.create_all([("", email)], password))[email]

    async def _changed(self, subject: str, old: str, new: str) -> None:
        if self.deaf:
            raise RuntimeError(new)
        self.email_changes.append((subject, old, new))

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    def mail(self, to: str) -> list[Email]:
        """The letters an address was sent, oldest first."""
        return [kept.letter for kept in self.database.read(self.outbox.read) if kept.letter.to == to]

    def code(self, to: str) -> str:
        """The code in the last letter to an address."""
        found = re.search(r"Your code is (\d{8})\n", self.mail(to)[-1].text)
        assert found, self.mail(to)[-1]
        return found[1]

    def link(self, to: str) -> str:
        """The link in the last letter to an address."""
        found = re.search(r"^http\S+#\S+$", self.mail(to)[-1].text, re.MULTILINE)
        assert found, self.mail(to)[-1]
        return found[0]

    def browser(self, address: str = "198.51.100.7") -> "Browser":
        return Browser(self, address)


class Browser:
    """Keeps cookies, follows no redirect by itself."""

    def __init__(self, world: World, address: str) -> None:
        self.world = world
        self.origin = origin_of(world.url)
        transport = httpx.ASGITransport(world.app, client=(address, 50000))
        self.http = httpx.AsyncClient(transport=transport, base_url=world.url)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.world.wait(self.http.get(path, **options))

    def post(self, path: str, fields: dict[str, str], origin: str | None = "ours", **headers: str) -> httpx.Response:
        """Send a form from a page of `origin`; None if the browser does not say which."""
        said = {} if origin is None else {"origin": self.origin if origin == "ours" else origin}
        return self.world.wait(self.http.post(path, data=fields, headers=said | headers))

    def authorize(self, client: Client = USER, /, **changes: str | None) -> httpx.Response:
        return self.get(f"/oauth/authorize?{urlencode(request(client, **changes))}")

    def submit(self, page: httpx.Response, email: str = EMAIL, password: str = PASSWORD) -> httpx.Response:
        return self.fill(page, email=email, password=password)

    def fill(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Send the form of a page, filled in."""
        action, hidden = provider_pages.form(page.text)
        return self.post(action, hidden | fields)

    def open_link(self, link: str, client: Client) -> httpx.Response:
        """Open a letter's link on a client's site, which hands on what it holds."""
        assert link.startswith(f"{client.home}#")
        return self.post(*provider_pages.handed_on(link, client.id))

    def fill_together(self, *shown: httpx.Response, **fields: str) -> list[httpx.Response]:
        """Send the forms of several pages at the same time."""

        async def send() -> list[httpx.Response]:
            forms = [provider_pages.form(page.text) for page in shown]
            said = {"origin": self.origin}
            sent = [self.http.post(action, data=hidden | fields, headers=said) for action, hidden in forms]
            return await asyncio.gather(*sent)

        return self.world.wait(send())

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """Go where a redirect of ours leads."""
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["location"])

    def ask(self, page: str, client: Client = USER, /, **changes: str | None) -> httpx.Response:
        """Open a page in the course of a site's request."""
        return self.get(f"/oauth/{page}?{urlencode(request(client, **changes))}")

    def sign_in(self, client: Client = USER, /, **changes: str | None) -> str:
        """Sign in on a site and return the code it is given."""
        return landed(self.submit(self.authorize(client, **changes)))["code"]

    def exchange(self, code: str, client: Client = USER, /, **changes: str) -> httpx.Response:
        fields = {
            "grant_type": "authorization_code",
            "client_id": client.id,
            "code": code,
            "redirect_uri": client.redirect_uris[0],
            "code_verifier": VERIFIER,
        }
        return self.post("/oauth/token", fields | changes)

    def refresh(self, token: str, client: Client = USER) -> httpx.Response:
        fields = {"grant_type": "refresh_token", "client_id": client.id, "refresh_token": token}
        return self.post("/oauth/token", fields)

    def tokens(self, client: Client = USER, /, **changes: str | None) -> dict[str, Any]:
        """Sign in on a site and return what it holds then."""
        return dict(self.exchange(self.sign_in(client, **changes), client).json())


def request(client: Client, **changes: str | None) -> dict[str, str]:
    """An authorization request; a change to None leaves the parameter out."""
    usual: dict[str, str | None] = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect_uris[0],
        "scope": "openid email profile",
        "state": "the-state",
        "nonce": "the-nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def action_of(page: httpx.Response) -> str:
    """The address a page's form is sent to."""
    return provider_pages.form(page.text)[0]


def alike(one: httpx.Response, other: httpx.Response, *renamed: tuple[str, str]) -> None:
    """Fails unless two answers are the same to the byte, cookies and challenges aside, once what was typed is
    renamed."""

    def seen(response: httpx.Response) -> tuple[int, str, list[tuple[str, str]]]:
        text, headers = response.text, []
        for name, value in response.headers.items():
            secret = "set-cookie" in name
            headers.append((name, re.sub(r"^([^=]+)=[^;]{43}", r"\1=", value) if secret else value))
        for before, after in renamed:
            text = text.replace(before, after)
        text = without_challenge(text)
        return response.status_code, text, headers

    assert seen(one) == seen(other)


def without_challenge(page: str) -> str:
    """A page without what is random in it."""
    return CHALLENGE_SHOWN.sub(r"\1", page)


def landed(response: httpx.Response, client: Client = USER) -> dict[str, str]:
    """What a redirect to the site says; fails if it leads elsewhere."""
    assert response.status_code == 303, response.text
    parts = urlsplit(response.headers["location"])
    assert parts.path == "/signed-in", parts
    return dict(parse_qsl(parts.query))
