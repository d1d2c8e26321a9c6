"""On AWS the schedule begins the look for unread messages where e-mail is sent; a link works without a token."""

import json
import types
from typing import Any

import httpx
import pytest
from deploy import local

from tests.api.aws_home import AwsHome
from tests.api.caller import Caller
from tests.api.party_factory import PartyFactory
from tests.support.polling import TIMEOUT
from tests.support.stores import Home, Time
from uconnect.adapters.dynamodb import items
from uconnect.adapters.mail.ses import Ses
from uconnect.domain.enums import Kind
from uconnect.domain.keys import NoticeStateKey
from uconnect.domain.usecases.notices import FIND_UNREAD
from uconnect.domain.views.mail import NewMessageNotice

STACK = pytest.mark.xdist_group("stack")
SITES = {kind: f"https://{kind.value}.example/{kind.value}/" for kind in Kind}


class SesV2:
    """As much of SES as sends a letter."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send_email(self, **asked: Any) -> None:
        self.sent.append(asked)


def ses(client: SesV2, sender: str = "help@uni.example") -> Ses:
    made: Any = client
    return Ses(lambda: made, sender, SITES, "https://school.example/", "https://api.example")


def test_a_letter_by_ses_says_no_more_than_by_a_mail_server_and_how_to_stop_it() -> None:
    client = SesV2()
    ses(client).tell_of_message(NewMessageNotice("ann@x.example", Kind.USER, "party.secret"))
    (sent,) = client.sent
    letter = sent["Content"]["Simple"]
    stop = "https://api.example/api/notices/party.secret"
    assert letter["Subject"]["Data"] == "New message at user.example"
    assert [it for it in letter["Body"]["Text"]["Data"].split() if "://" in it] == [SITES[Kind.USER], stop]
    assert {it["Name"]: it["Value"] for it in letter["Headers"]} == {
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_without_a_sender_nothing_is_sent() -> None:
    client = SesV2()
    ses(client, "").tell_of_message(NewMessageNotice("ann@x.example", Kind.USER, "party.secret"))
    assert client.sent == []


@pytest.mark.parametrize(
    ("event", "sender", "begins"),
    [
        ({"source": "aws.events", "detail-type": "Scheduled Event"}, "help@uni.example", True),
        ({"source": "aws.events", "detail-type": "Scheduled Event"}, "", False),
        ({"tell": [], "jobs": []}, "help@uni.example", False),
        ({"Records": [{"body": '["gone",1]'}]}, "help@uni.example", False),
    ],
)
def test_the_schedule_begins_the_look_where_e_mail_is_sent(
    jobs: Any, monkeypatch: pytest.MonkeyPatch, event: dict[str, Any], sender: str, begins: bool
) -> None:
    monkeypatch.setenv("MAIL_FROM", sender)
    no_time = types.SimpleNamespace(get_remaining_time_in_millis=lambda: 0)
    for _ in range(2):
        jobs.handler(event, no_time)
    assert (Home(jobs.STORE, Time()).one(FIND_UNREAD) is not None) is begins


def item(home: AwsHome, key: Any) -> dict[str, Any] | None:
    dynamodb = local.EmulatorSession(home.address).client("dynamodb")
    (table,) = dynamodb.list_tables()["TableNames"]
    found: dict[str, Any] | None = dynamodb.get_item(TableName=table, Key=items.item_key(key).item).get("Item")
    return found


@STACK
def test_the_deployed_function_begins_the_look(home: AwsHome) -> None:
    invoke = local.EmulatorSession(home.address).client("lambda").invoke
    answer = invoke(FunctionName=home.outputs["JobsFunction"], Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
    assert item(home, FIND_UNREAD) is not None


@STACK
def test_a_letters_link_stops_them_by_a_post_and_not_by_a_get(home: AwsHome, parties: PartyFactory) -> None:
    user: Caller = parties.user()
    user.ask("PUT /api/notices", {"by_email": True})
    kept = item(home, NoticeStateKey(user.id))
    assert kept is not None
    link = f"{home.url}/api/notices/{user.id}.{json.loads(kept['b']['S'])['stop']}"
    assert httpx.get(link, timeout=TIMEOUT).status_code == 200
    assert user.ask("GET /api/notices") == {"by_email": True}
    assert httpx.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=TIMEOUT).status_code == 200
    assert user.ask("GET /api/notices") == {"by_email": False}
