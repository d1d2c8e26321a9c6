"""The parts of a line of the log, whoever prints it: our own words on one line, and of an error its kinds and places.

An error's message may hold what somebody wrote, and a library's words may hold an address: neither is printed.
"""

import logging
import sys
import traceback
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import TextIO

OURS = "uconnect"


class Handler(logging.StreamHandler[TextIO]):
    """Prints lines. Of one that cannot be written it says where it came from; Python would print what it was to say."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name of logging
        kind = getattr(sys.exc_info()[0], "__name__", "")
        with suppress(OSError, ValueError):  # the stream itself may have ended
            self.stream.write(f"a line of the log could not be written: {kind} at {record.filename}:{record.lineno}\n")
            self.flush()


def is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == OURS


def message(record: logging.LogRecord, loggers: Collection[str] = ()) -> str:
    """The message on one line. Our loggers may speak, and `loggers`."""
    if not is_ours(record) and record.name not in loggers:
        return f"a library logged something at {record.filename}:{record.lineno}; its words are left out"
    said = record.getMessage().strip()
    return "".join(" " if unicodedata.category(it) in ("Cc", "Zl", "Zp") else it for it in said)


def trace(record: logging.LogRecord) -> str:
    """Made anew: a handler before this one may have left the whole error in the record."""
    error = record.exc_info[1] if record.exc_info else None
    return without_messages(error) if error else ""


def without_messages(error: BaseException) -> str:
    """The kind of an error and where it came through, in lines."""
    return "\n".join(reversed([*_traceback_without_messages(error)])).rstrip()


def _traceback_without_messages(error: BaseException | None) -> Iterator[str]:
    """The places an error came through and its kind, then those of what it came of, each once."""
    known: set[int] = set()
    while error is not None and id(error) not in known:
        known.add(id(error))
        yield "".join((*traceback.format_tb(error.__traceback__), f"{type(error).__name__}\n"))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
