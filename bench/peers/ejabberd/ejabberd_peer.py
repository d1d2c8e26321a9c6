"""ejabberd with its archive of messages (mod_mam) in SQLite, in WAL mode."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bench.install import debian, without_service
from bench.peers.peer import Launch, Peer, numbered_sockets
from bench.peers.xmpp import ADDRESS, DIALECT, PASSWORD, PATH, make_wal_database

HERE = Path(__file__).parent
SCHEMA = Path("/usr/share/ejabberd/sql/lite.sql")


def _install() -> None:
    if not SCHEMA.exists():
        debian(str(SCHEMA), "ejabberd", "erlang-p1-sqlite3")
        without_service("ejabberd")


def _modules() -> Path:
    return next(Path("/usr/lib").glob("*/ejabberd-*/ebin"))


def _prepare(folder: Path, port: int, pairs: int) -> Launch:
    database, configuration = folder / "ejabberd.sqlite", folder / "ejabberd.yml"
    make_wal_database(database, SCHEMA.read_text("utf-8"))
    with closing(sqlite3.connect(database)) as accounts:
        users = [(f"u{n}", PASSWORD) for n in range(2 * pairs)]
        accounts.executemany("INSERT INTO users (username, password) VALUES (?, ?)", users)
        accounts.commit()
    text = (HERE / "ejabberd.yml").read_text("utf-8")
    configuration.write_text(text.format(port=port, database=database), "utf-8")
    # As `ejabberdctl foreground` starts it, but from this folder and as this user.
    tables = ("-mnesia", "dir", f'"{folder}/mnesia"')
    command = ["erl", "-noinput", "+K", "true", "+P", "250000", "-pa", str(_modules()), *tables, "-s", "ejabberd"]
    environment = {"EJABBERD_CONFIG_PATH": str(configuration), "EJABBERD_LOG_PATH": str(folder / "ejabberd.log")}
    return Launch(command, numbered_sockets(pairs, PATH, ADDRESS), environment)


EJABBERD = Peer("ejabberd", "ejabberd", DIALECT, _install, _prepare)
