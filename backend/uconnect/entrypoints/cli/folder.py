"""What the commands share that work on a whole data folder: refusals in words, and a bar that shows their progress."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from uconnect.adapters.sqlite import Damaged
from uconnect.adapters.sqlite.migrations import NewerSchema
from uconnect.entrypoints.backups.archive import Progress, Refused
from uconnect.entrypoints.server import settings
from uconnect.entrypoints.server.settings_sources import reason


@contextmanager
def failures_in_words() -> Iterator[None]:
    """What fails is said in words, and the command ends."""
    try:
        yield
    except Damaged as error:
        raise click.ClickException(
            "The data file is damaged: it contains something that uconnect did not write. Restore your latest backup."
        ) from error
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or 'A file'} cannot be read or written: {reason(error)}."
        ) from error
    except (Refused, settings.InvalidSetting, NewerSchema) as error:
        raise click.ClickException(str(error)) from error
    except sqlite3.Error as error:
        raise click.ClickException(f"The data file cannot be read or written: {error}. Is its disk full?") from error


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar, if somebody watches."""
    if not sys.stderr.isatty():
        yield lambda _, __: None
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:
        yield lambda done, total: bar.update(1000 * done // max(total, 1) - bar.pos)
