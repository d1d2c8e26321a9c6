"""Logs an error by its kind and place, and leaves its message out: it may hold what somebody wrote.

So whoever reads the log reads nobody's words in it, whatever fails.
"""

import logging
import time
from collections.abc import Callable

from uconnect.application import log_lines

DENIED = "ASGI callable returned without completing handshake."
log = logging.getLogger("uconnect")
LOGGERS = ("uvicorn.error", "uconnect", "asyncio")


EVERY = 60.0  # seconds between two lines of one kind
KINDS = 1000  # that are remembered


def redact_logs() -> None:
    """Let the loggers of this process print no more than may be read, and each kind of line once a minute."""
    logging.getLogger("uvicorn.error").addFilter(_is_worth_logging)
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_redact)
        logging.getLogger(name).addFilter(once_a_minute)


class OnceAMinute:
    """Lets one line of a kind through in EVERY seconds; the next says how many were left out.

    Whoever can make something fail could fill the disk with what is logged of it. A kind is what is said, by which
    names, and where it came from: numbers in it do not make another kind.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._logged: dict[tuple[object, ...], tuple[float, int]] = {}

    def __call__(self, record: logging.LogRecord) -> bool:
        kind, now = _kind(record), self._now()
        at, left_out = self._logged.pop(kind, (-EVERY, 0))
        if now - at < EVERY:
            self._logged[kind] = (at, left_out + 1)
            return False
        self._logged[kind] = (now, 0)
        if len(self._logged) > KINDS:
            self._logged.pop(next(iter(self._logged)), None)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} (and {left_out} more since the last of these lines)", ()
        return True


once_a_minute = OnceAMinute()


def _kind(record: logging.LogRecord) -> tuple[object, ...]:
    args = record.args if isinstance(record.args, tuple) else ()
    names = tuple(it for it in args if isinstance(it, str))
    error = record.exc_info[1] if record.exc_info else None
    return (record.name, record.msg, names, *_where(error))


def _where(error: BaseException | None) -> tuple[object, ...]:
    """The kind of an error and the line that raised it."""
    if error is None:
        return ()
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    return (type(error), last.tb_frame.f_code, last.tb_lineno) if last else (type(error),)


def _redact(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.exc_text = log_lines.without_messages(error)
    if record.name == "asyncio":  # its first line says what happened, the others show the objects it happened to
        record.msg, record.args = record.getMessage().partition("\n")[0], ()
    return True


def _is_worth_logging(record: logging.LogRecord) -> bool:
    """Uvicorn takes a socket that was denied for one that was forgotten; whoever knocks would fill the log with it."""
    return record.msg != DENIED
