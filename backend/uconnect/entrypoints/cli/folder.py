"""What the commands share that work on a data folder: refusals in words, and a bar that shows their progress."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from uconnect.adapters.sqlite import Damaged
from uconnect.adapters.sqlite.migrations import NewerSchema
from uconnect.entrypoints.backups.archive import Progress, Refused
from uconnect.entrypoints.server import settings
from uconnect.entrypoints.server.settings_sources import reason

SET_DATA = "Set DATA to the folder with its data, or start uconnect there once: uconnect serve"
DAMAGED = (
    "The data file is damaged: it contains something that uconnect did not write. Restore your latest backup, or set"
    " DATA to another folder."
)
READ_ONLY = (
    "The data file cannot be written. Run uconnect as the account that owns it. If that is so already, its disk is"
    " mounted to be read only."
)


def no_data(folder: Path) -> str:
    """What is wrong with a folder that has no data file."""
    return f"{folder.absolute()} contains no data of uconnect."


def require_data(chosen: settings.Settings) -> None:
    """Raises InvalidSetting if there is no data file; OSError if this account may not look."""
    if not chosen.database.is_file():
        raise settings.InvalidSetting(f"{no_data(chosen.data)} {SET_DATA}")


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file has something in it that it did not write."""
    return _code(error) in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def _code(error: sqlite3.Error) -> int:
    """The kind of an error; the rest of SQLite's code says more than a person needs."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def data_file_error(error: sqlite3.Error) -> str:
    """What a person can do about a data file that SQLite refuses."""
    if is_damage(error):
        return DAMAGED
    match _code(error):
        case sqlite3.SQLITE_READONLY:
            return READ_ONLY
        case sqlite3.SQLITE_FULL:
            return "The data file cannot be written: its disk is full. Make room on it."
        case sqlite3.SQLITE_BUSY:
            return "Another program is writing the data file. Try again in a minute."
    return f"The data file cannot be read or written: {error}. Is its disk full, or mounted to be read only?"


def file_error(error: OSError) -> str:
    """What a person can do about a file that the system refuses."""
    return f"{error.filename or 'A file'} cannot be read or written: {reason(error)}."


@contextmanager
def failures_in_words() -> Iterator[None]:
    """What fails is said in words, and the command ends."""
    try:
        yield
    except Damaged as error:
        raise click.ClickException(DAMAGED) from error
    except OSError as error:
        raise click.ClickException(file_error(error)) from error
    except (Refused, settings.InvalidSetting, NewerSchema) as error:
        raise click.ClickException(str(error)) from error
    except sqlite3.Error as error:
        raise click.ClickException(data_file_error(error)) from error


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar, if somebody watches."""
    if not sys.stderr.isatty():
        yield lambda _, __: None
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:
        yield lambda done, total: bar.update(1000 * done // max(total, 1) - bar.pos)
