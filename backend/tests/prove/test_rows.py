"""The proof runs what is there: a row whose tests were moved would prove nothing."""

from tests.prove.__main__ import TESTS
from tests.prove.found import Found
from tests.prove.page import markdown
from tests.prove.rows import ROWS


def test_every_test_that_a_row_names_is_there() -> None:
    assert [each for row in ROWS for each in row.tests if not (TESTS / each).exists()] == []


def test_a_row_that_was_not_run_says_so() -> None:
    ran = Found(promise=1, layers={"kills": 3}, tests=2, faults=0, planted=1, caught=1, seconds=2.0)
    page = markdown([ran], "abc")
    assert page.count("| not run |") == len(ROWS) - 1
    assert "3 kills | 0 | 1 | 1, 1 | 2 |" in page
