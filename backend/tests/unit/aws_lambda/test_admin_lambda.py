"""Whoever runs uconnect on AWS invites, lists and closes as elsewhere, and each act is in the book with whom it met."""

from collections.abc import Iterator
from typing import Any

import pytest
from deploy import admin, local
from deploy.admin import run

from tests.api.aws_home import AwsHome, aws_home
from tests.api.caller import Caller
from tests.api.party_factory import PartyFactory, address, party_factory, raising
from tests.support.polling import poll
from tests.support.world import home as on_stage
from uconnect.adapters.dynamodb import items
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.application.admin import Admin
from uconnect.application.audit import following
from uconnect.application.ports import Unavailable
from uconnect.domain.context import AuditedAct
from uconnect.domain.enums import Kind
from uconnect.domain.keys import AddressKey, JobKey
from uconnect.entrypoints.aws_lambda.admin import answer

pytestmark = pytest.mark.xdist_group("stack")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsHome]:
    """Where schools join by invitation."""
    with aws_home(tmp_path_factory.mktemp("invited"), Schools="invited") as home:
        yield home


@pytest.fixture
def parties(home: AwsHome) -> Iterator[PartyFactory]:
    with party_factory(home) as parties:
        yield parties


def do(home: AwsHome, kind: str, act: str, email: str = "", sure: str = "") -> str | None:
    """An operator's command; why it was not done."""
    return run(local.EmulatorSession(home.address), "uconnect", kind, act, email, sure=sure)


def audit_log(home: AwsHome, *, schools_too: bool = False) -> list[tuple[str, str]]:
    """What operators did, to whom; with `schools_too` what schools did as well."""
    dynamodb = local.EmulatorSession(home.address).client("dynamodb")
    requests = {"KeyConditionExpression": "PK = :b", "ExpressionAttributeValues": {":b": {"S": items.AUDIT_LOG}}}
    (table,) = dynamodb.list_tables()["TableNames"]
    acts = dynamodb.query(TableName=table, **requests)["Items"]
    assert "@" not in repr(acts), "whom it concerned is not known by it once they are erased"
    return [(it["what"]["S"], it["party"]["S"]) for it in acts if schools_too or "by" not in it]


def invited(home: AwsHome, parties: PartyFactory) -> Caller:
    """A school that came by an invitation."""
    email = address()
    assert do(home, "school", "invite", email) is None
    return parties.enter(Kind.SCHOOL, email)


def test_who_was_invited_is_written_to_and_comes_in_as_a_school(home: AwsHome, parties: PartyFactory) -> None:
    email = address()
    assert do(home, "school", "invite", email) is None
    (letter,) = home.mail(email, least=1)
    assert f"client_id={home.outputs['SchoolClient']}" in letter
    assert parties.enter(Kind.SCHOOL, email).me["kind"] == "school"
    assert audit_log(home)[-1] == ("invite a school", "")


def test_who_was_not_invited_is_told_so(parties: PartyFactory) -> None:
    assert parties.before_sign_in(Kind.SCHOOL).refused("GET /api/me") == "schools_invited_only"


def test_an_address_that_is_somebody_already_is_not_invited(home: AwsHome, parties: PartyFactory) -> None:
    email, before = parties.user().party.email, audit_log(home)
    assert do(home, "school", "invite", email) == "This address already has an account. Use another address."
    assert audit_log(home) == before


