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
            f"{data} contains the demo university, and everyone knows its passwords. To try it, run: uconnect demo. For"
            " real people, set DATA to another folder, for example: DATA=./real uconnect serve"
        )
    if found is Purpose.REAL and wanted is Purpose.DEMO:
        raise InvalidSetting(
            f"{data} is already used for real people. Nothing was changed. Set DATA to another folder for the demo, for"
            " example: DATA=./demo uconnect demo"
        )
