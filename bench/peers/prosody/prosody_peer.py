"""prosody with its archive of messages (mod_mam) in SQLite, in WAL mode."""

from pathlib import Path

from bench.install import debian, without_service
from bench.peers.peer import Launch, Peer, numbered_sockets
from bench.peers.xmpp import ADDRESS, DIALECT, PASSWORD, PATH, make_wal_database

HERE = Path(__file__).parent
PROGRAM = Path("/usr/bin/prosody")


def _install() -> None:
    if not PROGRAM.exists():
        debian(str(PROGRAM), "prosody", "lua-dbi-sqlite3")
        without_service("prosody")


def _prepare(folder: Path, port: int, pairs: int) -> Launch:
    make_wal_database(folder / "archive.sqlite")
    accounts = folder / "localhost" / "accounts"
    accounts.mkdir(parents=True)
    for n in range(2 * pairs):
        (accounts / f"u{n}.dat").write_text(f'return {{ ["password"] = "{PASSWORD}"; }};\n', "utf-8")
    configuration = folder / "prosody.cfg.lua"
    text = (HERE / "prosody.cfg.lua").read_text("utf-8")
    configuration.write_text(text.format(port=port, folder=folder), "utf-8")
    command = [str(PROGRAM), "--config", str(configuration)]
    return Launch(command, numbered_sockets(pairs, PATH, ADDRESS))


PROSODY = Peer("prosody", "prosody", DIALECT, _install, _prepare)
