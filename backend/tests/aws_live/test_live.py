"""The list to run on the first real account: what the emulator does not do, or nobody could verify that AWS does.

    make deploy STACK=try
    UCONNECT_LIVE_STACK=try UCONNECT_LIVE_TOKEN=... .venv/bin/pytest backend/tests/aws_live

The token is an access token of somebody signed in on the user site (of its local storage). UCONNECT_LIVE_HOURS=1.2 also
waits for what takes that long; UCONNECT_LIVE_SCHOOL names a school that threads may be raised to, by its id.

By hand, with the commands: `make deploy` without rights, with those of deploy/policy.json alone, and with an address
that SES does not know; a first create that fails (another pool takes its domain first), then again; an update that
replaces a client, and one of the table (does the change set say Replacement: True; do the tags stay); Ctrl-C in the
middle of each, then again; `make destroy` of a protected stack, then after PROTECT=false: what is left there; an upload
to Amplify that was cut, then `make deploy`; `make restore` of some GB: how long it takes, and whether alarms and
bill follow; the expanded template by Terraform, the other one by the SAM CLI.

By hand, on the pages: sign up, confirm, reset. MFA=optional: the link in the settings adds a passkey, and the next
sign-in offers it. MFA=required: the second sign-in sets up an app, the third asks for its code; and back to optional:
the code is still asked for. IDP_NAME with OpenID Connect and with SAML: the button is there on the sites of IDP_SITES,
with IDP_ONLY no password is asked for and no sign-up is taken, the API's SignUp included; an address of a party is that
party; an account that ends has no user left in the pool. Sign out everywhere on one browser: the other one's socket
closes and its page asks to sign in, also within an hour of its password, while Cognito's cookie lasts. An invited
worker's letter, and its way in; a school's picture, seen on another site; what a sign-out elsewhere leaves. In the
console: the cold starts of each function, its log without a ticket, a token or a text; the alarms; the bill after a
day. With own domains: each name, and a sign-in by them. With WEB_ACL: the API by CloudFront, and a 403 by its own
address. With KMS_KEY: an alarm's e-mail. Deploy code that fails (a health that raises): CodeDeploy takes it back. Not
to be tried on purpose: 500 handshakes a second, and what the gateway says to a call it throttles (429).
"""

import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import httpx
import pytest
from deploy import sites, stack
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.api.aws_home import DENIED
from uconnect.domain import protocol

NAME = os.environ["UCONNECT_LIVE_STACK"]
TOKEN = os.environ["UCONNECT_LIVE_TOKEN"]
HOURS = float(os.environ.get("UCONNECT_LIVE_HOURS", "0"))
SCHOOL = os.environ.get("UCONNECT_LIVE_SCHOOL", "")
HELLO = '{"t":"hello","protocol":1}'


@pytest.fixture(scope="session")
def outputs() -> dict[str, str]:
    return stack.outputs(boto3.Session().client("cloudformation"), NAME)


