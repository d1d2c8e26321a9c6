"""Marks a data folder as demo (everyone knows the passwords) or real, and refuses to mix them."""

import sqlite3
from enum import StrEnum
from pathlib import Path

from uconnect.entrypoints.server.settings import InvalidSetting
from uconnect.oidc_provider import accounts

PURPOSE = "purpose"
USED = ("issuer_account", "party", "address", "letter", "operator_act")  # what real use leaves rows in


class Purpose(StrEnum):
    DEMO = "demo"
    REAL = "real"


def mark(connection: sqlite3.Connection, purpose: Purpose) -> None:
    """Say what the folder is for, unless it says so already."""
    connection.execute("INSERT OR IGNORE INTO data_folder (what, value) VALUES (?, ?)", (PURPOSE, purpose))


def of(connection: sqlite3.Connection, demo_address: str) -> Purpose | None:
    """What the folder is for; None if nobody has used it. An earlier release left no mark: its demo is known by a
    made-up address."""
    row = connection.execute("SELECT value FROM data_folder WHERE what = ?", (PURPOSE,)).fetchone()
    if row:
        return Purpose(row[0])
    if accounts.of_email(connection, demo_address) is not None:
        return Purpose.DEMO
    used = any(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in USED)  # noqa: S608
    return Purpose.REAL if used else None


def require(found: Purpose | None, wanted: Purpose, data: Path) -> None:
    """Raises Unusable if a folder is for something else."""
    if found is Purpose.DEMO and wanted is Purpose.REAL:
        raise InvalidSetting(
            f"In {data} is the demo university, whose passwords everyone knows. To look around in it, run: uconnect"
            " demo. For real people give uconnect a folder of its own, as in: DATA=./real uconnect serve"
        )
    if found is Purpose.REAL and wanted is Purpose.DEMO:
        raise InvalidSetting(
            f"There are people in {data} already, or uconnect served it for them. Nothing was changed. Give the demo a"
            " folder of its own, as in: DATA=./demo uconnect demo"
        )
