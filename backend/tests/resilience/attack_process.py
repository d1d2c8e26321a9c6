"""What abusers send, from a process of their own: `python -m tests.resilience.attack_process NAME HOST`.

Its input is what lets it in, a line each: tickets, or what its crowd needs. It prints a line when it has begun.
Abusers use plain sockets, so that each writes as fast as the server lets it. Each runs until its process is ended.
"""

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection
from itertools import count, repeat
from pathlib import Path
from urllib.parse import urlencode

from tests.resilience import crowds
from tests.support.provider_pages import form

CONNECTIONS = 4  # of one who has not signed in
GUESSERS = 8
MANY = 200  # connections of one who is slow
STUCK = 30.0  # seconds
LOWEST = 19  # nice(2)
HEAD = "GET /api/x HTTP/1.1\r\nHost: {host}\r\n"
AUTHORIZE = {
    "response_type": "code",
    "client_id": "uconnect-user",
    "scope": "openid email",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
}
POST = "POST /oauth/token HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """A frame of a client, whose mask changes nothing (RFC 6455 §5.2)."""
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return bytes([(0x80 if fin else 0) | opcode]) + size + bytes(4) + payload


# What is sent again and again on a signed-in socket; the first frame of fragments opens their message.
FRAMES: dict[str, tuple[bytes, bytes]] = {
    "empty pings": (b"", frame(9)),
    "full pings": (b"", frame(9, b"x" * 125)),
    "empty pongs": (b"", frame(10)),
    "empty fragments": (frame(1, fin=False), frame(0, fin=False)),
    "data pings": (b"", frame(1, b'{"t":"ping"}')),
    "frames that are none": (b"", frame(1, b'{"t":"?"}')),
    "long frames": (b"", frame(1, b'{"t":"' + b"x" * 30_000 + b'"}')),
}

# What one who has not signed in sends on each of its connections: a beginning, then the same without end.
REQUESTS: dict[str, tuple[str, str]] = {
    "pipelined requests": ("", HEAD + "\r\n"),
    "an endless header": (HEAD + "X-Long: ", "x" * 100),
    "endless headers": (HEAD, "X-More: y\r\n"),
    "an endless address": ("GET /", "x" * 100),
    "an endless body": (POST + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
    "an endless trailer": (POST + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "X-More: y\r\n"),
    "a long body": (POST + "Content-Length: 9999999999\r\n\r\n", "x" * 100),
    "empty lines": ("", "\r\n"),
}


def open_socket(host: str, ticket: str) -> socket.socket:
    """A WebSocket that a ticket opened."""
    line = connected(host)
    line.sendall(
        f"GET /api/socket?ticket={ticket} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert line.recv(4096).startswith(b"HTTP/1.1 101 ")
    return line


def connected(host: str) -> socket.socket:
    name, _, port = host.partition(":")
    return socket.create_connection((name, int(port)), timeout=STUCK)


def pour(line: socket.socket, beginning: bytes, again: bytes) -> None:
    """Send without end, and read what is answered, until the connection breaks."""
    threading.Thread(target=_swallow, args=(line,), daemon=True).start()
    many = again * (65_536 // len(again))
    try:
        line.sendall(beginning)
        while True:
            line.sendall(many)
    except OSError:
        line.close()


def _swallow(line: socket.socket) -> None:
    try:
        while line.recv(65_536):
            pass
    except OSError:
        return


def flood(host: str, what: str, tickets: Iterator[str]) -> None:
    """Signed in: another socket each time one is cut."""
    for ticket in tickets:
        pour(open_socket(host, ticket), *FRAMES[what])


def request(host: str, what: str) -> None:
    """Not signed in: a few connections, each made anew when it is cut."""
    beginning, again = (text.format(host=host).encode() for text in REQUESTS[what])

    def one() -> None:
        while True:
            pour(connected(host), beginning, again)
            time.sleep(0.01)

    _at_once([one] * CONNECTIONS)


def ask(host: str, requests: Iterator[bytes]) -> None:
    """One request after the other on each of a few connections, each as soon as the last is answered."""

    def one() -> None:
        while True:
            with connected(host) as line:
                try:
                    for each in requests:
                        line.sendall(each)
                        if not line.recv(65_536):
                            break
                except OSError:
                    continue

    _at_once([one] * CONNECTIONS)


def guess(host: str) -> None:
    """Passwords at an account after the other, from many addresses, each when the last was answered."""

    def one(number: int) -> None:
        line = HTTPConnection(host)
        line.request("GET", f"/oauth/authorize?{urlencode(AUTHORIZE | {'redirect_uri': f'http://{host}/user/'})}")
        page = line.getresponse()
        action, _ = form(page.read().decode())
        about = {
            "Origin": f"http://{host}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        for each in count():
            about["X-Forwarded-For"] = f"198.18.{number}.{each % 250}"
            fields = {"email": f"{number}.{each}@example.org", "password": "no such password"}
            line.request("POST", action, urlencode(fields), about)
            line.getresponse().read()

    _at_once([partial(one, number) for number in range(GUESSERS)])


def slow_heads(host: str) -> None:
    """Many requests that never end, a byte a second each."""

    def one() -> None:
        while True:
            with connected(host) as line:
                try:
                    for letter in repeat(b"x"):
                        line.sendall(letter)
                        time.sleep(1)
                except OSError:
                    continue

    _at_once([one] * MANY)


def _at_once(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _junk_tokens(host: str) -> Iterator[bytes]:
    for number in count():
        body = f"grant_type=refresh_token&client_id=uconnect-user&refresh_token=x.{number}"
        yield f"{POST.format(host=host)}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def _begun() -> None:
    sys.stdout.write("begun\n")
    sys.stdout.flush()


ABUSERS: dict[str, Callable[[str, Iterator[str]], None]] = {
    **{name: lambda host, tickets, name=name: flood(host, name, tickets) for name in FRAMES},  # type: ignore[misc]
    **{name: lambda host, _, name=name: request(host, name) for name in REQUESTS},  # type: ignore[misc]
    "requests one by one": lambda host, _: ask(host, repeat(f"{HEAD.format(host=host)}\r\n".encode())),
    "junk tokens": lambda host, _: ask(host, _junk_tokens(host)),
    "guessers": lambda host, _: guess(host),
    "slow heads": lambda host, _: slow_heads(host),
}
ABUSES = (*ABUSERS, *crowds.CROWDS)


def _step_back() -> None:
    """Take the lowest priority: all this would run on another machine. Linux weighs sessions first (sched(7))."""
    os.setsid()
    os.nice(LOWEST)
    with suppress(OSError):  # not every system groups processes by session
        Path("/proc/self/autogroup").write_text(str(LOWEST), "ascii")


def main(name: str, host: str) -> None:
    _step_back()
    passes = iter(sys.stdin.read().splitlines())
    if name in crowds.CROWDS:
        crowds.run(name, host, passes, _begun)
    else:
        _begun()
        ABUSERS[name](host, passes)


if __name__ == "__main__":
    main(*sys.argv[1:])