def test_a_school_is_closed_at_once_and_its_workers_and_threads_with_it(
    home: AwsHome, parties: PartyFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    school, user = invited(home, parties), parties.user()
    email, worker = school.party.email, parties.worker(school)
    topic = user.ask("POST /api/threads", raising(school.id))["row"]["id"]
    lines, users, before = [school.open(), worker.open()], user.open(), audit_log(home)
    assert do(home, "school", "list") is None
    assert f"{email}  1        1      0" in capsys.readouterr().out
    assert f"SURE={email}" in (do(home, "school", "close", email) or "")
    assert f"<{email}> has 1 worker, 1 open thread raised to it, no open threads that it raised." in (
        capsys.readouterr().out
    )
    assert audit_log(home) == before, "it was asked, and nothing was done"
    assert do(home, "school", "close", email, sure=email) is None
    for line in lines:
        assert line.last_words()[-1] == {"t": "bye", "code": "ended"}
    assert worker.refused("GET /api/me") == "not_invited"
    assert users.hear_until(t="event")[-1]["row"] == user.row(topic)
    assert user.row(topic)["state"] == "terminated"
    assert audit_log(home) == [*before, ("close a school", school.id)]
    assert do(home, "school", "close", email, sure=email) == f"No school has the address {email}."


def test_a_user_is_closed_and_the_schools_lose_what_it_raised(home: AwsHome, parties: PartyFactory) -> None:
    school, user = invited(home, parties), parties.user()
    user.ask("POST /api/threads", raising(school.id))
    email, id = user.party.email, user.id
    assert do(home, "school", "close", email, sure=email) == f"No school has the address {email}."
    assert do(home, "user", "close", email, sure=email) is None
    assert user.refused("GET /api/me") == "account_ended"
    assert school.threads("received") == []
    assert audit_log(home)[-1] == ("close a user", id)


def test_a_worker_is_closed_and_the_school_loses_it(
    home: AwsHome, parties: PartyFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    school = invited(home, parties)
    worker = parties.worker(school)
    email, id = worker.party.email, worker.id
    assert "1 place. The threads of a worker return to the school" in (do(home, "user", "close", email) or "")
    assert worker.ask("GET /api/me")["kind"] == "worker"
    assert do(home, "user", "close", email, sure=email) is None
    assert f"1 place of {email} closed." in capsys.readouterr().out
    assert worker.refused("GET /api/me") == "not_invited", "a removed worker may be invited again"
    assert school.ask("GET /api/workers")["workers"] == []
    assert audit_log(home)[-1] == ("close a worker", id)
    assert do(home, "user", "close", email, sure=email) == f"No user has the address {email}."


def test_the_audit_log_is_shown_once_it_is_whole_and_a_changed_act_is_named(
    home: AwsHome, capsys: pytest.CaptureFixture[str]
) -> None:
    assert do(home, "school", "invite", address()) is None
    assert do(home, "school", "invite", address()) is None
    count = len(audit_log(home, schools_too=True))
    capsys.readouterr()
    assert do(home, "audit", "show") is None
    *shown, end = capsys.readouterr().out.splitlines()
    assert len(shown) == count
    assert shown[-1].startswith(f"{count:>6}  20")
    assert shown[-1].endswith("  invite a school")
    assert end.startswith(f"The audit log is whole: {count} acts. ")
    dynamodb = local.EmulatorSession(home.address).client("dynamodb")
    (table,) = dynamodb.list_tables()["TableNames"]
    key = {"PK": {"S": items.AUDIT_LOG}, "SK": {"S": f"{count - 1:015d}"}}
    kept = dynamodb.get_item(TableName=table, Key=key)["Item"]
    try:
        dynamodb.put_item(TableName=table, Item=kept | {"what": {"S": "nothing"}})
        told = do(home, "audit", "show") or ""
        assert told.startswith(f"Act {count - 1} was changed, or it is not in its place.")
        dynamodb.delete_item(TableName=table, Key=key)
        assert (do(home, "audit", "show") or "").startswith(f"Act {count - 1} was removed")
    finally:
        dynamodb.put_item(TableName=table, Item=kept)


@pytest.mark.parametrize("words", [("user", "list"), ("user", "invite"), ("worker", "close"), ("school", "")])
def test_what_there_is_not_is_told_with_what_there_is(words: tuple[str, str], home: AwsHome) -> None:
    assert (
        do(home, *words)
        == "The commands are school invite, school list, school close, user close, jobs list, jobs retry, audit show."
    )


def test_a_name_cannot_move_the_cursor_of_whoever_reads_the_list() -> None:
    school = {"name": "Law\x1b[2J\u202e", "email": "l@x", "workers": 0, "asked": 2, "raised": 1}
    assert admin._table([school]).endswith("Law[2J  l@x      0        2      1")


def test_what_cannot_be_put_into_the_book_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage("dynamodb") as home:
        assert isinstance(home.store, DynamoStore)
        written = items.audited_act(following(None, 1, 0, AuditedAct("invite a school")))
        monkeypatch.setattr(items, "audited_act", lambda *_: written)
        operator = Admin(home.store, lambda _: None)
        assert answer(operator, {"act": "invite", "email": "law@example.org"}) == {"accounts": []}
        with pytest.raises(Unavailable):
            answer(operator, {"act": "invite", "email": "art@example.org"})
        assert home.one(AddressKey("law@example.org"))
        assert home.one(AddressKey("art@example.org")) is None


def health(parties: PartyFactory, status: str) -> Any:
    """What is answered once it has this status: a process looks seldom."""
    return poll(lambda: parties.http.get("/api/health").json(), lambda it: it["status"] == status, what=status)


def test_a_job_that_nobody_can_read_keeps_no_other_waiting_and_the_operator_sees_it(
    home: AwsHome, parties: PartyFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    dynamodb = local.EmulatorSession(home.address).client("dynamodb")
    (table,) = dynamodb.list_tables()["TableNames"]
    kept = '{"id":"poison","due":1,"task":{"type":"of_a_later_release"}}'
    job = {"b": {"S": kept}, "v": {"S": "stamp"}, "i": {"S": f"{items.due_order(1)}poison"}}
    dynamodb.put_item(TableName=table, Item=items.item_key(JobKey("poison")).item | job)
    email = address()
    assert do(home, "school", "invite", email) is None
    assert home.mail(email, least=1), "which the queue hands over"
    invoke = local.EmulatorSession(home.address).client("lambda").invoke
    assert "FunctionError" not in invoke(FunctionName=home.outputs["JobsFunction"], Payload=b"{}")  # each minute
    assert health(parties, "warn") == {"serves": True, "status": "warn", "reasons": ["jobs_set_aside"]}
    capsys.readouterr()
    assert do(home, "jobs", "list") is None
    assert capsys.readouterr().out == "poison  unreadable  tried no times\n1 job set aside.\n"
    assert do(home, "jobs", "retry") is None
    assert "1 job will run again within a minute." in capsys.readouterr().out
    dynamodb.delete_item(TableName=table, Key=items.item_key(JobKey("poison")).item)
    assert health(parties, "pass") == {"serves": True, "status": "pass", "reasons": []}