@pytest.fixture
def api(outputs: dict[str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=outputs["Url"], headers={"authorization": f"Bearer {TOKEN}"}) as api:
        yield api


@pytest.fixture
def socket(api: httpx.Client, outputs: dict[str, str]) -> Iterator[ClientConnection]:
    with dialled(api, outputs) as socket:
        yield socket


@contextmanager
def dialled(api: httpx.Client, outputs: dict[str, str]) -> Iterator[ClientConnection]:
    ticket = api.post("/api/tickets").json()["ticket"]
    origin: Any = outputs["UserOrigin"]
    url = f"{sites.config('user', outputs)['socket']}?ticket={ticket}"
    with connect(url, origin=origin, ping_interval=None) as socket:
        socket.send(HELLO)
        assert socket.recv(10) == HELLO
        yield socket


# --- the gateway's own words, which the server repeats


def test_without_a_token_it_says_what_the_server_says(outputs: dict[str, str]) -> None:
    answer = httpx.get(f"{outputs['Url']}/api/me")
    assert (answer.status_code, answer.content) == (401, b'{"message":"Unauthorized"}')


def test_where_there_is_no_route_it_says_what_the_server_says(outputs: dict[str, str]) -> None:
    answer = httpx.get(f"{outputs['Url']}/api/nothing")
    assert (answer.status_code, answer.content) == (404, b'{"message":"Not Found"}')


@pytest.mark.parametrize(("query", "status", "word"), [("", 401, "Unauthorized"), ("?ticket=x", 403, None)])
def test_a_socket_is_refused_in_the_gateways_words(
    query: str, status: int, word: str | None, outputs: dict[str, str]
) -> None:
    """What it says with 403 is not sure: where it is not the emulator's sentence, api/aws_home.py is to be told."""
    origin: Any = outputs["UserOrigin"]
    socket = f"{sites.config('user', outputs)['socket']}{query}"
    with pytest.raises(InvalidStatus) as refused, connect(socket, origin=origin):
        pass
    answer = refused.value.response
    said = json.loads(answer.body)
    assert (answer.status_code, said.keys()) == (status, {"message", "connectionId", "requestId"})
    assert said["message"] == (word or DENIED)


def test_each_answer_has_a_number_of_one_length(api: httpx.Client) -> None:
    lengths = {len(api.get(f"/api/{what}").headers["apigw-requestid"]) for what in ("me", "schools", "nothing") * 3}
    assert len(lengths) == 1


def test_every_function_may_be_called_by_its_gateway(api: httpx.Client, socket: ClientConnection) -> None:
    assert api.get("/api/me").status_code == 200
    assert api.put("/api/picture", json={"image": ""}).status_code == 404, "to a user it is not there; but it ran"


def test_pages_of_ours_may_ask_and_no_others(outputs: dict[str, str]) -> None:
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,content-type"}
    for kind in sites.KINDS:
        ours = {"Origin": outputs[f"{kind.capitalize()}Origin"]} | asked
        answer = httpx.options(f"{outputs['Url']}/api/me", headers=ours)
        assert answer.headers["access-control-allow-origin"] == ours["Origin"]
    answer = httpx.options(f"{outputs['Url']}/api/me", headers={"Origin": "https://example.org"} | asked)
    assert "access-control-allow-origin" not in answer.headers


# --- the socket's limits


@pytest.mark.parametrize(("frame", "code"), [(b"{}", 1003), (" " * 33_000, 1009)])
def test_what_is_no_frame_closes_the_socket(frame: bytes | str, code: int, socket: ClientConnection) -> None:
    socket.send(frame)
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(30)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


def test_a_frame_that_nests_deeper_than_any_parser_is_refused_in_words(socket: ClientConnection) -> None:
    socket.send("[" * 30_000)
    assert '"malformed"' in str(socket.recv(30))


def test_frames_of_one_socket_that_run_at_once_have_one_order_and_each_its_answer(
    api: httpx.Client, socket: ClientConnection
) -> None:
    """The emulator runs them one after another; here two may meet at the head, and one is decided again."""
    letter = {"key": secrets.token_urlsafe(16), "school": SCHOOL, "subject": "A trial", "text": "0"}
    id = api.post("/api/threads", json=letter).raise_for_status().json()["row"]["id"]
    keys = [secrets.token_urlsafe(16) for _ in range(20)]
    for number, key in enumerate(keys):
        socket.send(json.dumps({"t": "send", "key": key, "id": id, "text": f"{number}"}))
    acked: set[str] = set()
    while len(acked) < len(keys):
        said = json.loads(socket.recv(30))
        acked |= {said["key"]} if said["t"] == "ack" else set()
    log = api.get(f"/api/threads/{id}/log").json()["entries"]
    assert [entry["seq"] for entry in log] == [*range(1, len(keys) + 2)]
    assert acked == {*keys}
    assert api.post(f"/api/threads/{id}/terminate").status_code == api.delete(f"/api/threads/{id}").status_code == 200


def test_a_socket_that_is_silent_is_closed_after_ten_minutes(api: httpx.Client, outputs: dict[str, str]) -> None:
    if HOURS:
        with dialled(api, outputs) as socket, pytest.raises(ConnectionClosed):
            socket.recv(11 * 60)


def test_a_socket_lives_an_hour_and_is_told_to_come_back(api: httpx.Client, outputs: dict[str, str]) -> None:
    began = time.monotonic()
    with dialled(api, outputs) as socket:
        while time.monotonic() - began < HOURS * 3_600:
            socket.send('{"t":"ping"}')
            if (said := socket.recv(30)) != '{"t":"pong"}':
                assert said == '{"t":"bye","code":"rotate"}'
                assert time.monotonic() - began > protocol.SOCKET_SECONDS - 30
                return
            time.sleep(300)
    assert HOURS * 3_600 < protocol.SOCKET_SECONDS


# --- the table, and whoever runs it


def test_a_transaction_doubles_what_the_table_writes_and_not_what_its_index_does(outputs: dict[str, str]) -> None:
    """On this the bill in docs/aws.md rests."""
    dynamodb, table = boto3.Session().client("dynamodb"), outputs["Table"]
    keys: Any = [{"PK": {"S": "X#trial"}, "SK": {"S": name}} for name in ("1", "2")]
    puts: Any = [{"Put": {"TableName": table, "Item": key | {"i": {"S": "trial"}}}} for key in keys]
    try:
        said = dynamodb.transact_write_items(TransactItems=puts, ReturnConsumedCapacity="INDEXES")
    finally:
        for key in keys:
            dynamodb.delete_item(TableName=table, Key=key)
    (units,) = said["ConsumedCapacity"]
    index = units["LocalSecondaryIndexes"]["ordered"]["CapacityUnits"]
    assert (units["CapacityUnits"] - index, index) == (4, 2)


def test_the_operator_may_ask_and_what_it_asks_is_answered() -> None:
    assert "accounts" in stack.operate(boto3.Session(), NAME, act="list")


def test_every_alarm_of_the_stack_has_looked_and_its_heartbeat_is_heard() -> None:
    """Some minutes after a deployment. What has counted nothing yet has no state."""
    cloudwatch = boto3.Session().client("cloudwatch")
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix=f"{NAME}-")["MetricAlarms"]
    states = {it["AlarmName"].split("-")[-2]: it["StateValue"] for it in alarms}
    assert len(alarms) > 15
    assert "ALARM" not in states.values()
    assert states["ScheduleStopped"] == "OK"


