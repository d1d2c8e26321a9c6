"""A stranger who makes us fetch a provider's keys makes nobody wait whose token is of a key that we know, nor does a
provider that publishes strange ones."""

import asyncio
import time
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.support.polling import TIMEOUT
from tests.support.stores import Time
from tests.support.upstream_provider import UpstreamProvider
from tests.unit.oidc_provider.upstream_kit import fetch_from, upstream_of
from uconnect.oidc_provider.upstream_client import UpstreamClient
from uconnect.oidc_provider.upstream_fetch import Fetched, HttpRequest
from uconnect.oidc_provider.upstream_tokens import RELOAD, usable

GOOD = [
    RSAKey.generate_key(2048).as_dict(private=False),
    ECKey.generate_key("P-256").as_dict(private=False),
    OKPKey.generate_key("Ed25519").as_dict(private=False),
]
ODD: list[Any] = [None, 7, True, 1.5, [], {}, [{}], "", "x", "\x00", "AQAB", "_" * 200_000]


@pytest.mark.parametrize("kind", range(3))
@pytest.mark.parametrize("name", ["kty", "use", "alg", "kid", "key_ops", "n", "e", "crv", "x", "y", "d", "p", "oth"])
def test_a_key_of_any_shape_is_read_or_left_out_at_once(kind: int, name: str) -> None:
    before = time.process_time()
    for value in ODD:
        keys = usable({"keys": [GOOD[kind] | {name: value}, *GOOD]})
        assert len(keys) in {3, 4}
        assert not any(it.is_private for it in keys)
    assert time.process_time() - before < 3


@pytest.mark.parametrize("keys", [None, 7, {}, "x", [None, 7, "kty", [], ["kty"]]])
def test_what_is_no_set_of_keys_has_none(keys: Any) -> None:
    assert usable({"keys": keys}) == []


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
    await asyncio.wait_for(asked.wait(), TIMEOUT)
    claims = await asyncio.wait_for(client.logout_claims(provider.logout_token()), TIMEOUT)
    assert claims["iss"] == provider.issuer
    waiting.cancel()
