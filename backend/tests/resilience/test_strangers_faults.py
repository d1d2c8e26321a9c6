"""Before anybody has signed in: what is too long, too slow or too much is refused in words, and fills neither memory
nor log (promise 17)."""

import re
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.api.server_home import server_home
from tests.resilience import attack_process
from tests.resilience.half_loaded import abusing, resident
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.polling import poll
from tests.support.server_process import Server, serving

# The waits of a person who is slow are long; a test has none of that time.
IMPATIENT = """
from uconnect.entrypoints.server import limits
limits.HEAD_SECONDS = limits.BODY_SECONDS = 0.5
limits.LINGER_SECONDS = 0.2
"""
FEW_ROOMS = """
from uconnect.entrypoints.server import connections
make = connections.Connections.__init__
connections.Connections.__init__ = lambda self, proxies, most, each, requests: make(self, (), 20, 5, requests=requests)
"""
SECONDS = 10.0 if sizes.FULL else 1.5  # of each abuse
MOST_MEGABYTES = 25.0
PATIENCE = 60.0  # seconds that an answer may take on a busy machine


@contextmanager
def served(folder: Path, prelude: str = "") -> Iterator[Server]:
    (folder / "sites").mkdir()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SITES", str(folder / "sites"))
        with serving(folder, prelude=prelude) as server:
            yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("home"), IMPATIENT) as server:
        yield server


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("plain")) as server:
        yield server


def host(server: Server) -> str:
    return server.url.removeprefix("http://")


def response_of(line: socket.socket) -> str:
    """All that the server says until it closes the connection."""
    line.settimeout(PATIENCE)
    answer = b""
    with suppress(ConnectionResetError):
        while piece := line.recv(65_536):
            answer += piece
    return answer.decode()


