"""However often something fails, it is printed once a minute, and the next line says how often."""

import logging
from collections.abc import Callable

import pytest

from uconnect.entrypoints.server.log_redaction import EVERY, KINDS, OnceAMinute


class Printed(logging.Handler):
    """A logger with a clock, and what it lets through."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.lines: list[str] = []
        self.filter_ = OnceAMinute(lambda: self.now)
        self.log = logging.getLogger(f"test {id(self)}")
        self.log.addHandler(self)
        self.log.addFilter(self.filter_)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def printed() -> Printed:
    return Printed()


def test_a_line_is_printed_once_a_minute_and_then_says_how_many_were_left_out(printed: Printed) -> None:
    for _ in range(1000):
        printed.log.error("the store could not commit")
        printed.now += 0.05
    assert printed.lines == ["the store could not commit"]
    printed.now = EVERY
    printed.log.error("the store could not commit")
    assert printed.lines[1:] == ["the store could not commit (and 999 more since the last of these lines)"]
    printed.now = 3 * EVERY
    printed.log.error("the store could not commit")
    assert printed.lines[2:] == ["the store could not commit"]


def test_other_kinds_are_not_kept_back(printed: Printed) -> None:
    for name in ("jobs", "mail"):
        for kind in ("KeyError", "ValueError"):
            for _ in range(3):
                printed.log.error("the task %s has ended: %s", name, kind)
    assert len(printed.lines) == 4


def test_numbers_make_no_other_kind(printed: Printed) -> None:
    for number in range(20):
        printed.log.error("letters wait %.0f s: %s", number, "OSError")
    assert printed.lines == ["letters wait 0 s: OSError"]


def test_errors_are_told_apart_by_their_kind_and_place_and_not_by_their_words(printed: Printed) -> None:
    def here(number: int) -> None:
        raise ValueError(f"words {number}")

    def there(number: int) -> None:
        raise KeyError(number)

    def tell(fail: Callable[[int], None], number: int) -> None:
        try:
            fail(number)
        except (ValueError, KeyError):
            printed.log.exception("it failed")

    for number in range(5):
        tell(here, number)
        tell(there, number)
    assert printed.lines == ["it failed", "it failed"]


def test_what_strangers_can_vary_fills_no_memory(printed: Printed) -> None:
    for number in range(3 * KINDS):
        printed.log.error("a request for %s", f"/{number}")
    assert len(printed.filter_._logged) == KINDS
