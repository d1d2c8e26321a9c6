"""The accessibility report has each criterion of WCAG 2.2 A and AA once, and each test that a paper names exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[4]
REPORT = ROOT / "docs" / "adoption" / "accessibility.yaml"
TEST = re.compile(r"`(test_\w+)`")
LEVELS = {"supports", "partially-supports", "does-not-support", "not-applicable"}  # others are for level AAA alone
# As the catalog "2.5-edition-wcag-2.2-en" of OpenACR lists them.
CRITERIA = {
    "success_criteria_level_a": (
        "1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 "
        "2.4.4 2.5.1 2.5.2 2.5.3 2.5.4 3.1.1 3.2.1 3.2.2 3.2.6 3.3.1 3.3.2 3.3.7 4.1.1 4.1.2"
    ),
    "success_criteria_level_aa": (
        "1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.5 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8 "
        "3.1.2 3.2.3 3.2.4 3.3.3 3.3.4 3.3.8 4.1.3"
    ),
}
REPORTED = yaml.safe_load(REPORT.read_text("utf-8"))


def _reported() -> dict[str, dict[str, Any]]:
    return {
        criterion["num"]: component["adherence"]
        for chapter in REPORTED["chapters"].values()
        for criterion in chapter["criteria"]
        for component in criterion["components"]
    }


def test_it_has_each_criterion_once_in_the_order_of_the_catalog() -> None:
    found = {
        name: " ".join(criterion["num"] for criterion in chapter["criteria"])
        for name, chapter in REPORTED["chapters"].items()
    }
    assert found == CRITERIA
    assert REPORTED["catalog"] == "2.5-edition-wcag-2.2-en"
    assert {"title", "product", "author", "report_date", "evaluation_methods_used"} <= REPORTED.keys()


def test_each_criterion_has_a_level_and_says_why() -> None:
    assert [num for num, it in _reported().items() if it["level"] not in LEVELS or not it["notes"].strip()] == []


@pytest.mark.parametrize("paper", ["accessibility.yaml", "browser-security.md"])
def test_each_test_that_a_paper_names_exists(paper: str) -> None:
    named = set(TEST.findall((REPORT.parent / paper).read_text("utf-8")))
    tests = {
        name
        for path in (ROOT / "backend" / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE)
    }
    assert named - tests == set()
    assert named
