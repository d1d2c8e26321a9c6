"""Alarms that can fire: each looks at a metric that is given, by the dimensions it is given by."""

import json
import logging
import re
import types
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.aws_lambda.documented_metrics import DOCUMENTED
from tests.unit.aws_lambda.template_reader import of_type, read
from uconnect.entrypoints.aws_lambda import entry_point

OURS = ("Ref", "AWS::StackName")  # the namespace of what the stack itself measures
ALARMS = of_type("AWS::CloudWatch::Alarm")
FUNCTIONS = set(of_type("AWS::Serverless::Function"))
Metric = tuple[Any, str, frozenset[str]]


def metrics_of(alarm: dict[str, Any]) -> Iterator[Metric]:
    asked = [it["MetricStat"]["Metric"] for it in alarm.get("Metrics", ()) if "MetricStat" in it] or [alarm]
    for it in asked:
        yield it["Namespace"], it["MetricName"], frozenset(each["Name"] for each in it.get("Dimensions", ()))


def on_dashboard() -> Iterator[Metric]:
    (dashboard,) = of_type("AWS::CloudWatch::Dashboard").values()
    _, (body, values) = dashboard["DashboardBody"]
    for name in set(re.findall(r"\$\{(\w+)\}", body)) - set(values):
        assert name in read()["Resources"], name
    for widget in json.loads(body)["widgets"]:
        for namespace, name, *rest in widget["properties"]["metrics"]:
            named = [it for it in rest if isinstance(it, str)]
            ours = namespace == "${AWS::StackName}"
            yield OURS if ours else namespace, name, frozenset(named[::2])


def our_metrics() -> set[str]:
    """What is measured by the log: its errors, and what the function of the jobs says each minute."""
    filters = of_type("AWS::Logs::MetricFilter").values()
    transformed = {each["MetricName"] for it in filters for each in it["MetricTransformations"]}
    return transformed | {"OldestJobWaits", "JobsSetAside"}


def is_given(metric: Metric) -> bool:
    namespace, name, dimensions = metric
    if namespace == OURS:
        return name in our_metrics() and not dimensions
    return dimensions in DOCUMENTED.get(namespace, {}).get(name, set())


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_looks_at_metrics_that_are_given(name: str) -> None:
    assert all(map(is_given, metrics_of(ALARMS[name]))), name


def test_the_dashboard_shows_metrics_that_are_given() -> None:
    shown = [*on_dashboard()]
    assert [it for it in shown if not is_given(it)] == []
    assert len(shown) > 40


def test_the_table_of_metrics_tells_an_alarm_that_never_fires() -> None:
    """As this template once had it: that metric is given for each operation of a table, never for the table."""
    assert not is_given(("AWS/DynamoDB", "ThrottledRequests", frozenset({"TableName"})))
    assert is_given(("AWS/DynamoDB", "ThrottledRequests", frozenset({"TableName", "Operation"})))


def watched_of(namespace: Any, metric: str) -> set[str]:
    """The functions, or other resources, whose metric an alarm looks at."""
    found: set[str] = set()
    for alarm in ALARMS.values():
        for it in [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", ()) if "MetricStat" in each] or [
            alarm
        ]:
            if (it["Namespace"], it["MetricName"]) == (namespace, metric):
                found |= {each["Value"][1] for each in it.get("Dimensions", ()) if isinstance(each["Value"], tuple)}
    return found


def test_an_alarm_on_dynamodb_ends_when_nothing_is_counted_any_more() -> None:
    """It stays as it was while its metric has no data, whatever `TreatMissingData` says (PutMetricAlarm, CloudWatch API
    Reference), and these are given only when they count something."""
    for alarm in ALARMS.values():
        if any(namespace == "AWS/DynamoDB" for namespace, _, _ in metrics_of(alarm)):
            assert "FILL(METRICS(), 0)" in alarm["Metrics"][0]["Expression"]


@pytest.mark.parametrize("metric", ["Errors", "Throttles", "Duration"])
def test_every_function_has_alarms_for_failures_refusals_and_time(metric: str) -> None:
    assert watched_of("AWS/Lambda", metric) == FUNCTIONS


def test_a_function_is_slow_before_its_time_is_up() -> None:
    usual = read()["Globals"]["Function"]["Timeout"]
    assert usual * 1000 * 0.7 < ALARMS["Slow"]["Threshold"] < usual * 1000
    jobs = of_type("AWS::Serverless::Function")["Jobs"]["Timeout"]
    assert jobs * 1000 * 0.9 < ALARMS["JobsSlow"]["Threshold"] < jobs * 1000


