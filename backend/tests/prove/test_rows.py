"""The proof runs what is there: a row whose tests were moved would prove nothing."""

from pathlib import Path

from tests.prove.promises import ROWS
from tests.prove.report import markdown
from tests.prove.results import Found, read
from tests.prove.runner import TESTS, apart, runs

RAN = Found(promise=1, layers={"kills": 3}, tests=2, faults=0, planted=1, caught=1, seconds=2.0, commit="abc")
REPORT = """<testsuites><testsuite><testcase name="one"><properties>
<property name="tried" value="5|histories|20"/><property name="tried" value="7|steps|900"/>
<property name="planted" value="5"/></properties></testcase>
<testcase name="two"><failure/></testcase></testsuite></testsuites>"""


def test_every_test_that_a_row_names_is_there() -> None:
    named = [each for row in ROWS for tests, _ in runs(row) for each in tests]
    assert [each for each in named if not (TESTS / each).exists()] == []


def test_a_row_that_was_not_run_says_so() -> None:
    page = markdown([RAN])
    assert page.count("| not run |") == len(ROWS) - 1
    assert "3 kills | 0 | 1 | 1, 1 | 2 | abc |" in page


def test_a_report_tells_what_was_tried_of_each_promise_and_what_failed(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    rules, screens = read([report], 5, 1.0)
    assert (rules.layers, rules.faults, rules.planted, rules.caught) == ({"histories": 20}, 1, 1, 1)
    assert (screens.promise, screens.layers, screens.faults) == (7, {"steps": 900}, 0)


def test_a_report_that_is_missing_is_a_fault(tmp_path: Path) -> None:
    (found,) = read([tmp_path / "report.xml"], 5, 1.0)
    assert found.faults > 0


def test_all_rows_together_take_an_hour() -> None:
    assert 3_000 <= sum(row.seconds for row in ROWS if row.tests) <= 3_600


def test_browser_tests_are_run_by_themselves() -> None:
    assert apart(("privacy/worlds", "e2e/test_twins.py")) == [("privacy/worlds",), ("e2e/test_twins.py",)]
    assert apart(("privacy/worlds",)) == [("privacy/worlds",)]
