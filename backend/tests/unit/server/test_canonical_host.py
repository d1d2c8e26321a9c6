"""People are sent to the one address that sign-in works under; a server in front that hides it makes no circle."""

import asyncio
import logging

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from uconnect.entrypoints.server.canonical_host import SENT, CanonicalHost

URL = "https://ask.uni.example"
ELSEWHERE = "203.0.113.7"


async def home(_: Request) -> Response:
    return PlainTextResponse("at home")


def request(
    host: str, url: str = URL, peer: str = ELSEWHERE, path: str = "/user/?a=b", cookie: str = ""
) -> httpx.Response:
    """What a request with a Host header is answered, that comes from `peer`."""
    routes = [Route("/{any:path}", home)]
    app = CanonicalHost(Starlette(routes=routes), url, ("127.0.0.1", "10.1.0.0/16"))

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://any") as http:
            return await http.get(path, headers={"Host": host} | ({"Cookie": cookie} if cookie else {}))

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("ask.uni.example", URL),
        ("Ask.Uni.EXAMPLE", URL),
        ("ask.uni.example:443", URL),
        ("ask.uni.example:8443", f"{URL}:8443"),
        ("localhost:8000", "http://localhost:8000"),
        ("localhost:80", "http://localhost"),
    ],
)
def test_one_host_has_many_spellings(host: str, url: str) -> None:
    assert request(host, url).text == "at home"


def test_whoever_comes_by_another_name_is_sent_home_once(caplog: pytest.LogCaptureFixture) -> None:
    for host, peer in (("www.uni.example", "127.0.0.1"), ("10.0.0.7:8000", ELSEWHERE), ("elsewhere", ELSEWHERE)):
        sent = request(host, peer=peer)
        assert (sent.status_code, sent.headers["location"]) == (307, f"{URL}/user/?a=b")
    assert not caplog.records


def test_who_comes_back_by_the_wrong_name_sees_a_page_and_no_circle(caplog: pytest.LogCaptureFixture) -> None:
    sent = request("uconnect.internal.example")
    assert sent.cookies[SENT] == "1"
    back = request("uconnect.internal.example", cookie=f"{SENT}=1")
    assert back.status_code == 421
    assert "location" not in back.headers
    assert URL in back.text
    assert "proxy_set_header Host $host;" in back.text
    assert [it.levelno for it in caplog.records] == [logging.ERROR]
    assert "proxy_set_header Host" in caplog.text
    assert "internal" not in caplog.text, "what a stranger may choose is not logged"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "10.0.0.7", "uconnect:8000", ""])
@pytest.mark.parametrize("peer", ["127.0.0.1", "10.1.2.3"])
def test_a_server_in_front_that_passes_on_its_own_name_for_us_is_told_at_once(host: str, peer: str) -> None:
    assert request(host, peer=peer).status_code == 421, "also to who keeps no cookies"


def test_on_a_machine_of_ones_own_the_other_name_of_it_leads_home() -> None:
    sent = request("127.0.0.1:8000", "http://localhost:8000", peer="127.0.0.1")
    assert (sent.status_code, sent.headers["location"]) == (307, "http://localhost:8000/user/?a=b")


def test_whether_it_is_well_is_told_under_every_name() -> None:
    assert request("127.0.0.1:8000", path="/api/health").text == "at home"
