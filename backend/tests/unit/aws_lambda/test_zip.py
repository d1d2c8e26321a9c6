"""The zip stands alone: it runs where there is nothing but Lambda's own runtime, and it is small."""

import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from deploy import package
from deploy.local import ARCH, VERSION

from tests.unit.aws_lambda.lambda_runtime import PYTHON, REQUEST, run

LARGEST = 4_600_000  # bytes, a tenth of them the time zones: Lambda may lack them
UNCHECKED = 0b01  # PEP 552: made of a hash of the source, which is not looked at
HELLO = '{"t":"hello","protocol":1}'


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> package.Packed:
    return package.functions(ARCH, VERSION, tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module")
def unpacked(packed: package.Packed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(packed.path) as held:
        held.extractall(folder)
    return folder


def test_the_zip_is_small(packed: package.Packed) -> None:
    assert packed.path.stat().st_size <= LARGEST


def test_the_sdk_in_it_speaks_to_our_services_alone(unpacked: Path) -> None:
    assert {it.name for it in (unpacked / "botocore/data").iterdir() if it.is_dir()} == package.SERVICES
    assert not (unpacked / "PIL").exists()


def test_its_compiled_files_are_believed_without_a_look_at_their_sources(unpacked: Path) -> None:
    compiled = [*unpacked.rglob("*.pyc")]
    assert len(compiled) == len([*unpacked.rglob("*.py")])
    assert {int.from_bytes(it.read_bytes()[4:8], "little") for it in compiled} == {UNCHECKED}


DESCRIBED = {"routeKey": "GET /api/openapi.json", "requestContext": {}}
LEFT = {"requestContext": {"eventType": "DISCONNECT", "connectionId": "c", "authorizer": {"party": "p"}}}
DENIED = {"headers": {"Origin": "https://evil.example"}, "queryStringParameters": {"ticket": "t"}, "methodArn": "arn"}
CASES = [("http", DESCRIBED), ("websocket", LEFT), ("authorizer", DENIED), ("jobs", {})]


@pytest.mark.parametrize(("function", "event"), CASES, ids=[name for name, _ in CASES])
def test_a_function_starts_where_there_is_nothing_but_lambdas_runtime(
    function: str, event: dict[str, Any], unpacked: Path
) -> None:
    ran = run(f"uconnect.entrypoints.aws_lambda.{function}.handler", event, unpacked)
    match function:
        case "http":
            assert json.loads(ran.answer["body"])["openapi"] == "3.1.0"
        case "websocket":
            assert ran.answer == {"statusCode": 200}
        case "authorizer":
            assert ran.answer["policyDocument"]["Statement"][0]["Effect"] == "Deny"
        case "jobs":
            assert ran.how == "error"
            assert ran.answer["errorMessage"] == "Unavailable", "it has come as far as the table"


SECRET = "ada@example.org wrote: my thesis is late"
PLANTED = """
import logging
from uconnect.adapters.dynamodb import store
from uconnect.entrypoints.aws_lambda import {function} as function

said = bytes.fromhex("{secret}").decode()  # so that no line of this file, which a trace shows, has it

def fail(*_, **__):
    logging.getLogger("botocore.hooks").error("a library says: %s", said)
    try:
        raise KeyError(said)
    except KeyError as error:
        raise ValueError(said) from error

store.DynamoStore.run = store.DynamoStore.ask = fail
handler = function.handler
bare = handler.__wrapped__
"""
FRAMED = {
    "requestContext": {
        "eventType": "MESSAGE",
        "connectionId": "c",
        "authorizer": {"party": "p", "until": "9999999999"},
    },
    "body": HELLO,
}
TICKET = {
    "headers": {"Origin": "https://user.example"},
    "queryStringParameters": {"ticket": SECRET},
    "methodArn": "arn",
}
FAILING = [
    ("http", {"routeKey": "GET /api/health", "requestContext": {}}),
    ("http", {"routeKey": "PUT /api/picture", "requestContext": {}, "headers": {"authorization": SECRET}}),
    ("websocket", FRAMED),
    ("authorizer", TICKET),
    ("jobs", {}),
    ("jobs", {"operator": {"act": "list"}}),
]


@pytest.mark.parametrize(("function", "event"), FAILING, ids=["http", "picture", "socket", "authz", "jobs", "operator"])
def test_no_words_of_an_error_are_in_a_log_or_an_answer(function: str, event: dict[str, Any], unpacked: Path) -> None:
    """The stack's five functions, and an operator's question, under the runtime that prints what nobody caught."""
    name = f"planted_{function}"
    (unpacked / f"{name}.py").write_text(PLANTED.format(function=function, secret=SECRET.encode().hex()))
    ran = run(f"{name}.handler", event, unpacked)
    lines = [json.loads(line) for line in ran.printed.splitlines()]
    assert [it["trace"] for it in lines if it["level"] == "ERROR" and "trace" in it], "kinds and places are logged"
    assert {it["requestId"] for it in lines} == {REQUEST}, lines
    assert "thesis" not in ran.printed
    assert "ada@" not in ran.printed
    assert "thesis" not in json.dumps(ran.answer)


def test_the_runtime_itself_prints_and_answers_the_words_of_an_error(unpacked: Path) -> None:
    """What the tests above would find, had a function no `entry_point`."""
    (unpacked / "planted_bare.py").write_text(PLANTED.format(function="authorizer", secret=SECRET.encode().hex()))
    ran = run("planted_bare.bare", TICKET, unpacked)
    assert SECRET in ran.printed
    assert SECRET in ran.answer["errorMessage"]


def test_a_letter_is_written_with_what_is_in_the_zip(unpacked: Path) -> None:
    """Its templates, and Jinja2, which no function loads before the first letter."""
    code = (
        "from uconnect.adapters.mail import templates; "
        "print(templates.school_invitation_to_sign_up('a@b.example', 'LINK').text)"
    )
    environment = {"PYTHONPATH": str(unpacked), "PYTHONDONTWRITEBYTECODE": "1"}
    written = subprocess.run([PYTHON, "-S", "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert "To join, create an account with this address here:\nLINK\n" in written.stdout
