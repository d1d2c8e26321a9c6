"""The bill in docs/aws.md is what `make bench-aws` counted, and functions have the memory that it chose."""

import json
from pathlib import Path
from typing import Any

import pytest
from bench import aws_bill
from deploy.sites import BEAT, TYPING

from tests.unit.aws_lambda.template_reader import of_type

ROOT = Path(__file__).resolve().parents[4]
FOUND: dict[str, Any] = json.loads((ROOT / "bench/aws.json").read_text("utf-8"))


def test_the_page_shows_the_month_that_was_counted() -> None:
    table = aws_bill.table(aws_bill.month(FOUND))
    assert table in (ROOT / "docs/aws.md").read_text("utf-8"), "run make bench-aws"
    assert FOUND["month_usd"] == aws_bill.total(aws_bill.month(FOUND))
    assert FOUND["month_usd_essentials"] == aws_bill.total(aws_bill.month(FOUND, "ESSENTIALS"))


def test_each_function_has_the_memory_that_is_cheapest_for_what_it_does() -> None:
    functions = of_type("AWS::Serverless::Function")
    assert {name: functions[name]["MemorySize"] for name in FOUND["memory"]} == FOUND["memory"]


def test_the_month_is_at_most_half_of_what_it_was() -> None:
    assert FOUND["month_usd"] <= 410 / 2


def test_what_is_counted_is_what_pages_are_told() -> None:
    assert BEAT * 15 / 16 == aws_bill.PINGS_EVERY * 60_000, "the mean of a beat and a beat less an eighth"
    assert FOUND["typing_signals"] == {str(it): aws_bill.signals(it, TYPING) for it in (200, 1_000)}


@pytest.mark.parametrize(("memory", "ms"), [(1769, 30), (3538, 30), (884.5, 40), (442.25, 60)])
def test_less_memory_is_less_of_a_processor_and_waits_no_longer(memory: int, ms: float) -> None:
    assert aws_bill.took({"cpu_ms": 10, "wait_ms": 20}, memory) == ms


def test_the_cheapest_memory_that_is_quick_enough_is_taken() -> None:
    waits = {"cpu_ms": 1, "wait_ms": 40, "logged": 0}
    assert aws_bill.chosen_memory([waits], cold_ms=200) == aws_bill.MEMORY[0]
    assert aws_bill.chosen_memory([waits], cold_ms=1_000) == 1024, "or it starts too late"
    assert aws_bill.chosen_memory([waits | {"cpu_ms": 90}], cold_ms=200) == 1536, "or it answers too late"
    assert aws_bill.chosen_memory([waits], cold_ms=10_000) == aws_bill.MEMORY[-1]