def test_what_the_store_asks_of_the_table_is_what_an_alarm_counts() -> None:
    operations = {
        each["Value"]
        for it in ALARMS["TableErrors"]["Metrics"][1:]
        for each in it["MetricStat"]["Metric"]["Dimensions"]
        if each["Name"] == "Operation"
    }
    permitted = set(re.findall(r"dynamodb:(\w+)", str(read()["Resources"])))
    assert operations == permitted - {"ConditionCheckItem"} | {"TransactWriteItems"}


def test_every_alarm_tells_and_says_what_no_data_means() -> None:
    for name, alarm in ALARMS.items():
        assert alarm["AlarmActions"] == [("Ref", "Alarms")]
        assert alarm["TreatMissingData"] == ("breaching" if name == "ScheduleStopped" else "notBreaching")


def test_the_log_that_is_counted_is_the_log_that_is_written() -> None:
    (counted,) = of_type("AWS::Logs::MetricFilter").values()
    assert counted["FilterPattern"] == '{ $.level = "ERROR" }'
    shared = read()["Globals"]["Function"]["LoggingConfig"]
    assert (shared["LogGroup"], counted["LogGroupName"]) == (("Ref", "Log"), ("Ref", "Log"))
    assert shared["LogFormat"] == "JSON"
    for level, said in ((logging.ERROR, "ERROR"), (logging.WARNING, "WARN")):
        record = entry_point.log.makeRecord("uconnect", level, __file__, 1, "it failed", (), None)
        assert json.loads(entry_point.LINES.format(record))["level"] == said


def test_figures_are_a_line_in_the_embedded_metric_format(capsys: pytest.CaptureFixture[str]) -> None:
    entry_point.emit_metrics("uconnect", OldestJobWaits=1.5, JobsSetAside=2)
    said = json.loads(capsys.readouterr().out)
    (directive,) = said.pop("_aws")["CloudWatchMetrics"]
    assert directive == {
        "Namespace": "uconnect",
        "Dimensions": [[]],
        "Metrics": [{"Name": "OldestJobWaits"}, {"Name": "JobsSetAside"}],
    }
    assert said == {"OldestJobWaits": 1.5, "JobsSetAside": 2}
    assert read()["Globals"]["Function"]["LoggingConfig"]["ApplicationLogLevel"] == "INFO", "a higher one drops them"


@pytest.mark.parametrize(("event", "says"), [({"source": "aws.events"}, True), ({"tell": []}, False)])
def test_the_schedule_says_each_minute_how_the_jobs_are_and_nobody_else_does(
    event: dict[str, Any], says: bool, jobs: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """So its alarm hears nothing when the schedule stands still, however many calls leave jobs."""
    jobs.handler(event, types.SimpleNamespace(get_remaining_time_in_millis=lambda: 0))
    said = capsys.readouterr().out
    if says:
        assert {name: value for name, value in json.loads(said).items() if name != "_aws"} == {
            "OldestJobWaits": 0.0,
            "JobsSetAside": 0,
        }
    else:
        assert said == ""


ALLOWED_IN_ACCESS_LOG = {
    "$context.requestId",
    "$context.routeKey",
    "$context.status",
    "$context.responseLatency",
    "$context.integration.latency",
    "$context.integration.status",
}


@pytest.mark.parametrize("stage", of_type("AWS::ApiGatewayV2::Stage"))
def test_an_access_log_is_off_unless_asked_for_and_tells_of_nobody(stage: str) -> None:
    _, (condition, settings, otherwise) = of_type("AWS::ApiGatewayV2::Stage")[stage]["AccessLogSettings"]
    assert otherwise == ("Ref", "AWS::NoValue")
    assert read()["Parameters"]["AccessLog"]["Default"] == "off"
    assert condition in {"HttpLogged", "SocketLogged"}
    assert set(json.loads(settings["Format"]).values()) <= ALLOWED_IN_ACCESS_LOG


def test_what_costs_or_records_more_is_off_unless_asked_for() -> None:
    parameters = read()["Parameters"]
    assert parameters["Tracing"]["Default"] == "Disabled"
    assert parameters["BudgetUsd"]["Default"] == parameters["KmsKey"]["Default"] == ""
