"""The server listens where it is told: in a file that its group can use, and on what systemd opened for it."""

import asyncio
import json
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect, unix_connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.resilience.busy_writers import gather, let_in, open_store
from tests.support.letter_requests import ONE_EACH, ask_for_code
from tests.support.listening_server import asking, is_up_in, started
from tests.support.polling import TIMEOUT
from tests.support.ports import free_port
from tests.support.server_process import is_up
from tests.support.stores import fresh
from uconnect.domain.protocol import PROTOCOL
from uconnect.entrypoints.cli import listening
from uconnect.entrypoints.server import settings
from uconnect.entrypoints.server.settings import InvalidSetting, Settings

URL = "https://ask.uni.example"


def chosen(data: Path, **environment: str) -> Settings:
    return settings.read({"DATA": str(data), **environment})


def test_a_server_in_front_reaches_it_by_a_file(tmp_path: Path) -> None:
    file = tmp_path / "socket"
    with started(tmp_path, lambda: is_up_in(file), HOST=str(file), URL=URL), asking(file) as http:
        assert file.stat().st_mode & 0o777 == 0o660, "whoever may write to it can say who sends a request"
        assert http.get("/api/docs").status_code == 200
        inner = http.get("/api/docs", headers={"Host": "localhost"})
        assert inner.status_code == 421, "it is told that the server in front passes on another name"
        assert asyncio.run(_knocks(file)) == 401
    assert "Nothing is lost" in (tmp_path / "printed").read_text("utf-8")


def test_a_socket_works_through_a_file(tmp_path: Path) -> None:
    file, data = tmp_path / "socket", tmp_path / "data"
    data.mkdir(mode=0o700)
    (writer,) = gather(data, 1)
    with open_store(data) as store:
        (ticket,) = let_in(store, [writer])
    with started(tmp_path, lambda: is_up_in(file), HOST=str(file), URL=URL):
        asyncio.run(_talks(file, ticket, writer.thread))
    assert "Traceback" not in (tmp_path / "printed").read_text("utf-8")


def _socket_in(file: Path, query: str = "") -> connect:
    address = f"ws://ask.uni.example/api/socket{query}"
    return unix_connect(str(file), uri=address, origin=Origin(URL), open_timeout=TIMEOUT)


async def _talks(file: Path, ticket: str, thread: str) -> None:
    async with _socket_in(file, f"?ticket={ticket}") as socket:
        await socket.send(json.dumps({"t": "hello", "protocol": PROTOCOL}))
        for text in ("short", "long " * 700):
            await socket.send(json.dumps({"t": "send", "key": fresh(), "id": thread, "text": text}))
            while (frame := json.loads(await socket.recv()))["t"] != "ack":
                assert frame["t"] != "refused", frame
            assert frame["entry"]["text"] == text.strip()


def test_the_server_in_front_of_the_file_says_who_asks(tmp_path: Path) -> None:
    file = tmp_path / "socket"
    with (
        started(tmp_path, lambda: is_up_in(file), HOST=str(file), URL=URL, LETTERS_NETWORK=ONE_EACH),
        asking(file) as http,
    ):
        asked = [ask_for_code(http, URL, **{"X-Forwarded-For": f"192.0.2.{each}"}) for each in (7, 7, 8, 8)]
        assert asked == [303, 429, 303, 429]


def test_an_operator_sets_how_many_requests_an_address_may_send(tmp_path: Path) -> None:
    file = tmp_path / "socket"
    given = {"HOST": str(file), "URL": URL, "REQUESTS_PER_ADDRESS": "20"}
    with started(tmp_path, lambda: is_up_in(file), None, "", **given), asking(file) as http:
        for person in ("192.0.2.7", "192.0.2.8"):
            asked = [http.get("/api/docs", headers={"X-Forwarded-For": person}).status_code for _ in range(100)]
            assert asked[:20] == [200] * 20
            assert set(asked) == {200, 429}


