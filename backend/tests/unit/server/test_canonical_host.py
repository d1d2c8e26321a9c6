"""People are sent to the one address that sign-in works under; a server in front that hides it makes no circle."""

import asyncio
import logging

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from uconnect.entrypoints.server.base_url import normalised
from uconnect.entrypoints.server.canonical_host import REDIRECTED, CanonicalHost

URL = "https://ask.uni.example"
ELSEWHERE = "203.0.113.7"
PROXIES = ["127.0.0.1", "10.1.0.0/16"]


async def answered(_: Request) -> Response:
    return PlainTextResponse("reached")


def request(host: str, url: str = URL, peer: str = ELSEWHERE, path: str = "/user/?a=b", **more: str) -> httpx.Response:
    """What a request with a Host header is answered, that comes from `peer`."""
    routes = [Route("/{any:path}", answered)]
    app = Starlette(routes=routes)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=PROXIES)
    app.add_middleware(CanonicalHost, url=url, proxies=PROXIES)
    headers = [(b"Host", host.encode())] + [
        (name.replace("_", "-").encode(), value.encode()) for name, value in more.items()
    ]

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://any") as http:
            return await http.get(path, headers=headers)

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
        ("ask.uni.example.", URL),
        (" ask.uni.example ", URL),
        ("frågor.uni.example", "https://xn--frgor-nra.uni.example"),
        ("XN--frgor-nra.uni.example:443", "https://xn--frgor-nra.uni.example"),
        ("[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
    ],
)
def test_one_host_has_many_spellings(host: str, url: str) -> None:
    assert request(host, url).text == "reached"


def test_a_request_with_another_host_name_is_redirected_once(caplog: pytest.LogCaptureFixture) -> None:
    for host, peer in (("www.uni.example", "127.0.0.1"), ("10.0.0.7:8000", ELSEWHERE), ("elsewhere", ELSEWHERE)):
        sent = request(host, peer=peer)
        assert (sent.status_code, sent.headers["location"]) == (307, f"{URL}/user/?a=b&{REDIRECTED}")
    assert not caplog.records


def test_who_comes_back_by_the_wrong_name_sees_a_page_and_no_circle(caplog: pytest.LogCaptureFixture) -> None:
    sent = request("uconnect.internal.example")
    assert "set-cookie" not in sent.headers, "also who keeps no cookies must not go in a circle"
    back = request("uconnect.internal.example", path=sent.headers["location"].removeprefix(URL))
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


def test_the_other_name_of_this_computer_is_redirected_too() -> None:
    sent = request("127.0.0.1:8000", "http://localhost:8000", peer="127.0.0.1")
    assert (sent.status_code, sent.headers["location"]) == (307, f"http://localhost:8000/user/?a=b&{REDIRECTED}")


def test_whether_it_is_well_is_told_under_every_name() -> None:
    assert request("127.0.0.1:8000", path="/api/health").text == "reached"


@pytest.mark.parametrize("told", ["Ask.Uni.Example", "ask.uni.example:443", "other.example, ask.uni.example"])
def test_a_server_in_front_may_pass_on_our_name_in_a_header_of_its_own(told: str) -> None:
    more = {"X_Forwarded_Host": told, "X_Forwarded_For": ELSEWHERE}
    assert request("127.0.0.1:8000", peer="127.0.0.1", **more).text == "reached"
    assert request("10.0.0.7:8000", **more).status_code == 307, "nobody else is believed"


def test_a_redirect_keeps_the_spelling_of_the_path() -> None:
    sent = request("elsewhere.example", path="/a%2Fb//c%0Ad?q=%26")
    assert sent.headers["location"] == f"{URL}/a%2Fb//c%0Ad?q=%26&{REDIRECTED}"


LABELS = st.sampled_from(["ask", "Ask", "ASK", "frågor", "xn--frgor-nra", "uconnect", "localhost", "10.0.0.7", "[::1]"])
ENDINGS = st.sampled_from(["", ".", ".uni.example", ".UNI.example.", ".uni。example"])
PORTS = st.sampled_from(["", ":", ":80", ":443", ":0443", ":8000", ":99999", ":x"])
HOSTS = st.builds("".join, st.tuples(LABELS, ENDINGS, PORTS)) | st.text("aA.:[]-_é %/@\\", max_size=12)
URLS = st.builds(
    "".join, st.tuples(st.sampled_from(["http", "https", "HTTPS"]), st.just("://"), HOSTS, st.sampled_from(["", "/"]))
)


@given(
    url=URLS.map(normalised).filter(bool),
    fixed=st.none() | HOSTS,
    forwarded=st.none() | HOSTS,
    peer=st.sampled_from(["127.0.0.1", "10.1.2.3", ELSEWHERE]),
    first=HOSTS,
    path=st.sampled_from(["/", "/user/", "/user?a=b", "//x//", "/%2e%2e/", "/api/me", "/oauth/authorize?x=1"]),
    speaks=st.booleans(),
)
@settings(max_examples=400)
def test_no_combination_of_headers_is_redirected_twice(
    url: str, fixed: str | None, forwarded: str | None, peer: str, first: str, path: str, speaks: bool
) -> None:
    """A server in front passes on the name that it was asked for, or one of its own, and other headers or none."""
    more = {"X_Forwarded_Host": forwarded} if forwarded is not None else {}
    more |= {"X_Forwarded_For": ELSEWHERE, "X_Forwarded_Proto": "http"} if speaks else {}
    answer, asked = request(fixed or first, url, peer, path, **more), first
    if answer.status_code == 307:
        assert answer.headers["location"].startswith(f"{url}/")
        asked = url.partition("//")[2]
        answer = request(fixed or asked, url, peer, answer.headers["location"].removeprefix(url), **more)
    assert answer.status_code in {200, 421}
    assert answer.status_code == 200 or "proxy_set_header Host" in answer.text
    if fixed is None and asked == url.partition("//")[2]:
        assert answer.status_code == 200, "a server that passes the name on is right"


@given(url=URLS | st.text(max_size=30).map("https://{}".format))
def test_what_is_normal_stays_so(url: str) -> None:
    once = normalised(url)
    assert normalised(once) == once
