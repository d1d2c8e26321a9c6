"""What a server in front does not pass on is told in the log, and not what strangers leave out."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from uconnect.entrypoints.server.front_headers import NO_ADDRESS, NO_UPGRADE, FrontHeaders

URL = "https://ask.uni.example"
FRONT, ELSEWHERE = "10.0.0.4", "203.0.113.7"
KNOCK = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


async def answer(_: Request) -> Response:
    return PlainTextResponse("reached")


def front(url: str = URL) -> FrontHeaders:
    return FrontHeaders(Starlette(routes=[Route("/{any:path}", answer)]), url, [FRONT])


def ask(app: FrontHeaders, path: str = "/", peer: str = FRONT, **headers: str) -> httpx.Response:
    async def request() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
            return await http.get(path, headers={name.replace("_", "-"): it for name, it in headers.items()})

    return asyncio.run(request())


def test_a_server_in_front_that_hides_who_asks_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert ask(front()).text == "reached", "people are served all the same"
    assert caplog.messages == [NO_ADDRESS]


@pytest.mark.parametrize(
    ("path", "peer", "url", "headers"),
    [
        ("/", FRONT, URL, {"X_Forwarded_For": ELSEWHERE}),
        ("/", ELSEWHERE, URL, {}),  # nobody stands in front
        ("/api/health", FRONT, URL, {}),  # a monitor on the same machine
        ("/", FRONT, "http://localhost:8000", {}),
    ],
)
def test_nothing_is_told_where_nothing_is_missing(
    path: str, peer: str, url: str, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    assert ask(front(url), path, peer, **headers).text == "reached"
    assert not caplog.messages


def test_a_server_in_front_that_drops_the_upgrade_is_told_and_answered(caplog: pytest.LogCaptureFixture) -> None:
    answer = ask(front(), "/api/socket", X_Forwarded_For=ELSEWHERE, **KNOCK)
    assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")
    assert "must pass them on: see docs/operate.md" in answer.text
    assert caplog.messages == [NO_UPGRADE]


def test_who_leaves_the_upgrade_out_where_others_bring_it_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    async def closed(*_: object) -> None:
        """A socket that ends."""

    app = FrontHeaders(closed, URL, [FRONT])
    asyncio.run(app({"type": "websocket", "client": (FRONT, 1)}, closed, closed))  # type: ignore[arg-type]
    assert ask(app, "/api/socket", X_Forwarded_For=ELSEWHERE, **KNOCK).status_code == 426
    assert not caplog.messages
