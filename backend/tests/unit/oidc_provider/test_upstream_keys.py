"""A stranger who makes us fetch a provider's keys makes nobody wait whose token is of a key that we know."""

import asyncio

from tests.support.stores import Time
from tests.support.upstream_provider import UpstreamProvider
from tests.unit.oidc_provider.upstream_kit import fetch_from, upstream_of
from uconnect.oidc_provider.upstream_client import UpstreamClient
from uconnect.oidc_provider.upstream_fetch import Fetched, HttpRequest
from uconnect.oidc_provider.upstream_tokens import RELOAD


def test_a_fetch_for_a_key_that_is_not_known_keeps_nobody_waiting_whose_key_is() -> None:
    asyncio.run(_two_tokens())


async def _two_tokens() -> None:
    time = Time()

    def now() -> float:
        return time.now / 1000

    provider, stranger = UpstreamProvider(now), UpstreamProvider(now)
    answers, asked, hangs = fetch_from(provider), asyncio.Event(), False

    async def fetching(request: HttpRequest) -> Fetched:
        if hangs:
            asked.set()
            await asyncio.Event().wait()
        return await answers(request)

    client = UpstreamClient(upstream_of(provider), "http://localhost:8000/oauth/return/campus", now, fetching)
    await client.logout_claims(provider.logout_token())
    time.now += int(RELOAD + 1) * 1000
    hangs = True
    waiting = asyncio.create_task(client.logout_claims(stranger.logout_token()))
    await asyncio.wait_for(asked.wait(), 5)
    claims = await asyncio.wait_for(client.logout_claims(provider.logout_token()), 5)
    assert claims["iss"] == provider.issuer
    waiting.cancel()
