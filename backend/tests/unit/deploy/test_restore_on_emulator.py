"""The drill of a restore on AWS: restore, delete again, point, check. The emulator restores what is there right now.

So a test begins the restore, then people delete and write, and the command that is run again continues with it: as
DynamoDB does for a moment of the past.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from deploy import lifecycle, local, restore, stack, transfer
from deploy.stack import Failed

from tests.api.aws_home import AwsHome, aws_home
from tests.api.caller import Caller
from tests.api.party_factory import PartyFactory, party_factory, raising
from tests.support.polling import poll
from tests.support.stores import fresh
from uconnect.adapters.clock import new_context
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.dynamodb.table import Table
from uconnect.adapters.sqlite.erasures import Erased

pytestmark = pytest.mark.xdist_group("stack")
AT = datetime.now(UTC).replace(microsecond=0)
require_within = restore._require_within
TARGET = f"uconnect-restored-{AT:%Y%m%dT%H%M%SZ}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsHome]:
    with aws_home(tmp_path_factory.mktemp("restored")) as home:
        yield home


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the pause. The emulator's table has no past, and it reads no point-in-time recovery from the template."""
    monkeypatch.setattr(restore, "PAUSE", 0.0)
    monkeypatch.setattr(restore, "_require_within", lambda *_: None)


@pytest.fixture
def parties(home: AwsHome) -> Iterator[PartyFactory]:
    with party_factory(home) as parties:
        yield parties


def begin(home: AwsHome, target: str = TARGET) -> local.EmulatorSession:
    """DynamoDB's own part of a restore."""
    aws = local.EmulatorSession(home.address)
    restore._make_table(aws, table_of(aws), target, AT)
    return aws


def table_of(aws: local.EmulatorSession) -> str:
    """The table that the stack uses."""
    return stack.outputs(aws.client("cloudformation"), "uconnect")["Table"]


def write(caller: Caller, topic: str, text: str) -> None:
    caller.ask(f"POST /api/threads/{topic}/messages", {"key": fresh(), "text": text})


def texts(caller: Caller, topic: str) -> list[str]:
    return [it.get("text", "") for it in caller.ask(f"GET /api/threads/{topic}/log")["entries"]]


@pytest.fixture
def desired(monkeypatch: pytest.MonkeyPatch) -> list[lifecycle.DesiredStack]:
    """How the stack was to be, each time that it was changed."""
    found: list[lifecycle.DesiredStack] = []
    change = lifecycle.change

    def changed(cloudformation: Any, stack: lifecycle.Found, desired: lifecycle.DesiredStack) -> lifecycle.Found:
        found.append(desired)
        return change(cloudformation, stack, desired)

    monkeypatch.setattr(lifecycle, "change", changed)
    return found


