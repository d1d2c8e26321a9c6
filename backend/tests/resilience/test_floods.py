"""Who is signed in and floods a running server, with every kind of frame: others go on, and the flooder is ended."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.api.party_factory import PartyFactory, party_factory
from tests.api.server_home import ServerHome, server_home
from tests.resilience import abusers, attack_process
from tests.resilience.half_loaded import abusing, resident
from tests.support import sizes
from tests.support.evidence import Evidence
from tests.support.stores import fresh
from uconnect.entrypoints.server import limits

SECONDS = 10.0 if sizes.FULL else 1.5  # of each flood
MOST_MEGABYTES = 25.0
SLOWEST = 20.0  # seconds that a send of another may take on a busy machine
SOON_ENDED = """
from uconnect.entrypoints.server import limits
limits.FLOOD_SECONDS = 0.5
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerHome]:
    with server_home(tmp_path_factory.mktemp("home"), SOON_ENDED, bounded=True) as home:
        yield home


@pytest.fixture
def parties(home: ServerHome) -> Iterator[PartyFactory]:
    with party_factory(home) as parties:
        yield parties


@pytest.mark.parametrize("name", attack_process.FRAMES)
def test_beside_a_socket_that_floods_others_write_on_in_flat_memory(
    name: str, home: ServerHome, parties: PartyFactory, evidence: Evidence
) -> None:
    flooder, topic = parties.user(), parties.thread()
    tickets = [flooder.ticket() for _ in range(20)]
    writing, before, acked = topic.raiser.open(), resident(home._server.pid), 0
    with abusing(name, home.url.removeprefix("http://"), tickets):
        late = time.monotonic() + SECONDS
        while time.monotonic() < late:
            began = time.monotonic()
            acked += writing.send(topic.raisers_id, "Is it open today?", fresh())["t"] == "ack"
            assert time.monotonic() - began < SLOWEST
            assert resident(home._server.pid) - before < MOST_MEGABYTES
            time.sleep(0.3)
    assert acked
    evidence(17, "sends of others beside a socket that floods", acked)


def test_who_floods_is_told_so_and_then_closed(home: ServerHome, parties: PartyFactory, evidence: Evidence) -> None:
    line = attack_process.open_socket(home.url.removeprefix("http://"), parties.user().ticket())
    flooding = threading.Thread(target=abusers.pour, args=(line, attack_process.FRAMES["data pings"][1], 50_000_000))
    flooding.start()
    heard = b""
    with suppress(ConnectionError):
        while piece := line.recv(65_536):
            heard += piece
    flooding.join()
    line.close()
    assert heard.count(b'{"t":"pong"}') >= limits.FRAMES.burst
    assert b'{"t":"bye","code":"flood"}' in heard[-40:]
    evidence(17, "floods ended with a reason", 1)
