"""What each function loads before its first event: a cold start waits for all of it, so the list is kept."""

import os
import subprocess
import sys

import pytest

ENVIRONMENT = {
    "TABLE": "table",
    "SOCKETS": "https://sockets.example",
    "TODOS": "todos",
    "URL": "https://api.example",
    "SITES": "https://user.example https://school.example https://worker.example",
    "USER": "u",
    "SCHOOL": "s",
    "WORKER": "w",
    "USERINFO": "https://issuer.example/userinfo",
    "SIGN_UP": "https://issuer.example/signup",
    "SCHOOLS": "open",
    "POOL": "pool",
    "ISSUER": "https://issuer.example",
    "MAIL_FROM": "help@uni.example",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
}
SHOW = "import sys, {module}; print(*sorted(it for it in sys.modules if '.' not in it or it.startswith('uconnect')))"

STORE = {
    "uconnect.stores",
    "uconnect.stores.bodies",
    "uconnect.stores.clock",
    "uconnect.stores.dynamodb",
    "uconnect.stores.dynamodb_items",
    "uconnect.stores.dynamodb_lists",
    "uconnect.stores.dynamodb_table",
    "uconnect.stores.loaded",
    "uconnect.stores.stand_ins",
}
AWS = {"uconnect.aws", "uconnect.aws.desk", "uconnect.aws.surroundings"}
GATEWAY = {"uconnect.deliveries", "uconnect.deliveries.gateway"}
ROOMS = {
    "authz": STORE | AWS | {"uconnect.aws.authz"},
    "ws": STORE | AWS | GATEWAY | {"uconnect.aws.ws", "uconnect.api", "uconnect.api.socket", "uconnect.api.unreadable"},
    "http": STORE
    | AWS
    | GATEWAY
    | {
        "uconnect.addresses",
        "uconnect.aws.http",
        "uconnect.aws.door",
        "uconnect.api",
        "uconnect.api.http",
        "uconnect.api.inputs",
        "uconnect.api.invitees",
        "uconnect.api.operations",
        "uconnect.api.pictures",
        "uconnect.api.read_pace",
        "uconnect.api.unreadable",
        "uconnect.identities",
        "uconnect.identities.cognito",
    },
    "todos": STORE
    | (AWS - {"uconnect.aws.desk"})
    | GATEWAY
    | {
        "uconnect.addresses",
        "uconnect.aws.todos",
        "uconnect.aws.nudge",
        "uconnect.aws.operator",
        "uconnect.identities",
        "uconnect.identities.cognito",
        "uconnect.mails",
        "uconnect.mails.letters",
        "uconnect.mails.ses",
    },
}
USE_CASES = {
    "authz": {"access", "fanout", "pacing", "tickets"},
    "ws": {"access", "fanout", "messages", "pacing", "tickets"},
}
NEVER = {"PIL", "boto3", "cryptography", "joserfc", "sqlite3", "starlette", "asyncio", "uvicorn", "email_validator"}


def loaded(function: str) -> set[str]:
    command = [sys.executable, "-c", SHOW.format(module=f"uconnect.aws.{function}")]
    environment = ENVIRONMENT | {"PATH": os.environ["PATH"]}
    return set(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("function", ROOMS)
def test_a_function_loads_its_own_rooms_and_no_other(function: str) -> None:
    ours = {it for it in loaded(function) if it.startswith("uconnect.") and not it.startswith("uconnect.core")}
    assert ours == ROOMS[function]


@pytest.mark.parametrize("function", ROOMS)
def test_no_function_loads_what_it_serves_nothing_with(function: str) -> None:
    assert not loaded(function) & NEVER


@pytest.mark.parametrize("function", USE_CASES)
def test_a_function_of_sockets_loads_the_use_cases_of_sockets_alone(function: str) -> None:
    decide = "uconnect.core.decide."
    assert {it.removeprefix(decide) for it in loaded(function) if it.startswith(decide)} == USE_CASES[function]