def test_a_stack_goes_back_and_what_was_deleted_since_stays_deleted(
    home: AwsHome,
    parties: PartyFactory,
    desired: list[lifecycle.DesiredStack],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    school, user, leaver = parties.school(), parties.user(), parties.user()
    worker, dismissed = parties.worker(school), parties.worker(school)
    removed = dismissed.id
    kept = user.ask("POST /api/threads", raising(school.id))["row"]["id"]
    deleted = user.ask("POST /api/threads", raising(school.id))["row"]["id"]
    left = leaver.ask("POST /api/threads", raising(school.id))["row"]["id"]
    home.wait_until_told()
    aws = begin(home)
    before = home.outputs["Table"]

    write(user, kept, "written after the moment")
    user.ask(f"POST /api/threads/{deleted}/terminate")
    user.ask(f"DELETE /api/threads/{deleted}")
    leaver.ask(f"POST /api/threads/{left}/terminate")
    leaver.ask("DELETE /api/me")
    school.ask(f"DELETE /api/workers/{removed}")
    since = user.ask("POST /api/threads", raising(school.id))["row"]["id"]
    now = Table(aws.client("dynamodb"), before)
    poll(lambda: restore._living(now)[0], lambda it: len(it) == 2, what="what was deleted is gone")

    with pytest.raises(Failed, match="Nothing was changed"):
        restore.restore(aws, "uconnect", AT.isoformat(), sure=False)
    assert user.ask("GET /api/me")["kind"] == "user", "it is open again, with the table it had"
    said = capsys.readouterr().out
    assert "Deleted since, and deleted again now: " in said
    assert "add SURE=yes" in said

    point = restore._point
    monkeypatch.setattr(restore, "_point", interrupt)
    with pytest.raises(RuntimeError):
        restore.restore(aws, "uconnect", AT.isoformat(), sure=True)
    monkeypatch.setattr(restore, "_point", point)
    restore.restore(aws, "uconnect", AT.isoformat(), sure=True)
    assert f"functions use {TARGET}" in capsys.readouterr().out
    require_pointed(aws, before, desired)

    assert "written after the moment" not in texts(user, kept)
    ids = {it["row"]["id"] for it in user.threads("raised")}
    assert kept in ids
    assert not {deleted, since} & ids
    # Which of the two depends on whether their logins are erased already: without one, the pool is asked.
    assert {it.refused("GET /api/me") for it in (leaver, dismissed)} <= {"account_ended", "not_invited"}
    assert worker.ask("GET /api/me")["kind"] == "worker"
    write(user, kept, "written after the restore")
    assert "written after the restore" in texts(user, kept)
    assert is_as_described(aws, TARGET)
    old, new = (restore._living(Table(aws.client("dynamodb"), it))[0] for it in (before, TARGET))
    assert (len(new), len(old - new)) == (1, 1), "the table before still has what was raised since"
    names = [it["id"] for it in school.ask("GET /api/workers")["workers"]]
    assert names == [worker.id]

    capsys.readouterr()
    restore.restore(aws, "uconnect", AT.isoformat(), sure=True)
    assert "Checked: " in capsys.readouterr().out, "run again, it only checks"
    require_signed_out(home, parties)


def require_pointed(aws: local.EmulatorSession, before: str, desired: list[lifecycle.DesiredStack]) -> None:
    outputs = stack.outputs(aws.client("cloudformation"), "uconnect")
    assert (outputs["Table"], outputs["OwnTable"]) == (TARGET, before)
    pointing = {"RestoredTable": TARGET, "Canary": "false"}
    assert [it.parameters for it in desired] == [pointing, {"Canary": "true"}], "no call uses another table than others"


def require_signed_out(home: AwsHome, parties: PartyFactory) -> None:
    """Everybody was signed out, also the session that the tokens of tests are patterned on."""
    with pytest.raises(AssertionError, match="account_ended"):
        parties.user()
    vars(home).pop("_pattern")
    assert parties.user().ask("GET /api/me")["kind"] == "user"


def interrupt(*_: object) -> None:
    raise RuntimeError


def is_as_described(aws: local.EmulatorSession, table: str) -> bool:
    """Whether a restored table has what a restore leaves out."""
    dynamodb: Any = aws.client("dynamodb")
    expiry = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    found = dynamodb.describe_table(TableName=table)["Table"]
    return bool(
        (expiry["TimeToLiveStatus"], expiry["AttributeName"], recovery) == ("ENABLED", "ttl", "ENABLED")
        and found["DeletionProtectionEnabled"]
        and found["LocalSecondaryIndexes"][0]["IndexName"] == "ordered"
    )


def test_what_is_gone_is_found_by_kind_and_deleting_it_twice_does_nothing_more(
    home: AwsHome, parties: PartyFactory
) -> None:
    school, user = parties.school(), parties.user()
    worker = parties.worker(school)
    aws = local.EmulatorSession(home.address)
    threads_before = restore._living(Table(aws.client("dynamodb"), table_of(aws)))[0]
    topic = user.ask("POST /api/threads", raising(school.id))["row"]["id"]
    home.wait_until_told()
    other = f"{TARGET}-again"
    begin(home, other)
    used = table_of(aws)
    dynamodb = aws.client("dynamodb")
    now, restored = Table(dynamodb, used), Table(dynamodb, other)
    assert restore.deleted_since(now, restored) == {}
    ended = {(Erased.PARTY, user.id), (Erased.PARTY, worker.id)}
    (thread,) = restore._living(restored)[0] - threads_before
    user.ask(f"POST /api/threads/{topic}/terminate")
    user.ask(f"DELETE /api/threads/{topic}")
    user.ask("DELETE /api/me")
    school.ask(f"DELETE /api/workers/{worker.id}")
    found = poll(lambda: restore.deleted_since(now, restored), lambda it: len(it) == 3, what="all is deleted")
    assert {*found} == {(Erased.THREAD, thread), *ended}
    store = DynamoStore(dynamodb, other, new_context)
    restore.erase(store, found)
    assert restore.deleted_since(now, restored) == {}
    count = sum(1 for _ in restored.scan("PK"))
    restore.erase(store, found)
    assert sum(1 for _ in restored.scan("PK")) == count


@pytest.mark.parametrize("at", ["", "yesterday", "2026-11-30T10:00:00"])
def test_a_time_without_its_zone_is_refused(at: str) -> None:
    with pytest.raises(Failed, match="Name the time to go back to, with its time zone"):
        restore._time_of(at)


def test_a_time_in_another_zone_is_the_same_time() -> None:
    assert restore._time_of("2026-11-30T11:00:00+01:00") == datetime(2026, 11, 30, 10, tzinfo=UTC)


def test_a_moment_that_dynamodb_does_not_keep_is_refused_in_words() -> None:
    class Kept:
        """A table that can be restored for the last day, if at all."""

        status = "ENABLED"

        def describe_continuous_backups(self, **_: Any) -> Any:
            window = {"EarliestRestorableDateTime": AT - timedelta(days=1), "LatestRestorableDateTime": AT}
            found = {"PointInTimeRecoveryStatus": self.status} | window
            return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": found}}

    require_within(Kept(), "table", AT - timedelta(hours=1))
    with pytest.raises(Failed, match="DynamoDB can go back to a moment between"):
        require_within(Kept(), "table", AT - timedelta(days=2))
    Kept.status = "DISABLED"
    with pytest.raises(Failed, match="has no point-in-time recovery"):
        require_within(Kept(), "table", AT - timedelta(hours=1))


def test_a_stack_of_an_earlier_release_is_updated_first() -> None:
    from tests.support import small_stack  # noqa: PLC0415 - the emulator of all tests is started by it

    name = small_stack.make()
    with pytest.raises(Failed, match=f"Update it first: make deploy STACK={name}"):
        restore.restore(small_stack.session(), name, AT.isoformat(), sure=True)
    assert transfer.Stack(small_stack.session(), name).functions
