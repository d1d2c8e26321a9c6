"""What each function loads before its first event: a cold start waits for all of it, so the list is kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BACKEND = Path(__file__).resolve().parents[3]

ENVIRONMENT = {
    "TABLE": "table",
    "SOCKETS": "https://sockets.example",
    "JOB_FUNCTION": "jobs",
    "METRICS": "uconnect",
    "JOB_QUEUE": "https://queue.example/jobs",
    "FRONT_SECRET": "",
    "URL": "https://api.example",
    "SITES": "https://user.example https://school.example https://worker.example",
    "USER": "u",
    "SCHOOL": "s",
    "WORKER": "w",
    "IDP": "",
    "IDP_TRUSTED": "",
    "USERINFO": "https://issuer.example/userinfo",
    "SIGN_UP": "https://issuer.example/signup",
    "SCHOOLS": "open",
    "END_THREADS_AFTER": "0",
    "DELETE_THREADS_AFTER": "0",
    "POOL": "pool",
    "ISSUER": "https://issuer.example",
    "MAIL_FROM": "help@uni.example",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
}
SHOW = """
import sys
sys.modules["OpenSSL"] = None  # the server has it, and the SDK loads it where it is; it is in no zip
import {module}
print(*sorted(it for it in sys.modules if "." not in it or it.startswith("uconnect")))
"""

STORE = {
    "uconnect.adapters",
    "uconnect.adapters.dynamodb",
    "uconnect.application",
    "uconnect.application.audit",
    "uconnect.application.log_lines",
    "uconnect.application.ports",
    "uconnect.adapters.clock",
    "uconnect.adapters.dynamodb.store",
    "uconnect.adapters.dynamodb.items",
    "uconnect.adapters.dynamodb.moved_jobs",
    "uconnect.adapters.dynamodb.counting",
    "uconnect.adapters.dynamodb.counts",
    "uconnect.adapters.dynamodb.queries",
    "uconnect.adapters.dynamodb.thread_lists",
    "uconnect.adapters.dynamodb.uncounted",
    "uconnect.adapters.dynamodb.table",
    "uconnect.adapters.stand_ins",
}
AWS = {
    "uconnect.entrypoints",
    "uconnect.entrypoints.aws_lambda",
    "uconnect.entrypoints.aws_lambda.dependencies",
    "uconnect.entrypoints.aws_lambda.entry_point",
}
SERVICE = {"uconnect.application.service"}
GATEWAY = {"uconnect.adapters.realtime", "uconnect.adapters.realtime.api_gateway"}
ROOMS = {
    "authorizer": STORE | AWS | {"uconnect.entrypoints.aws_lambda.authorizer"},
    "websocket": STORE
    | AWS
    | GATEWAY
    | SERVICE
    | {
        "uconnect.entrypoints.aws_lambda.websocket",
        "uconnect.entrypoints.aws_lambda.gateway_event",
        "uconnect.api",
        "uconnect.api.websocket",
        "uconnect.api.decode_errors",
    },
    "http": STORE
    | AWS
    | GATEWAY
    | SERVICE
    | {
        "uconnect.application.authentication",
        "uconnect.application.email_addresses",
        "uconnect.application.read_rate_limit",
        "uconnect.application.security_headers",
        "uconnect.entrypoints.aws_lambda.http",
        "uconnect.entrypoints.aws_lambda.authentication",
        "uconnect.entrypoints.aws_lambda.gateway_event",
        "uconnect.entrypoints.aws_lambda.service",
        "uconnect.api",
        "uconnect.api.health",
        "uconnect.api.http",
        "uconnect.api.http_calls",
        "uconnect.api.requests",
        "uconnect.api.stop_page",
        "uconnect.api.invitees",
        "uconnect.api.operations",
        "uconnect.api.images",
        "uconnect.api.decode_errors",
        "uconnect.adapters.tokens",
        "uconnect.adapters.tokens.cognito",
    },
    "jobs": STORE
    | AWS
    | GATEWAY
    | SERVICE
    | {
        "uconnect.application.admin",
        "uconnect.application.job_tasks",
        "uconnect.application.jobs",
        "uconnect.application.retention_jobs",
        "uconnect.application.local_time",
        "uconnect.application.email_addresses",
        "uconnect.entrypoints.aws_lambda.jobs",
        "uconnect.entrypoints.aws_lambda.job_function",
        "uconnect.entrypoints.aws_lambda.job_queue",
        "uconnect.entrypoints.aws_lambda.job_trigger",
        "uconnect.entrypoints.aws_lambda.admin",
        "uconnect.adapters.tokens",
        "uconnect.adapters.tokens.cognito",
        "uconnect.adapters.mail",
        "uconnect.adapters.mail.templates",
        "uconnect.adapters.mail.ses",
    },
}
USE_CASES = {
    "authorizer": {"rate_limits", "tickets"},
    "websocket": {"messages", "rate_limits", "signals", "tickets"},
}
NEVER = {
    "PIL",
    "boto3",
    "cryptography",
    "email_validator",
    "jinja2",
    "joserfc",
    "sqlite3",
    "starlette",
    "asyncio",
    "uvicorn",
}


def loaded(function: str) -> set[str]:
    command = [sys.executable, "-c", SHOW.format(module=f"uconnect.entrypoints.aws_lambda.{function}")]
    environment = ENVIRONMENT | {"PATH": os.environ["PATH"], "PYTHONPATH": str(BACKEND)}
    return set(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("function", ROOMS)
def test_a_function_loads_its_own_rooms_and_no_other(function: str) -> None:
    ours = {it for it in loaded(function) if it.startswith("uconnect.") and not it.startswith("uconnect.domain")}
    assert ours == ROOMS[function]


@pytest.mark.parametrize("function", ROOMS)
def test_no_function_loads_what_it_serves_nothing_with(function: str) -> None:
    assert not loaded(function) & NEVER


@pytest.mark.parametrize("function", USE_CASES)
def test_a_function_of_sockets_loads_the_use_cases_of_sockets_alone(function: str) -> None:
    decide = "uconnect.domain.usecases."
    assert {it.removeprefix(decide) for it in loaded(function) if it.startswith(decide)} == USE_CASES[function]
