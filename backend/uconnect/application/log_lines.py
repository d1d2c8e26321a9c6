"""The parts of a line of the log, whoever prints it: our own words on one line, and of an error its kinds and places.

An error's message may hold what somebody wrote, and a library's words may hold an address: neither is printed.
"""

import logging
import traceback
import unicodedata
from collections.abc import Collection

OURS = "uconnect"


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
    return "".join(_traceback_without_messages(error)).rstrip()


def _traceback_without_messages(error: BaseException) -> list[str]:
    """The places an error came through and its kind, after those of what it came of."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    here = [*traceback.format_tb(error.__traceback__), f"{type(error).__name__}\n"]
    return [*_traceback_without_messages(before), "\n", *here] if before else here
