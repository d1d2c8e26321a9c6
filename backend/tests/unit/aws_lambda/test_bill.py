"""The bill in docs/aws.md is what `make bench-aws` counted, and functions have the memory that it chose."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from bench import aws_bill
from deploy.sites import BEAT, TYPING

from tests.unit.aws_lambda.template_reader import of_type
from uconnect.domain import protocol

ROOT = Path(__file__).resolve().parents[4]
FOUND: dict[str, Any] = json.loads((ROOT / "bench/aws.json").read_text("utf-8"))


def test_the_page_shows_the_month_that_was_counted() -> None:
    table = aws_bill.table(aws_bill.month(FOUND))
    page = (ROOT / "docs/aws.md").read_text("utf-8")
    assert f"<!-- the month: make bench-aws -->\n\n{table}\n\n" in page, "run make bench-aws"
    assert f"<!-- a message: make bench-aws -->\n\n{aws_bill.parts(FOUND)}\n\n" in page, "run make bench-aws"
    for name in (
        "month_usd",
        "month_usd_essentials",
        "usd_per_million_of_1_kb",
        "usd_per_million_with_seen_and_typing",
    ):
        assert f"${FOUND[name]:.2f}" in page, name
    assert FOUND["month_usd"] == aws_bill.total(aws_bill.month(FOUND))
    assert FOUND["month_usd_essentials"] == aws_bill.total(aws_bill.month(FOUND, "ESSENTIALS"))


def test_each_function_has_the_memory_that_is_cheapest_for_what_it_does() -> None:
    functions = of_type("AWS::Serverless::Function")
    assert {name: functions[name]["MemorySize"] for name in FOUND["memory"]} == FOUND["memory"]


def test_prices_stay_what_they_are_said_to_be() -> None:
    """The goals are 205, half of what the month was, and 8. docs/aws.md says what keeps them above."""
    assert FOUND["month_usd"] <= 211
    assert FOUND["usd_per_million_of_1_kb"] <= 8.1
    assert FOUND["usd_per_million_with_seen_and_typing"] <= 24


def test_what_is_counted_is_what_pages_are_told() -> None:
    assert BEAT * 15 / 16 == aws_bill.PINGS_EVERY * 60_000, "the mean of a beat and a beat less an eighth"
    lengths = (200, FOUND["characters_of_1_kb"], 1_000)
    assert FOUND["typing_signals"] == {str(it): aws_bill.signals(it, TYPING) for it in lengths}
    least, spread = (_minutes(it) for it in ("MIN_LIFETIME", "LIFETIME_SPREAD"))
    assert least + spread / 2 == aws_bill.LIFETIME, "the mean of the moments at which pages leave a socket"
    assert least + spread < protocol.SOCKET_SECONDS / 60


def _minutes(name: str) -> float:
    """A time of the sites' socket."""
    text = (ROOT / "sites/src/sync/socket.ts").read_text("utf-8")
    (found,) = re.findall(rf"^const {name} = (\d+) \* 60_000;", text, re.MULTILINE)
    return float(found)


def test_what_cloudwatch_is_paid_for_is_what_the_template_has() -> None:
    expected = aws_bill.watched()
    assert {name: FOUND[name] for name in expected} == expected
    assert expected["alarm_metrics"] > len(of_type("AWS::CloudWatch::Alarm")), "an alarm on a sum pays for each part"
    assert expected["dashboards"] == 1


def test_a_line_of_the_log_is_paid_with_what_cloudwatch_counts_beside_it() -> None:
    assert aws_bill.logged("") == 0
    assert aws_bill.logged("one\nm\u00fc\n") == 4 + 4 + 2 * aws_bill.LINE


def test_each_operation_is_a_part_of_the_month_or_says_why_not() -> None:
    """A turn that changes within the hour is cheaper than what the month counts, and an inbox is opened seldom."""
    lines = aws_bill.month(FOUND)
    for name in FOUND["operations"].keys() - {"turn_within_the_hour", "open_inbox"}:
        dearer = FOUND | {"operations": FOUND["operations"] | {name: FOUND["operations"][name] | {"frames": 10**6}}}
        assert aws_bill.month(dearer) != lines, name


def test_all_messages_of_a_thread_are_in_the_month() -> None:
    counted = {it.what: it.times for it in aws_bill.month(FOUND)}
    of_a_turn = counted["messages that change the turn"] + counted["first answers"]
    assert of_a_turn == aws_bill.TURNS * aws_bill.THREADS
    assert counted["messages that change no turn"] + of_a_turn == aws_bill.MESSAGES


def test_nothing_grows_with_the_threads_of_a_school_or_the_messages_of_a_thread() -> None:
    assert FOUND["flat"]
    assert FOUND["lists"]["open_threads"][-1] == 1_000_000


@pytest.mark.parametrize(("memory", "ms"), [(1769, 30), (3538, 30), (884.5, 40), (442.25, 60)])
def test_less_memory_is_less_of_a_processor_and_waits_no_longer(memory: int, ms: float) -> None:
    assert aws_bill.took({"cpu_ms": 10, "wait_ms": 20}, memory) == ms


def test_the_cheapest_memory_that_is_quick_enough_is_taken() -> None:
    waits = {"cpu_ms": 1, "wait_ms": 40, "logged": 0}
    assert aws_bill.chosen_memory([waits], cold_ms=200) == aws_bill.MEMORY[0]
    assert aws_bill.chosen_memory([waits], cold_ms=1_000) == 1024, "or it starts too late"
    assert aws_bill.chosen_memory([waits | {"cpu_ms": 110}], cold_ms=200) == 1536, "or it answers too late"
    assert aws_bill.chosen_memory([waits], cold_ms=10_000) == aws_bill.MEMORY[-1]
