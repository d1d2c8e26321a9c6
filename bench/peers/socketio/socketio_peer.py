"""Socket.IO with better-sqlite3 in WAL mode, synchronous=FULL: what a JavaScript developer would write."""

from pathlib import Path

from bench.install import BUILD, debian, node_packages
from bench.peers.peer import Dialect, Launch, Peer, numbered_sockets

HERE = Path(__file__).parent
DIALECT = Dialect(protocol="socketio", template='420["send",{"key":"%k","id":%a,"text":"%t"}]')


def _install() -> None:
    debian("g++", "build-essential")  # better-sqlite3 is compiled: its ready-made binary comes from no registry
    node_packages("socketio", HERE, {"npm_config_build_from_source": "true", **_headers()})


def _headers() -> dict[str, str]:
    """Where this machine has Node's own headers; without them node-gyp fetches them."""
    header = Path("/usr/include/node/node.h")
    return {"npm_config_nodedir": str(header.parents[2])} if header.exists() else {}


def _prepare(folder: Path, port: int, pairs: int) -> Launch:
    path = "/socket.io/?EIO=4&transport=websocket&socket={socket}"
    modules = {"NODE_PATH": str(BUILD / "socketio" / "node_modules"), "NODE_ENV": "production"}
    command = ["node", str(HERE / "server.js"), str(port), str(folder / "socketio.sqlite")]
    return Launch(command, numbered_sockets(pairs, path, address="{thread}"), modules)


SOCKETIO = Peer("socketio", "Socket.IO + better-sqlite3", DIALECT, _install, _prepare)
