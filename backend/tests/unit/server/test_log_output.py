"""What the server logs is one line of text or of JSON, and tells of nobody in either form, whoever logs it."""

import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from uconnect.entrypoints.server import log_output, log_redaction
from uconnect.entrypoints.server.log_output import FORMATS, LogFormat, LogLevel

ADDRESS = "ada@example.org"
Print = Callable[[], str]
OURS = logging.getLogger("uconnect")


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Where the log goes. Each logger is as it was when the test ends."""
    monkeypatch.setattr(log_redaction, "once_a_minute", lambda _: True)
    names = ("", "uconnect", "uvicorn.error", "asyncio", "aiosmtplib")
    before = {it: (it.handlers[:], it.filters[:], it.level) for it in map(logging.getLogger, names)}
    hooks = threading.excepthook
    yield io.StringIO()
    threading.excepthook = hooks
    for logger, (handlers, filters, level) in before.items():
        logger.handlers[:], logger.filters[:] = handlers, filters
        logger.setLevel(level)


def begin(output: io.StringIO, form: LogFormat, level: LogLevel = LogLevel.INFO) -> None:
    log_redaction.redact_logs()
    log_output.print_logs(level, form, output)


def lines(output: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.getvalue().splitlines()]


def fail(words: str) -> None:
    try:
        raise KeyError(words)
    except KeyError as error:
        raise ValueError(f"also {words}") from error


def test_a_line_of_json_has_time_level_logger_and_message(output: io.StringIO) -> None:
    begin(output, LogFormat.JSON)
    OURS.warning("letters wait %d s", 5)
    (line,) = lines(output)
    assert line.pop("time").endswith("Z")
    assert line == {"level": "warning", "logger": "uconnect", "message": "letters wait 5 s"}


def test_a_line_of_text_has_the_same(output: io.StringIO) -> None:
    begin(output, LogFormat.TEXT)
    OURS.warning("letters wait %d s", 5)
    time, _, rest = output.getvalue().partition(" ")
    assert time.endswith("Z")
    assert rest == "warning uconnect: letters wait 5 s\n"


@pytest.mark.parametrize("form", LogFormat)
def test_a_message_stays_on_its_line(output: io.StringIO, form: LogFormat) -> None:
    begin(output, form)
    OURS.error("first\r\n2026-01-01T00:00:00.000Z error uconnect: forged\x1b[2J")
    assert output.getvalue().count("\n") == 1
    assert "\x1b" not in output.getvalue()


@pytest.mark.parametrize("form", LogFormat)
def test_an_error_is_logged_by_its_kind_and_place(output: io.StringIO, form: LogFormat) -> None:
    begin(output, form)
    try:
        fail(ADDRESS)
    except ValueError:
        OURS.exception("it failed")
    printed = output.getvalue()
    assert ADDRESS not in printed
    assert "KeyError" in printed
    assert "ValueError" in printed
    assert "test_log_output.py" in printed


@pytest.mark.parametrize("form", LogFormat)
@pytest.mark.parametrize("name", ["aiosmtplib", "PIL.Image", "root"])
def test_of_what_a_library_logs_only_the_place_is_told(output: io.StringIO, form: LogFormat, name: str) -> None:
    begin(output, form)
    try:
        fail(ADDRESS)
    except ValueError:
        logging.getLogger("" if name == "root" else name).exception("cannot send to %s", ADDRESS)
    printed = output.getvalue()
    assert ADDRESS not in printed
    assert name in printed
    assert "test_log_output.py" in printed


@pytest.mark.parametrize("form", LogFormat)
def test_another_handler_that_printed_the_words_first_changes_nothing(output: io.StringIO, form: LogFormat) -> None:
    begin(output, form)
    elsewhere = logging.getLogger("elsewhere")
    elsewhere.addHandler(logging.StreamHandler(io.StringIO()))  # it keeps the whole text in the record
    try:
        fail(ADDRESS)
    except ValueError:
        elsewhere.exception("it failed")
    elsewhere.handlers.clear()
    assert ADDRESS not in output.getvalue()
    assert "ValueError" in output.getvalue()


@pytest.mark.parametrize("form", LogFormat)
@pytest.mark.parametrize("name", ["uvicorn.error", "asyncio", "aiosmtplib"])
def test_what_a_library_tells_in_passing_is_never_printed(output: io.StringIO, form: LogFormat, name: str) -> None:
    begin(output, form)
    logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger(name).info('%s - "WebSocket %s" [accepted]', "198.51.100.7", "/api/socket?ticket=secret")
    assert output.getvalue() == ""


@pytest.mark.parametrize(
    ("level", "printed"),
    [
        (LogLevel.INFO, ["info", "warning", "error"]),
        (LogLevel.WARNING, ["warning", "error"]),
        (LogLevel.ERROR, ["error"]),
    ],
)
def test_the_level_says_what_is_printed(output: io.StringIO, level: LogLevel, printed: list[str]) -> None:
    begin(output, LogFormat.JSON, level)
    for each in ("debug", "info", "warning", "error"):
        getattr(OURS, each)(each)
    assert [line["message"] for line in lines(output)] == printed


@pytest.mark.parametrize("form", LogFormat)
def test_what_ends_a_thread_is_told_without_its_words(output: io.StringIO, form: LogFormat) -> None:
    begin(output, form)
    thread = threading.Thread(target=fail, args=(ADDRESS,), name=f"for {ADDRESS}")
    thread.start()
    thread.join()
    assert "a thread has ended" in output.getvalue()
    assert "ValueError" in output.getvalue()
    assert ADDRESS not in output.getvalue()


def test_each_form_has_a_formatter() -> None:
    assert set(FORMATS) == set(LogFormat)
