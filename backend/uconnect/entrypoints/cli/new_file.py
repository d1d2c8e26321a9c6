"""Files that a command writes: new, readable by this account alone, and whole or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import click


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there, which only this account can read. If writing it fails, it is removed again. What is in
    the way is said in words, and the command ends."""
    try:
        opened = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w+b")
    except FileExistsError:
        raise click.ClickException(f"{path} exists already. Choose another name.") from None
    except (OSError, ValueError) as error:
        raise click.ClickException(_cannot(path, error)) from error
    try:
        with opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
    except BaseException as error:
        with suppress(OSError):
            path.unlink()
        if isinstance(error, OSError):
            raise click.ClickException(_cannot(path, error)) from error
        raise


def _cannot(path: Path, error: OSError | ValueError) -> str:
    why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "the name is not valid"
    return f"{path} cannot be written: {why}."
