"""People who sign in here with a provider of somebody else: the way there and back, as their browser goes it."""

import html
import re
from dataclasses import replace
from typing import Any

import httpx

from tests.support import provider_pages
from tests.support.upstream_provider import SampleIdentity, UpstreamProvider
from tests.unit.oidc_provider.provider_kit import USER, Browser, World
from uconnect.oidc_provider import Client
from uconnect.oidc_provider.upstream_fetch import Fetch, Fetched, HttpRequest
from uconnect.oidc_provider.upstream_settings import SignInMethods, Upstream

CAMPUS = "campus"
REFRESH = re.compile(r'<meta http-equiv="refresh" content="0;url=([^"]+)">')
GRACE = SampleIdentity(
    "grace-there", {"email": "grace@uni.example", "email_verified": True, "name": "Grace Hopper", "locale": "en-XX"}
)


def upstream_of(provider: UpstreamProvider, **changes: Any) -> Upstream:
    """What the operator sets for a provider."""
    usual: dict[str, Any] = {
        "id": CAMPUS,
        "name": "Campus",
        "issuer": provider.issuer,
        "client_id": provider.client_id,
        "secret": provider.secret,
    }
    return Upstream(**(usual | changes))


def fetch_from(*providers: UpstreamProvider) -> Fetch:
    """Asks these providers in process."""

    async def fetching(asked: HttpRequest) -> Fetched:
        provider = next(it for it in providers if asked.url.startswith(f"{it.issuer}/"))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(provider.app)) as client:
            method = "GET" if asked.body is None else "POST"
            answer = await client.request(method, asked.url, headers=dict(asked.headers), content=asked.body)
        return Fetched(answer.status_code, answer.content)

    return fetching


class Campus:
    """A world where people may sign in with one other provider. `set` changes what the operator has set."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.provider = UpstreamProvider(world.clock)
        self.upstream = upstream_of(self.provider)
        self.methods = SignInMethods(upstreams=(self.upstream,))
        self.set()

    def set(self, *, passwords: bool = True, **changes: Any) -> None:
        self.upstream = replace(self.upstream, **changes)
        self.use(SignInMethods(passwords, (self.upstream,)), self.provider)

    def use(self, methods: SignInMethods, *providers: UpstreamProvider) -> None:
        self.world.methods, self.world.fetching = methods, fetch_from(*providers)
        self.world.start()

    def leave(self, browser: Browser, client: Client = USER, page: httpx.Response | None = None) -> str:
        """Press the provider's button on a page. The address at the provider that the browser is sent to."""
        return left_for(press(browser, page or browser.ask("begin", client)))

    def arrive(
        self,
        browser: Browser,
        client: Client = USER,
        person: SampleIdentity | None = GRACE,
        page: httpx.Response | None = None,
    ) -> httpx.Response:
        """Press the button, sign in there as `person`, and come back."""
        return browser.get(self.provider.answer(self.leave(browser, client, page), person))

    def join(
        self, browser: Browser, client: Client = USER, person: SampleIdentity = GRACE, name: str = ""
    ) -> httpx.Response:
        """Come for the first time, and make an account."""
        page = browser.follow(self.arrive(browser, client, person))
        return browser.fill(page, name=name or person.claims["name"])


def press(browser: Browser, page: httpx.Response, provider: str = CAMPUS) -> httpx.Response:
    """Press the button of a provider."""
    action, hidden = choices(page)
    return browser.post(action, hidden | {"provider": provider})


def choices(page: httpx.Response) -> tuple[str, dict[str, str]]:
    """The form with the buttons of other providers: the last of a page."""
    assert 'name="provider"' in page.text, page.text
    return provider_pages.form(page.text[page.text.rindex("<form") :])


def left_for(page: httpx.Response) -> str:
    """Where a page sends the browser on to."""
    found = REFRESH.search(page.text)
    assert found, page.text
    return html.unescape(found[1])
