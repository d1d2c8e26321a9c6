"""Prints the log as lines of text or of JSON: what uconnect itself says, and of what libraries say only the place.

Libraries put addresses, paths and tickets into what they log. Our own lines hold none (promise 18).
"""

import logging
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TextIO

import msgspec

from uconnect.application import log_lines
from uconnect.entrypoints.server import log_redaction

ACCESS = "uconnect.access"  # its lines are printed at any level: who does not want them leaves them off
FIELDS = "fields"  # of a record: what a line of JSON has beside the usual


class LogLevel(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class Text(logging.Formatter):
    """One line, and the places that an error came through below it."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_time(record)} {_level(record)} {record.name}: {_message(record)}"
        return "\n".join(filter(None, (line, log_lines.trace(record))))


class Json(logging.Formatter):
    """One line, with the same in fields."""

    def format(self, record: logging.LogRecord) -> str:
        said = {"time": _time(record), "level": _level(record), "logger": record.name, "message": _message(record)}
        trace = log_lines.trace(record)
        more: Mapping[str, Any] = getattr(record, FIELDS, {})
        return msgspec.json.encode({**said, **more, **({"trace": trace} if trace else {})}).decode()


FORMATS: dict[LogFormat, logging.Formatter] = {LogFormat.TEXT: Text(), LogFormat.JSON: Json()}


def print_logs(level: LogLevel, form: LogFormat, stream: TextIO | None = None) -> None:
    """Print what this process logs from here on, and what ends one of its threads."""
    handler = log_lines.Handler(stream or sys.stderr)
    handler.setFormatter(FORMATS[form])
    handler.addFilter(_may_be_printed)
    logging.getLogger().addHandler(handler)
    logging.getLogger("uconnect").setLevel(level.upper())
    logging.getLogger(ACCESS).setLevel(logging.INFO)
    threading.excepthook = _log_ended_thread


def _may_be_printed(record: logging.LogRecord) -> bool:
    """What libraries tell in passing is not for us: uvicorn names each socket's address and its ticket."""
    return log_lines.is_ours(record) or record.levelno >= logging.WARNING


def _message(record: logging.LogRecord) -> str:
    """The message on one line. Those loggers may speak that `log_redaction` knows."""
    return log_lines.message(record, log_redaction.LOGGERS)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _level(record: logging.LogRecord) -> str:
    return record.levelname.lower()


def _log_ended_thread(ended: threading.ExceptHookArgs) -> None:
    log_redaction.log.error("a thread has ended", exc_info=ended.exc_value)
