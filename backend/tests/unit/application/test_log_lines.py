"""What is wrong with a line of the log itself lets no words through either."""

import io
import logging

import pytest

from uconnect.application import log_lines

SECRET = "what somebody wrote"


def record(message: str, *arguments: object, error: BaseException | None = None) -> logging.LogRecord:
    raised = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("uconnect", logging.ERROR, __file__, 1, message, arguments, raised)


class OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"{log_lines.message(record)} {log_lines.trace(record)}"


def printed(record: logging.LogRecord, capsys: pytest.CaptureFixture[str]) -> str:
    stream = io.StringIO()
    handler = log_lines.Handler(stream)
    handler.setFormatter(OneLine())
    handler.handle(record)
    return stream.getvalue() + "".join(capsys.readouterr())


def test_arguments_that_do_not_fit_their_line_are_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Python would print them, and where the call came from, beside the log."""
    said = printed(record("%d threads", SECRET), capsys)
    assert SECRET not in said
    assert said == f"a line of the log could not be written: TypeError at {__file__.rpartition('/')[2]}:1\n"


def test_errors_that_came_of_each_other_end(capsys: pytest.CaptureFixture[str]) -> None:
    one, other = ValueError(SECRET), KeyError(SECRET)
    one.__cause__, other.__cause__ = other, one
    assert printed(record("failed", error=one), capsys).split() == ["failed", "KeyError", "ValueError"]