START = "GET / HTTP/1.1\r\nHost: localhost\r\n"
POST = attack_process.POST.format(host="localhost")
MALFORMED = {
    "a long address": (f"GET /{'x' * 20_000} HTTP/1.1\r\n\r\n", 414, "The address is too long."),
    "a long address to a socket": (
        f"{START.replace('/', '/api/socket?ticket=' + 'x' * 20_000, 1)}Upgrade: websocket\r\n\r\n",
        414,
        "The address is too long.",
    ),
    "a long header": (f"{START}X-Long: {'x' * 20_000}", 431, "The request has too many headers, or too long ones."),
    "many headers": (START + "X-More: y\r\n" * 200, 431, "The request has too many headers, or too long ones."),
    "many empty lines": ("\r\n" * 20_000, 431, "The request has too many headers, or too long ones."),
    "no HTTP": ("SSH-2.0-OpenSSH_9.2\r\n\r\n", 400, "This is not an HTTP request."),
    "a slow head": (START, 408, "The request took too long to arrive."),
    "a slow body": (f"{POST}Content-Length: 100\r\n\r\ngrant", 408, "The request took too long to arrive."),
    "a body in pieces that is slow": (
        f"{POST}Transfer-Encoding: chunked\r\n\r\n5\r\ngrant\r\n",
        408,
        "The request took too long to arrive.",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_too_long_or_too_slow_is_refused_in_words(name: str, server: Server, evidence: Evidence) -> None:
    request, status, sentence = MALFORMED[name]
    with attack_process.connected(host(server)) as line:
        line.sendall(request.replace("Host: localhost", f"Host: {host(server)}").encode())
        answer = response_of(line)
    assert answer.startswith(f"HTTP/1.1 {status} "), answer[:100]
    assert answer.endswith(f"\r\n\r\n{sentence}\n")
    evidence(17, "requests too long or too slow, refused in words", 1)


def test_who_says_nothing_is_let_go_without_a_word(server: Server) -> None:
    with attack_process.connected(host(server)) as line:
        assert response_of(line) == ""


def test_a_connection_that_answered_is_let_go_when_it_is_silent(server: Server) -> None:
    with attack_process.connected(host(server)) as line:
        line.sendall(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n")
        assert response_of(line).startswith("HTTP/1.1 200 ")


def test_a_body_that_goes_on_after_its_answer_is_not_read_for_ever(server: Server) -> None:
    with attack_process.connected(host(server)) as line:
        line.sendall(f"{attack_process.POST.format(host=host(server))}Content-Length: 1000000000\r\n\r\n".encode())
        sent = 0
        with suppress(OSError):
            for _ in range(1_000):
                line.sendall(b"x" * 65_536)
                sent += 65_536
        assert sent < 20_000_000, "a megabyte, and what the system takes"


def test_one_whose_body_breaks_off_leaves_no_traceback(tmp_path: Path) -> None:
    """Once each left 51 lines, and anybody could fill the disk."""
    with served(tmp_path) as server:
        for _ in range(20):
            with attack_process.connected(host(server)) as line:
                line.sendall(
                    f"{attack_process.POST.format(host=host(server))}Content-Length: 100\r\n\r\ngrant_type".encode()
                )
                time.sleep(0.02)
        assert urlopen(f"{server.url}/api/health").status == 200
        assert server.complaints() == []


@pytest.mark.parametrize("name", [*attack_process.REQUESTS, "slow heads", "requests one by one", "junk tokens"])
def test_beside_a_stranger_who_floods_others_are_answered_in_flat_memory_and_the_log_stays_short(
    name: str, plain: Server, evidence: Evidence
) -> None:
    before, complained = resident(plain.pid), len(plain.complaints())
    with abusing(name, host(plain), ()):
        late, answered = time.monotonic() + SECONDS, 0
        while time.monotonic() < late or not answered:
            with urlopen(f"{plain.url}/api/health", timeout=PATIENCE) as answer:
                answered += answer.status == 200
            assert resident(plain.pid) - before < MOST_MEGABYTES
            time.sleep(0.05)
    assert len(plain.complaints()) <= complained + 2, "one line a minute for each reason"
    assert "Traceback" not in "\n".join(plain.complaints())
    evidence(17, "answers to others beside a stranger who floods", answered)


def test_connections_have_an_end_and_the_one_too_many_is_told_so(tmp_path: Path, evidence: Evidence) -> None:
    with served(tmp_path, FEW_ROOMS) as server, ExitStack() as open:
        held = [open.enter_context(attack_process.connected(host(server))) for _ in range(5)]
        with attack_process.connected(host(server)) as line:
            assert "HTTP/1.1 503 " in (answer := response_of(line))
            assert "too many connections" in answer
        held[0].close()

        def again() -> str:
            with closing(attack_process.connected(host(server))) as line:
                with suppress(OSError):  # refused before it was said
                    line.sendall(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return response_of(line)

        poll(again, lambda found: found.startswith("HTTP/1.1 200 "), what="there is room again")
    evidence(17, "connections beyond the limit, refused in words", 1)


def test_what_a_person_does_meets_no_limit(tmp_path: Path) -> None:
    """The longest that a browser sends: long cookies, a long address, a message of 4,000 code points."""
    with (
        server_home(tmp_path, bounded=True) as home,
        attack_process.connected(home.url.removeprefix("http://")) as line,
    ):
        address = "/api/threads?before=" + "x" * 8_000
        headers = "".join(f"X-{number}: {'y' * 60}\r\n" for number in range(60))
        line.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n".encode())
        assert response_of(line).startswith("HTTP/1.1 307 ")


UPGRADE = "Origin: http://{host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
SOCKET = f"GET /api/socket?ticket=junk HTTP/1.1\r\nHost: {{host}}\r\n{UPGRADE}"
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
JUNK = {
    **{name: request for name, (request, *_) in MALFORMED.items() if "slow" not in name},
    "a body that breaks off": f"{POST}Content-Length: 100\r\n\r\ngrant",
    "a body that breaks off in a chunk": f"{POST}Transfer-Encoding: chunked\r\n\r\n50\r\ngrant",
    "a bad chunk": f"{POST}Transfer-Encoding: chunked\r\n\r\nno number\r\n",
    "two lengths": f"{POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "a length that is none": f"{POST}Content-Length: -1\r\n\r\n",
    "a length beyond all": f"{POST}Content-Length: {'9' * 40}\r\n\r\n",
    "a body of framing": f"{POST}Transfer-Encoding: chunked\r\n\r\n" + "1\r\nx\r\n" * 3_000,
    "a head that breaks off": START,
    "a hello of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a hello of HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an upgrade to HTTP/2": "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    "an expectation": f"{POST}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    "a proxy's request": "CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere\r\n\r\n",
    "an address that is none": "GET http://[::1 HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "a path of half a letter": "GET /%ff%fe%00 HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "a host that is none": "GET / HTTP/1.1\r\nHost: [x]:y:z\r\n\r\n",
    "junk for a token": "GET /api/me HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer a.b.c\r\n\r\n",
    "a picture that breaks off": "PUT /api/picture HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99\r\n\r\n{",
    "a junk ticket": f"{SOCKET}{KEY}",
    "a handshake without a key": f"{SOCKET}\r\n",
    "a handshake with a bad key": f"{SOCKET}Sec-WebSocket-Key: x\r\n\r\n",
    "a handshake with a body": f"{SOCKET}Content-Length: 5\r\n{KEY}hello",
    "a handshake and what is no frame": f"{SOCKET}{KEY}\xff\xff\xff\xff",
}


@pytest.mark.parametrize("breaks", [False, True])
def test_whatever_junk_strangers_send_it_is_a_line_a_minute_of_each_kind(
    breaks: bool, tmp_path: Path, evidence: Evidence
) -> None:
    """Whoever can make a line could fill the disk. `breaks`: the connection is reset and not closed in order."""
    with served(tmp_path) as server:
        for name, request in [*JUNK.items()] * 3:
            with attack_process.connected(host(server)) as line:
                text = request.replace("{host}", host(server)).replace("Host: localhost", f"Host: {host(server)}")
                line.sendall(text.encode("latin-1"))
                if breaks:
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    time.sleep(0.01)
                else:
                    line.settimeout(0.05)
                    with suppress(OSError):
                        assert b" 500 " not in line.recv(65_536).partition(b"\r\n")[0], name
        with urlopen(f"{server.url}/api/health") as answer:
            assert answer.status == 200
        told = server.complaints()
    assert not [it for it in told if "Traceback" in it or "  File " in it], told
    kinds = [re.sub(r"\d+", "", it) for it in told]
    assert len(kinds) == len(set(kinds)), told
    evidence(17, "kinds of junk, of which none fills the log", len(JUNK))
