"""The list to run on the first real account: what the emulator does not do, or nobody could verify that AWS does.

    make deploy STACK=try
    UCONNECT_LIVE_STACK=try UCONNECT_LIVE_TOKEN=... .venv/bin/pytest backend/tests/aws_live

The token is an access token of somebody signed in on the user site (of its local storage). UCONNECT_LIVE_HOURS=2 also
waits for what takes that long. By hand, on the pages: sign up, confirm, reset, MFA; an invited worker's letter, and its
way in; the bill after a day (does a transaction pay double for an entry of the local index?).
"""

import os
import time
from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest
from deploy import sites, stack
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

NAME = os.environ["UCONNECT_LIVE_STACK"]
TOKEN = os.environ["UCONNECT_LIVE_TOKEN"]
HOURS = float(os.environ.get("UCONNECT_LIVE_HOURS", "0"))
HELLO = '{"t":"hello","protocol":1}'


@pytest.fixture(scope="session")
def outputs() -> dict[str, str]:
    return stack.outputs(boto3.Session().client("cloudformation"), NAME)


@pytest.fixture
def api(outputs: dict[str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=outputs["Url"], headers={"authorization": f"Bearer {TOKEN}"}) as api:
        yield api


@pytest.fixture
def line(api: httpx.Client, outputs: dict[str, str]) -> Iterator[ClientConnection]:
    with dialled(api, outputs) as line:
        yield line


def dialled(api: httpx.Client, outputs: dict[str, str]) -> ClientConnection:
    ticket = api.post("/api/tickets").json()["ticket"]
    origin: Any = outputs["UserOrigin"]
    line = connect(f"{sites.config('user', outputs)['socket']}?ticket={ticket}", origin=origin, ping_interval=None)
    line.send(HELLO)
    assert line.recv(10) == HELLO
    return line


# --- the gateway's own words, which the embedded server repeats


def test_without_a_token_it_says_what_embedded_says(outputs: dict[str, str]) -> None:
    answer = httpx.get(f"{outputs['Url']}/api/me")
    assert (answer.status_code, answer.content) == (401, b'{"message":"Unauthorized"}')


def test_where_there_is_no_route_it_says_what_embedded_says(outputs: dict[str, str]) -> None:
    answer = httpx.get(f"{outputs['Url']}/api/nothing")
    assert (answer.status_code, answer.content) == (404, b'{"message":"Not Found"}')


def test_every_function_may_be_called_by_its_gateway(api: httpx.Client, line: ClientConnection) -> None:
    assert api.get("/api/me").status_code == 200
    assert api.put("/api/picture", json={"image": ""}).status_code == 404, "to a user it is not there; but it ran"


def test_pages_of_ours_may_ask_and_no_others(outputs: dict[str, str]) -> None:
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,content-type"}
    for kind in sites.KINDS:
        ours = {"Origin": outputs[f"{kind.capitalize()}Origin"]} | asked
        answer = httpx.options(f"{outputs['Url']}/api/me", headers=ours)
        assert answer.headers["access-control-allow-origin"] == ours["Origin"]
    answer = httpx.options(f"{outputs['Url']}/api/me", headers={"Origin": "https://example.org"} | asked)
    assert "access-control-allow-origin" not in answer.headers


# --- the socket's limits


@pytest.mark.parametrize(("frame", "code"), [(b"{}", 1003), (" " * 33_000, 1009)])
def test_what_is_no_frame_closes_the_socket(frame: bytes | str, code: int, line: ClientConnection) -> None:
    line.send(frame)
    with pytest.raises(ConnectionClosed) as closed:
        line.recv(30)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


def test_a_frame_that_nests_deeper_than_any_parser_is_refused_in_words(line: ClientConnection) -> None:
    line.send("[" * 30_000)
    assert '"malformed"' in str(line.recv(30))


def test_a_socket_that_is_silent_is_closed_after_ten_minutes(api: httpx.Client, outputs: dict[str, str]) -> None:
    if HOURS:
        with dialled(api, outputs) as line, pytest.raises(ConnectionClosed):
            line.recv(11 * 60)


def test_a_socket_lives_two_hours_and_its_row_longer(api: httpx.Client, outputs: dict[str, str]) -> None:
    began = time.monotonic()
    with dialled(api, outputs) as line:
        try:
            while time.monotonic() - began < HOURS * 3_600:
                line.send('{"t":"ping"}')
                assert line.recv(30) == '{"t":"pong"}'
                time.sleep(300)
        except ConnectionClosed:
            assert time.monotonic() - began > 7_000


# --- the sites and the issuer


@pytest.mark.parametrize("kind", sites.KINDS)
def test_a_site_is_served_with_its_headers_and_its_configuration(kind: str, outputs: dict[str, str]) -> None:
    home = f"{outputs[f'{kind.capitalize()}Origin']}/{kind}/"
    page = httpx.get(home)
    assert page.status_code == 200
    assert {name: page.headers[name] for name in sites.headers(outputs)} == sites.headers(outputs)
    assert httpx.get(f"{home}config.json").json() == sites.config(kind, outputs)


@pytest.mark.parametrize("kind", sites.KINDS)
def test_the_issuers_pages_know_the_site(kind: str, outputs: dict[str, str]) -> None:
    told = sites.config(kind, outputs)
    known = httpx.get(told["metadata"]).json()
    asked = {
        "client_id": told["client"],
        "response_type": "code",
        "redirect_uri": f"{outputs[f'{kind.capitalize()}Origin']}/{kind}/",
    }
    assert httpx.get(known["authorization_endpoint"], params=asked, follow_redirects=True).status_code == 200
    assert httpx.get(told["account"], follow_redirects=True).status_code == 200
    if told["sign_up"]:
        assert httpx.get(told["sign_up"], follow_redirects=True).status_code == 200
