"""Wraps the handler of every function: it prints the log, and lets no words of an exception out."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TextIO, TypeVar

import msgspec

from uconnect.application import log_lines

A = TypeVar("A")
Handler = Callable[[Mapping[str, Any], Any], A]

LEVELS = {"WARNING": "WARN", "CRITICAL": "FATAL"}  # as Lambda calls them: it takes others for INFO
log = logging.getLogger(log_lines.OURS)


class FunctionFailed(Exception):
    """Stands for an error before Lambda's runtime, which logs it and answers with it. It has the error's kind alone."""


class Json(logging.Formatter):
    """A line as Lambda's JSON log format has it, so that its levels and a metric filter find what they look for.

    See "Using the Lambda advanced logging controls", https://docs.aws.amazon.com/lambda/latest/dg/monitoring-logs.html.
    """

    request = ""  # that is served; a process serves one at a time

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": LEVELS.get(record.levelname, record.levelname),
            "logger": record.name,
            "message": log_lines.message(record),
            "requestId": self.request,
            "trace": log_lines.trace(record),
        }
        return msgspec.json.encode({name: value for name, value in said.items() if value}).decode()


LINES = Json()


def print_logs(stream: TextIO | None = None) -> None:
    """Print what this process logs from here on, in place of the runtime, which prints an error's words."""
    handler = log_lines.Handler(stream or sys.stdout)
    handler.setFormatter(LINES)
    handler.addFilter(_may_be_printed)
    logging.getLogger().handlers[:] = [handler]
    threading.excepthook = _log_ended_thread


def entry_point(handler: Handler[A]) -> Handler[A]:
    """The handler that Lambda calls. An error is logged by its kinds and places, and ends the call as it did."""

    @wraps(handler)
    def called(event: Mapping[str, Any], context: Any) -> A:
        LINES.request = getattr(context, "aws_request_id", "")
        try:
            return handler(event, context)
        except Exception as error:
            log.error("the function has failed: %s", type(error).__name__, exc_info=error)
            failed = FunctionFailed(type(error).__name__)
        raise failed  # here, so that it carries nothing of the other

    return called


def emit_metrics(namespace: str, **metrics: float) -> None:
    """Give CloudWatch figures, by a line of the log (embedded metric format,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
    They have no dimensions: a figure is of the whole stack.
    """
    named = [{"Name": name} for name in metrics]
    directive = {"Namespace": namespace, "Dimensions": [[]], "Metrics": named}
    about = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]}
    sys.stdout.write(msgspec.json.encode({"_aws": about, **metrics}).decode() + "\n")


def _may_be_printed(record: logging.LogRecord) -> bool:
    """Whether a line is ours, or a warning of a library."""
    return log_lines.is_ours(record) or record.levelno >= logging.WARNING


def _log_ended_thread(ended: threading.ExceptHookArgs) -> None:
    log.error("a thread has ended", exc_info=ended.exc_value)


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:  # elsewhere, whoever runs the process prints its log
    print_logs()  # at once: a client that is made while a function starts tells of it
