"""docs/monitoring.md names what the server really has: its metrics, its reasons, the doctor's checks; and rules that
Prometheus can read."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.server.server_in_process import ServerInProcess
from tests.unit.server.test_doctor import CHECKS
from tests.unit.server.test_metrics import Site
from uconnect.api.health import Reason

PAGE = (Path(__file__).parents[4] / "docs" / "monitoring.md").read_text("utf-8")
SUFFIXES = ("_bucket", "_count", "_sum")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> list[str]:
    """The names in the first column of a section's tables."""
    return re.findall(r"^\| `(\w+)`", text, re.MULTILINE)


@pytest.fixture
def shown(open_server: Callable[..., ServerInProcess]) -> set[str]:
    """The names of all metrics."""
    site = Site(open_server(SMTP="smtp://127.0.0.1:9", MAIL_FROM="help@uni.edu"))
    return {_plain(it.name) for it in site.samples()} | {"uconnect_frame_seconds", "uconnect_loop_lag_seconds"}


def _plain(name: str) -> str:
    return next((name.removesuffix(it) for it in SUFFIXES if name.endswith(it)), name)


def test_each_metric_has_a_row_and_each_row_a_metric(shown: set[str]) -> None:
    ours = {it for it in shown if it.startswith("uconnect_")}
    assert set(first_cells(section("Metrics"))) == ours | {"uconnect_http_request_seconds"}


def test_each_reason_of_health_has_a_row() -> None:
    assert first_cells(section("Health")) == list(Reason)


def test_each_check_of_the_doctor_has_a_row() -> None:
    assert set(first_cells(section("The doctor"))) == {*CHECKS, "sign_in", "provider"}


def rules() -> list[dict[str, Any]]:
    (block,) = re.findall(r"```yaml\n(.*?)```", section("Alerts"), re.DOTALL)
    (group,) = yaml.safe_load(block)["groups"]
    return list(group["rules"])


def test_each_alert_asks_for_metrics_that_exist_and_says_what_to_do(shown: set[str]) -> None:
    known = shown | {"uconnect_http_request_seconds", "process_open_fds", "process_max_fds", "up"}
    assert len({it["alert"] for it in rules()}) == len(rules()) > 10
    for rule in rules():
        used = re.findall(r"\b(?:uconnect_\w+|process_\w+|up)\b(?=[{\[ ])", f"{rule['expr']} ")
        assert used, rule
        assert {_plain(it) for it in used} <= known, rule
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["do"].endswith((".", "?", "retry")), rule