def test_the_log_is_json_and_says_each_minute_how_the_jobs_are() -> None:
    logs = boto3.Session().client("logs")
    since = int(time.time() - 300) * 1000
    events = logs.filter_log_events(logGroupName=f"/uconnect/{NAME}/functions", startTime=since)["events"]
    lines = [json.loads(it["message"]) for it in events]
    assert [it for it in lines if "OldestJobWaits" in it]
    assert not [it for it in lines if "errorMessage" in it and it["errorType"] != "FunctionFailed"]


def test_a_public_route_is_throttled_at_its_own_rate(outputs: dict[str, str]) -> None:
    stage = boto3.Session().client("apigatewayv2").get_stage(ApiId=outputs["HttpApi"], StageName="$default")
    own, usual = stage["RouteSettings"]["GET /api/health"], stage["DefaultRouteSettings"]
    assert own["ThrottlingRateLimit"] < usual["ThrottlingRateLimit"]


# --- the sites and the issuer


@pytest.mark.parametrize("kind", sites.KINDS)
def test_a_site_is_served_with_its_headers_and_its_configuration(kind: str, outputs: dict[str, str]) -> None:
    home = f"{outputs[f'{kind.capitalize()}Origin']}/{kind}/"
    page = httpx.get(home)
    assert page.status_code == 200
    assert {name: page.headers[name] for name in sites.headers(outputs)} == sites.headers(outputs)
    assert httpx.get(f"{home}config.json").json() == sites.config(kind, outputs)


@pytest.mark.parametrize("kind", sites.KINDS)
def test_the_issuers_pages_know_the_site(kind: str, outputs: dict[str, str]) -> None:
    told = sites.config(kind, outputs)
    known = httpx.get(told["metadata"]).json()
    asked = {
        "client_id": told["client"],
        "response_type": "code",
        "redirect_uri": f"{outputs[f'{kind.capitalize()}Origin']}/{kind}/",
    }
    assert httpx.get(known["authorization_endpoint"], params=asked, follow_redirects=True).status_code == 200
    assert httpx.get(told["account"], follow_redirects=True).status_code == 200
    if told["sign_up"]:
        assert httpx.get(told["sign_up"], follow_redirects=True).status_code == 200
