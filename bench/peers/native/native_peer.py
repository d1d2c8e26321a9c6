"""The native floor: the same frames and the same durability in C, on nothing but the kernel and SQLite."""

from pathlib import Path

from bench.install import compiled, debian
from bench.peers.peer import Launch, Peer, numbered_sockets
from bench.peers.uconnect.uconnect_peer import DIALECT


def _install() -> None:
    debian("/usr/include/sqlite3.h", "libsqlite3-dev")
    _program()


def _program() -> Path:
    return compiled("native", "peers/native", "c", flags=("-lsqlite3",))


def _prepare(folder: Path, port: int, pairs: int) -> Launch:
    sockets = numbered_sockets(pairs, path="/api/socket?ticket={socket}", address="{thread:022d}")
    return Launch([str(_program()), str(port), str(folder / "native.sqlite")], sockets)


NATIVE = Peer("native", "native C + SQLite", DIALECT, _install, _prepare)
