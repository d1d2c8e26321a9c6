"""What the two XMPP servers share: accounts u0, u1, …, all with the password `bench`, that write in pairs."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bench.peers.peer import Dialect

PASSWORD = "bench"
DIALECT = Dialect(
    protocol="xmpp",
    template="<message to='%a' type='chat' id='%k'><body>%t</body></message>",
    acknowledges=False,  # neither server confirms to the sender that a message is kept
)
PATH, ADDRESS = "u{socket}", "u{other}@localhost"


def make_wal_database(path: Path, schema: str = "") -> None:
    """A database in WAL mode: SQLite keeps the mode in the file, so that the server works in it too."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript(schema or "CREATE TABLE made_by_the_benchmark (unused INTEGER);")
        database.commit()
