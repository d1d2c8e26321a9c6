"""Measures how long all data take to be exported and imported.

Run it with `PYTHONPATH=backend:. .venv/bin/python bench/export.py`. It fills a data folder with THREADS (100,000)
threads of 8 messages each (`bench/growth_data.py`), exports it, and imports the archive into an empty folder. Printed:
the seconds of both, and the size of the data file and of the archive.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.growth_data import fill

from uconnect.adapters.sqlite import Database
from uconnect.entrypoints.server.container import MIGRATIONS

THREADS = int(os.environ.get("THREADS", "100000"))


def command(data: Path, *words: str) -> float:
    """The seconds that a command took."""
    began = time.monotonic()
    environment = os.environ | {"DATA": str(data), "SITES": str(data.parent)}
    subprocess.run([sys.executable, "-m", "uconnect.entrypoints.cli", *words], env=environment, check=True)
    return time.monotonic() - began


def main() -> None:
    with TemporaryDirectory() as folder:
        old, new, file = (Path(folder) / it for it in ("old", "new", "all.zip"))
        old.mkdir(mode=0o700)
        fill(old / "uconnect.sqlite", THREADS)
        Database(old / "uconnect.sqlite", MIGRATIONS).close()  # the tables of accounts, e-mails and acts too
        size = (old / "uconnect.sqlite").stat().st_size / 1e6
        exported = command(old, "export", str(file))
        imported = command(new, "import", str(file), "--yes")
        print(
            f"{THREADS:,} threads, a data file of {size:,.0f} MB: export {exported:.0f} s, archive"
            f" {file.stat().st_size / 1e6:,.0f} MB, import {imported:.0f} s"
        )


if __name__ == "__main__":
    main()
