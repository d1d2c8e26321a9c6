"""Django Channels with the ORM on SQLite in WAL mode, synchronous=FULL: what a Python developer would write."""

from pathlib import Path

from bench.install import python_packages, run
from bench.peers.peer import Dialect, Launch, Peer, numbered_sockets

HERE = Path(__file__).parent
DIALECT = Dialect(protocol="websocket", template='{"key":"%k","id":%a,"text":"%t"}')


def _programs() -> Path:
    return python_packages("channels", HERE / "requirements.txt")


def _install() -> None:
    _programs()


def _prepare(folder: Path, port: int, pairs: int) -> Launch:
    environment = {"DATABASE": str(folder / "channels.sqlite"), "PYTHONPATH": str(HERE)}
    run(_programs() / "python", HERE / "chat_application.py", environment=environment)
    daphne = (str(_programs() / "daphne"), "--bind", "127.0.0.1", "--port", str(port), "--verbosity", "0")
    sockets = numbered_sockets(pairs, path="/socket/{socket}", address="{thread}")
    return Launch([*daphne, "chat_application:application"], sockets, environment)


CHANNELS = Peer("channels", "Django Channels", DIALECT, _install, _prepare)
