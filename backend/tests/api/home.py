"""What a home provides to the conformance suite; all else about a server, the suite must find out from the server."""

import ssl
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from socket import SO_LINGER, SOL_SOCKET
from typing import Protocol

import httpx
from websockets.sync.client import ClientConnection

from tests.support.polling import TIMEOUT
from uconnect.domain.enums import Kind

TLS = ssl.create_default_context()  # once: it takes longer to make than a party


def browser(url: str) -> httpx.Client:
    """An HTTP client with cookies of its own, which follows no redirect by itself."""
    return httpx.Client(base_url=url, verify=TLS, trust_env=False, timeout=TIMEOUT)


ABORT = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds: a close is a reset


def abort(socket: ClientConnection) -> None:
    """Break a socket's connection from here."""
    socket.socket.setsockopt(SOL_SOCKET, SO_LINGER, ABORT)
    socket.socket.shutdown(2)


@dataclass(frozen=True)
class Party:
    """A party that has signed in on its site: what that site holds. `late` is an access token it had until it ended."""

    kind: Kind
    email: str
    token: str
    late: str
    origin: str


class Home(Protocol):
    """A server that runs, reached over HTTP and WebSocket alone."""

    @property
    def url(self) -> str:
        """Where it is: the API is at `/api`."""
        ...

    @property
    def socket(self) -> str:
        """Where its sockets are opened."""
        ...

    @property
    def at_most(self) -> int:
        """How many tries of one thing it has time for, where a scenario makes as many as it can."""
        ...

    @property
    def denials(self) -> Mapping[int, str]:
        """What is said with each status to a socket that is not let in, whatever the reason."""
        ...

    @property
    def letters(self) -> Mapping[Kind, int]:
        """How many letters somebody new is sent who comes by the pages."""
        ...

    def party(self, kind: Kind, email: str, name: str, ago: int = 0) -> Party:
        """Sign in on the site of a kind with an address, which gets an account of that name if it has none.

        `ago` is how many seconds have passed since the password was typed.
        """
        ...

    def party_by_pages(self, kind: Kind, email: str, name: str) -> Party:
        """`party`, by the pages and letters that somebody new meets; a worker has been invited, by that name."""
        ...

    def another_browser(self, party: Party) -> Party:
        """The same person, who came by the pages, signed in on another browser too."""
        ...

    def mail(self, address: str, least: int = 0) -> list[str]:
        """The texts that an address was sent, oldest first, once there are so many: letters take their time."""
        ...

    def wait_until_told(self) -> None:
        """Wait until everybody is told of what was answered before."""
        ...

    def cut(self, socket: ClientConnection) -> None:
        """Break a socket's connection without a word, as a lost network does."""
        ...
