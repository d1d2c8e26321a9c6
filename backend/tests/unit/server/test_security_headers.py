"""Every answer of every door has the security headers: pages, files, refusals, redirects and errors."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from tests.resilience.attack_process import connected
from tests.support.server_process import Server, serving
from tests.unit.server.server_in_process import URL, ServerInProcess
from tests.unit.server.test_http_protocol import REQUEST, answer_at_once, connect, passes
from uconnect.application.security_headers import SECURITY_HEADERS
from uconnect.entrypoints.server import limits
from uconnect.entrypoints.server.app import build_app
from uconnect.entrypoints.server.budget import rate

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
NONE_OF_OURS = [
    "/",
    "/nothing",
    "/user/",
    "/user",
    "/user/nothing",
    "/assets/nothing.js",
    "/robots.txt",
    "/api",
    "/%ff",
]


def assert_has_them(headers: httpx.Headers, where: str) -> None:
    for name, value in SECURITY_HEADERS.items():
        found = headers.get_list(name)
        assert len(found) == 1, f"{where}: {name} is there {len(found)} times"
        if name not in ("Content-Security-Policy", "Referrer-Policy"):  # of which a page has its own
            assert found == [value], where
    policy = {it.strip() for it in headers["content-security-policy"].split(";")}
    assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= policy, where


def paths(routes: list[BaseRoute]) -> list[str]:
    made = {it.path for it in routes if isinstance(it, (Route, Mount, WebSocketRoute))}
    return sorted({it.replace("{id}", "0" * 22).replace("{path:any}", "threads") for it in made} | set(NONE_OF_OURS))


def test_every_route_answers_every_method_with_them(server: ServerInProcess) -> None:
    sites = server.container.settings.sites
    (sites / "user").mkdir()
    (sites / "user/index.html").write_text("<!doctype html><title>user</title>")
    app = build_app(server.container, with_demo=True)

    async def ask() -> int:
        transport, answers = httpx.ASGITransport(app=app, raise_app_exceptions=False), 0
        async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
            for path in paths(app.routes):
                for method in METHODS:
                    answer = await client.request(method, path)
                    assert_has_them(answer.headers, f"{method} {path} ({answer.status_code})")
                    answers += 1
            elsewhere = await client.get("/user/", headers={"Host": "elsewhere.example"})
            assert elsewhere.status_code == 307
            assert_has_them(elsewhere.headers, "a redirect to our host")
        return answers

    assert server.wait(ask()) > 200


def test_an_error_of_ours_has_them_too(server: ServerInProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uconnect.entrypoints.server.http.HttpHandlers._answered", lambda *_: 1 / 0)
    app = build_app(server.container)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
            return await client.get("/api/threads")

    answer = server.wait(ask())
    assert answer.status_code == 500
    assert_has_them(answer.headers, "an error")


YEAR = "max-age=31536000"


@pytest.mark.parametrize(
    ("url", "subdomains", "strict"),
    [
        ("https://ask.example.edu", "off", YEAR),
        ("https://ask.example.edu", "on", f"{YEAR}; includeSubDomains"),
        (URL, "on", None),
    ],
)
def test_a_browser_is_told_to_come_over_https_alone_where_we_are_reached_so(
    open_server: Callable[..., ServerInProcess], url: str, subdomains: str, strict: str | None
) -> None:
    app = build_app(open_server(URL=url, HSTS_SUBDOMAINS=subdomains).container)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=url) as client:
            return await client.get("/api/threads")

    assert asyncio.run(ask()).headers.get("Strict-Transport-Security") == strict


@contextmanager
def with_limits(folder: Path, limits: str) -> Iterator[Server]:
    (folder / "sites").mkdir()
    prelude = f"from uconnect.entrypoints.server import limits\nlimits.LINGER_SECONDS = 0.2\n{limits}"
    with serving(folder, prelude=prelude, SITES=str(folder / "sites")) as server:
        yield server


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with with_limits(tmp_path_factory.mktemp("patient"), "") as server:
        yield server


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """For what is slow alone: on a busy machine every request is."""
    with with_limits(tmp_path_factory.mktemp("impatient"), "limits.HEAD_SECONDS = limits.BODY_SECONDS = 0.5") as server:
        yield server


HOST = "Host: {host}\r\n"
FORM = f"POST /oauth/token HTTP/1.1\r\n{HOST}Content-Type: application/x-www-form-urlencoded\r\n"
UPGRADE = f"{HOST}Origin: http://{{host}}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
BEFORE_THE_APPLICATION = {
    "no HTTP": ("SSH-2.0-OpenSSH_9.2\r\n\r\n", 400),
    "a hello of TLS": ("\x16\x03\x01\x02\x00\x01\x00", 400),
    "a long address": (f"GET /{'x' * 20_000} HTTP/1.1\r\n\r\n", 414),
    "a long header": (f"GET / HTTP/1.1\r\nX: {'x' * 20_000}", 431),
    "a slow head": ("GET / HTTP/1.1\r\n", 408),
    "a slow body": (f"{FORM}Content-Length: 9\r\n\r\nx", 408),
    "a body of framing": (FORM + "Transfer-Encoding: chunked\r\n\r\n" + "1\r\nx\r\n" * 3_000, 400),
    "a long body": (f"POST /api/threads HTTP/1.1\r\n{HOST}Content-Length: 99999999\r\n\r\n", 401),
    "a socket without a ticket": (f"GET /api/socket HTTP/1.1\r\n{UPGRADE}{KEY}Sec-WebSocket-Version: 13\r\n\r\n", 401),
    "a socket with a junk ticket": (
        f"GET /api/socket?ticket=x HTTP/1.1\r\n{UPGRADE}{KEY}Sec-WebSocket-Version: 13\r\n\r\n",
        403,
    ),
    "a handshake without a key": (f"GET /api/socket HTTP/1.1\r\n{UPGRADE}Sec-WebSocket-Version: 13\r\n\r\n", 400),
    "a handshake of another version": (
        f"GET /api/socket HTTP/1.1\r\n{UPGRADE}{KEY}Sec-WebSocket-Version: 1\r\n\r\n",
        400,
    ),
}


@pytest.mark.parametrize("name", BEFORE_THE_APPLICATION)
def test_what_is_refused_before_the_application_sees_it_has_them(name: str, request: pytest.FixtureRequest) -> None:
    sent, status = BEFORE_THE_APPLICATION[name]
    server: Server = request.getfixturevalue("impatient" if status == 408 else "patient")
    host = server.url.removeprefix("http://")
    with connected(host) as line:
        line.sendall(sent.replace("{host}", host).encode("latin-1"))
        line.settimeout(60)
        answer = line.recv(65_536)
    head = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert head[0].startswith(f"HTTP/1.1 {status} "), head[0]
    pairs = [it.partition(": ") for it in head[1:]]
    assert_has_them(httpx.Headers([(it, value) for it, _, value in pairs]), name)


def test_an_address_that_sends_too_many_requests_gets_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ADDRESS_REQUESTS", rate(per_second=0.01, burst=1))

    async def story() -> bytes:
        protocol, transport = connect(answer_at_once)
        protocol.data_received(REQUEST * 2)
        await passes(50)
        protocol.connection_lost(None)
        return transport.answers

    answers: Any = asyncio.run(story()).split(b"HTTP/1.1 ")
    assert answers[-1].startswith(b"429 ")
    for name, value in SECURITY_HEADERS.items():
        assert f"{name.lower()}: {value}\r\n".encode() in answers[-1]
