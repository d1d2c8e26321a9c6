"""The C programs of the benchmark do what they say: the native floor, the load generator, and the slower disk."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bench.generator import Workload, run_load
from bench.install import slow_sync
from bench.peers.native.native_peer import NATIVE
from bench.peers.uconnect.uconnect_peer import DIALECT

from tests.support.polling import TIMEOUT, poll
from tests.support.ports import free_port

KEY, MASKED = "dGhlIHNhbXBsZSBub25jZQ==", 0x80


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """All warnings of gcc are errors."""
    NATIVE.install()
    slow_sync()


class FloorSocket:
    """Socket `number` of the floor: 2n is the raiser's of thread n, 2n + 1 the school's."""

    def __init__(self, port: int, number: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self._file = self._socket.makefile("rb")
        head = f"GET /api/socket?ticket={number} HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
        self._socket.sendall(head.encode())
        while self._file.readline() != b"\r\n":
            pass

    def send(self, **frame: Any) -> None:
        payload = json.dumps(frame, separators=(",", ":")).encode()
        size = bytes([len(payload) | MASKED]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
        self._socket.sendall(b"\x81" + size + bytes(4) + payload)  # a mask of zeros

    def received(self) -> dict[str, Any]:
        _, size = self._file.read(2)
        payload = self._file.read(int.from_bytes(self._file.read(2), "big") if size == 126 else size)
        found: dict[str, Any] = json.loads(payload)
        return found

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@contextmanager
def floor(folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    with subprocess.Popen(NATIVE.prepare(folder, port, 2).command) as process:
        try:
            poll(lambda: _listens(port), what="the floor listens")
            yield port, process
        finally:
            process.kill()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), TIMEOUT).close()
    except OSError:
        return False
    return True


def stored(folder: Path) -> list[tuple[int, int, str, str]]:
    with closing(sqlite3.connect(folder / "native.sqlite")) as database:
        return list(database.execute("SELECT thread, seq, key, text FROM message ORDER BY id"))


def sent(key: str, thread: int = 0) -> dict[str, str]:
    return {"t": "send", "key": key, "id": f"{thread:022d}", "text": f"text of {key}"}


def test_the_floor_answers_a_send_with_an_ack_and_an_event(tmp_path: Path) -> None:
    with floor(tmp_path) as (port, _):
        raiser, school = FloorSocket(port, 0), FloorSocket(port, 1)
        raiser.send(t="hello", protocol=1)
        assert raiser.received() == {"t": "hello", "protocol": 1}
        raiser.send(**sent("one"))
        ack, event = raiser.received(), school.received()
        assert (ack["t"], ack["key"], ack["entry"]["seq"]) == ("ack", "one", 1)
        assert (event["t"], event["entry"]["text"], event["row"]["theirs"]) == ("event", "text of one", 1)
        raiser.close()
        school.close()


def test_the_floors_frames_have_the_fields_of_the_protocol(tmp_path: Path) -> None:
    raiser_row = {"as", "id", "rev", "school", "subject", "state", "since", "at", "seq", "theirs", "last"}
    with floor(tmp_path) as (port, _):
        raiser, school = FloorSocket(port, 0), FloorSocket(port, 1)
        raiser.send(**sent("one"))
        ack, event = raiser.received(), school.received()
        assert ack.keys() == {"t", "key", "id", "entry", "row"}
        assert event.keys() == {"t", "id", "entry", "row"}
        assert ack["entry"].keys() == {"as", "seq", "at", "side", "text", "key"}
        assert event["entry"].keys() == {"as", "seq", "at", "side", "author", "text", "key"}
        assert ack["row"].keys() == raiser_row
        school_row = (raiser_row - {"school"}) | {"owner", "kind", "worker", "settled", "turn_since"}
        assert event["row"].keys() == school_row
        raiser.close()
        school.close()


def test_the_floor_stores_a_repeated_key_once_and_answers_its_first_seq(tmp_path: Path) -> None:
    with floor(tmp_path) as (port, _):
        raiser = FloorSocket(port, 0)
        seqs = []
        for key in ("one", "two", "one", "three"):
            raiser.send(**sent(key))
            seqs.append(raiser.received()["entry"]["seq"])
        raiser.close()
    assert seqs == [1, 2, 1, 3]
    assert [key for _, _, key, _ in stored(tmp_path)] == ["one", "two", "three"]


def test_the_floor_refuses_another_pairs_thread_and_what_is_no_frame(tmp_path: Path) -> None:
    with floor(tmp_path) as (port, _):
        raiser = FloorSocket(port, 0)
        raiser.send(**sent("one", thread=1))
        assert raiser.received()["code"] == "not_found"
        raiser.send(t="shout")
        assert raiser.received()["code"] == "malformed"
        raiser.close()
    assert stored(tmp_path) == []


def test_what_the_floor_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    with floor(tmp_path) as (port, process):
        raiser = FloorSocket(port, 0)
        raiser.send(**sent("one"))
        assert raiser.received()["t"] == "ack"
        process.kill()
        raiser.close()
    assert stored(tmp_path) == [(0, 1, "one", "text of one")]
    with floor(tmp_path) as (port, _):
        raiser = FloorSocket(port, 0)
        raiser.send(**sent("two"))
        assert raiser.received()["entry"]["seq"] == 2
        raiser.close()


@pytest.mark.parametrize("load", [Workload(0.3), Workload(0.3, in_flight=8), Workload(0.3, rate=200)], ids=str)
def test_each_message_that_the_load_generator_counts_was_stored(tmp_path: Path, load: Workload) -> None:
    for longer in (1, 10, 100):  # a busy machine may deliver nothing in a short time
        folder = tmp_path / str(longer)
        folder.mkdir()
        load = replace(load, seconds=0.3 * longer)
        with floor(folder) as (port, _):
            found = run_load(DIALECT, NATIVE.prepare(folder, port, 2).sockets(), port, load)
        assert found.per_second * load.seconds <= len(stored(folder))
        if found.per_second:
            assert 0 < found.p50_ms <= found.p99_ms
            assert {len(text) for _, _, _, text in stored(folder)} == {100}
            return
    pytest.fail("nothing was delivered")


def test_the_load_generator_gives_no_figures_when_a_socket_breaks(tmp_path: Path) -> None:
    with floor(tmp_path) as (port, _), pytest.raises(SystemExit, match="closed by the server"):
        run_load(DIALECT, [("/elsewhere", "-"), ("/elsewhere", "-")], port, Workload(0.3))


def test_the_slower_disk_adds_its_delay_to_each_sync(tmp_path: Path) -> None:
    opened = f"import os, time; file = os.open({str(tmp_path / 'file')!r}, os.O_CREAT | os.O_WRONLY)"
    timed = "began = time.monotonic(); os.fsync(file); os.fdatasync(file); print(time.monotonic() - began)"
    environment = {**os.environ, "LD_PRELOAD": str(slow_sync()), "SLOW_SYNC_US": "100000"}
    command = [sys.executable, "-c", f"{opened}; {timed}"]
    ended = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True)
    assert float(ended.stdout) >= 0.2  # what was asked for; more on a busy machine
