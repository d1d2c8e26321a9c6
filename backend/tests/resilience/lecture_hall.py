"""A lecture hall: people who are new here and sign in at one instant, each with a browser of their own."""

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx
from argon2 import PasswordHasher

from tests.api.home import TLS
from tests.api.server_home import ServerHome
from tests.resilience.abusers import address
from tests.support.provider_pages import form
from tests.support.stores import fresh
from uconnect.domain.enums import Kind
from uconnect.oidc_provider import accounts

PASSWORD = "four quiet herons wading"
A_NETWORK = 200  # people of the hall with one address
TIMEOUT = 300.0  # seconds


@dataclass
class Signed:
    """How the answers to so many forms were, and how long they took."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def people(home: ServerHome, many: int) -> list[str]:
    """So many who have an account, with one password: their addresses."""
    kept, emails = PasswordHasher().hash(PASSWORD), [f"{fresh()}@uni.example" for _ in range(many)]

    def transaction(connection: sqlite3.Connection) -> None:
        for email in emails:
            accounts.add(connection, email, kept, verified=True, name="A student")

    home._server.write(transaction)
    return emails


@asynccontextmanager
async def seated(home: ServerHome, emails: list[str]) -> AsyncIterator[list["Listener"]]:
    """Each has the form before them."""
    async with AsyncExitStack() as open:
        yield [await Listener.take(home, email, number, open) for number, email in enumerate(emails)]


@dataclass
class Listener:
    """A browser that shows the form of its person."""

    http: httpx.AsyncClient
    action: str
    email: str

    @staticmethod
    async def take(home: ServerHome, email: str, number: int, open: AsyncExitStack) -> "Listener":
        headers = {"x-forwarded-for": address(number // A_NETWORK), "origin": home.url}
        made = httpx.AsyncClient(base_url=home.url, verify=TLS, trust_env=False, timeout=TIMEOUT, headers=headers)
        http = await open.enter_async_context(made)
        page = await http.get(home._authorize(Kind.USER))
        return Listener(http, form(page.text)[0], email)

    async def sign_in(self, signed: Signed) -> None:
        began = time.perf_counter()
        answer = await self.http.post(self.action, data={"email": self.email, "password": PASSWORD})
        signed.seconds.append(time.perf_counter() - began)
        signed.statuses[answer.status_code] += 1


async def all_at_once(home: ServerHome, emails: list[str]) -> Signed:
    """All send their form at one instant."""
    signed = Signed()
    async with seated(home, emails) as seats:
        await asyncio.gather(*(participant.sign_in(signed) for participant in seats))
    return signed