async def _knocks(file: Path) -> int:
    """How a socket without a ticket is answered."""
    try:
        async with _socket_in(file):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def test_a_file_that_a_server_left_behind_is_replaced_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "socket"
    first = listening.listen(chosen(tmp_path / "data", HOST=str(file), URL=URL))
    with pytest.raises(InvalidSetting, match="Another program listens in"):
        listening.listen(chosen(tmp_path / "data", HOST=str(file), URL=URL))
    first[0].close()
    listening.listen(chosen(tmp_path / "data", HOST=str(file), URL=URL))[0].close()
    file.unlink()
    file.write_text("something else")
    with pytest.raises(InvalidSetting, match="which is not a socket"):
        listening.listen(chosen(tmp_path / "data", HOST=str(file), URL=URL))
    assert file.read_text("utf-8") == "something else"


@pytest.mark.parametrize("place", ["missing/socket", "x" * 200])
def test_a_file_that_cannot_be_made_is_refused_in_words(tmp_path: Path, place: str) -> None:
    with pytest.raises(InvalidSetting, match="Set HOST to a file in a folder that uconnect may write to"):
        listening.listen(chosen(tmp_path, HOST=str(tmp_path / place), URL=URL))


def test_a_file_is_no_address_of_this_computer_alone(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="This opens uconnect to a network"):
        chosen(tmp_path, HOST="/run/uconnect/socket")
    assert not chosen(tmp_path, HOST="/run/uconnect/socket", URL=URL).has_dev_mailbox


def test_systemd_opens_the_socket_and_the_server_takes_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        url = f"http://localhost:{opened.getsockname()[1]}"
        more = {"URL": url, "PORT": str(free_port())}
        with started(tmp_path, lambda: is_up(f"{url}/api/health"), opened, **more):
            assert httpx.get(f"{url}/api/health", trust_env=False, timeout=TIMEOUT).status_code == 200
            assert not is_up(f"http://localhost:{more['PORT']}/api/health"), "PORT is not listened on too"


def test_systemd_opens_the_file_and_the_server_takes_it(tmp_path: Path) -> None:
    file = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(file))
        opened.listen()
        with started(tmp_path, lambda: is_up_in(file), opened, URL=URL), asking(file) as http:
            assert http.get("/api/docs").status_code == 200
        assert file.exists(), "it is systemd's, and the next start has it"


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> Callable[[socket.socket], dict[str, str]]:
    """Passes a socket to this process as systemd does, under whatever number is free."""
    copies: list[int] = []

    def give(opened: socket.socket) -> dict[str, str]:
        copies.append(os.dup(opened.fileno()))
        monkeypatch.setattr(listening, "FIRST_PASSED", copies[-1])
        return {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "uconnect.socket"}

    return give


def test_processes_that_it_starts_are_not_told_of_the_sockets(
    tmp_path: Path, passed: Callable[[socket.socket], dict[str, str]]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        environment = passed(opened) | {"OTHER": "x"}
        (taken,) = listening.listen(chosen(tmp_path), environment)
        assert environment == {"OTHER": "x"}
        assert not taken.get_inheritable()
        assert taken.getsockname() == opened.getsockname()
        taken.close()


def test_sockets_for_another_process_are_left_to_it(tmp_path: Path) -> None:
    port = free_port()
    environment = {"LISTEN_PID": "1", "LISTEN_FDS": "1"}
    (opened,) = listening.listen(chosen(tmp_path, PORT=str(port)), environment)
    assert opened.getsockname() == ("127.0.0.1", port)
    opened.close()


@pytest.mark.parametrize(
    ("kind", "address", "url", "told"),
    [
        (socket.SOCK_DGRAM, ("127.0.0.1", 0), URL, "takes no connections"),
        (socket.SOCK_STREAM, ("0.0.0.0", 0), "", "Set URL to the address people open"),
        (socket.SOCK_STREAM, "file", "", "Set URL to the address people open"),
        (socket.SOCK_STREAM, ("::", 0), URL, "Set BindIPv6Only=ipv6-only"),
    ],
)
def test_a_socket_that_would_serve_wrongly_is_refused(
    tmp_path: Path,
    passed: Callable[[socket.socket], dict[str, str]],
    kind: socket.SocketKind,
    address: tuple[str, int] | str,
    url: str,
    told: str,
) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    if isinstance(address, str):
        family, address = socket.AF_UNIX, str(tmp_path / address)
    with socket.socket(family, kind) as opened:
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        opened.bind(address)
        if kind == socket.SOCK_STREAM:
            opened.listen()
        found = replace(chosen(tmp_path), url=url) if url else chosen(tmp_path)
        with pytest.raises(InvalidSetting, match=told):
            listening.listen(found, passed(opened))
