"""All data go from a server to AWS and back, and nobody sees a difference; nothing that is half there is ever used."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from deploy import transfer as moving

from tests.support import sizes, small_stack
from tests.support.every_view import EveryView
from tests.support.evidence import Evidence
from tests.support.polling import TIMEOUT
from tests.support.small_stack import make
from tests.support.stores import fresh, keeping
from tests.support.table_check import wrong_rows
from tests.unit.exports.conftest import NOW, views
from uconnect.adapters.dynamodb import items, transfer
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.dynamodb.table import Contended, Table
from uconnect.adapters.sqlite import erasures
from uconnect.adapters.sqlite.moved_logins import moved
from uconnect.application.audit import Act, PlacedAct, checked
from uconnect.application.ports import Unavailable
from uconnect.domain import records
from uconnect.domain.context import Context, Plan
from uconnect.domain.jobs import PurgeThread
from uconnect.domain.models import Job, Thread, User
from uconnect.entrypoints.backups import journal
from uconnect.entrypoints.exports import archive_file, data_export, data_import, records_file
from uconnect.entrypoints.server.settings import Settings

pytestmark = pytest.mark.xdist_group("exports")
SESSION = small_stack.session


def store(name: str) -> DynamoStore:
    return DynamoStore(SESSION().client("dynamodb"), name, lambda: Context(NOW, fresh))


def closed(name: str) -> bool:
    """Whether no function of the stack may begin."""
    functions = moving.Stack(SESSION(), name).functions
    assert functions
    found = [SESSION().client("lambda").get_function(FunctionName=it).get("Concurrency") for it in functions]
    return all(it == {"ReservedConcurrentExecutions": 0} for it in found)


def rows(database: Path) -> dict[str, list[Any]]:
    """All that moves, but for what cannot: passwords, and the subjects that Cognito chooses."""
    tables: tuple[str, ...] = (
        "thread",
        "entry",
        "internal_entry",
        "assignment",
        "thread_reference",
        "side_activity",
        "hidden_words",
    )
    tables += ("picture", "saved_reply", "week_figures", "idempotency_record", "notice_state", "job", "operator_act")
    with closing(sqlite3.connect(database)) as connection:
        found = {it: connection.execute(f"SELECT * FROM {it} ORDER BY 1, 2").fetchall() for it in tables}
        found["who"] = connection.execute(
            "SELECT email, name, verified, suspended > 0 FROM issuer_account ORDER BY email"
        ).fetchall()
        found["logins"] = connection.execute(
            "SELECT email, json_extract(body, '$.party') FROM login JOIN issuer_account USING (subject)"
            " WHERE issuer = 'builtin' ORDER BY email"
        ).fetchall()
    return found


def of(database: Path) -> list[Any]:
    with closing(sqlite3.connect(database)) as connection:
        return list(records_file.all_of(connection))


def kept(found: Iterable[Any]) -> set[str]:
    """The texts of records, and the acts. Logins and owners are left with no subject: Cognito chooses it."""
    plain = (it.act if isinstance(it, PlacedAct) else it for it in moved(found, lambda _, __: ("", "")))
    return {repr(it) if isinstance(it, Act) else records.encode(it) for it in plain}


@pytest.fixture(scope="module")
def there(exported: Path) -> str:
    """A stack with all that was exported."""
    name = make()
    assert moving.import_(SESSION(), name, exported, sure=True) is None
    return name


@pytest.fixture(scope="module")
def large_there(old: Settings, large: Settings, request: pytest.FixtureRequest, tmp_path_factory: Any) -> str:
    """A stack with all that is in the large university."""
    if large is old:
        return str(request.getfixturevalue("there"))
    file, name = tmp_path_factory.mktemp("large") / "all.zip", make(mails="")
    data_export.export(large.database, file)
    assert moving.import_(SESSION(), name, file, sure=True) is None
    return name


@pytest.mark.timeout(3000)
def test_everybody_sees_the_same_on_aws_and_after_the_way_back(
    large: Settings, large_there: str, new: Settings, tmp_path: Path, evidence: Evidence
) -> None:
    before = views(large.database)
    on_aws = EveryView(large.database, one_of=sizes.MOVED_ONE_OF).shown(store(large_there))
    assert len(on_aws) > 60
    assert on_aws == {name: before[name] for name in on_aws}
    assert kept(transfer.read(moving.Stack(SESSION(), large_there).table)) == kept(of(large.database)), (
        "each record, to the byte"
    )
    table = moving.Stack(SESSION(), large_there).outputs["Table"]
    assert wrong_rows(SESSION().client("dynamodb"), table) == [], "each list and each count is right there"
    back = tmp_path / "back.zip"
    assert moving.export(SESSION(), large_there, back, sure=True) is None
    assert back.stat().st_mode & 0o077 == 0
    done = data_import.import_into(new, back, {})
    assert views(new.database) == before
    assert rows(new.database) == rows(large.database)
    assert done.without_password == len(rows(new.database)["who"])
    assert [*checked(store(large_there).acts())], "the audit log is whole there too"
    evidence(24, "questions asked before and after, server to AWS to server", len(before))
    evidence(24, "questions asked on AWS", len(on_aws))


def test_everybody_is_asked_to_choose_a_password(old: Settings, there: str) -> None:
    pool = moving.Stack(SESSION(), there).outputs["Pool"]
    users = SESSION().client("cognito-idp").list_users(UserPoolId=pool)["Users"]
    assert {it["UserStatus"] for it in users} == {"CONFIRMED"}, "only then Cognito sends a code for a new password"
    with closing(sqlite3.connect(old.database)) as connection:
        emails = connection.execute("SELECT email, suspended FROM issuer_account").fetchall()
    assert len(users) == len(emails)
    letters = _letters()
    for email, suspended in emails:
        theirs = [it for it in letters if email in it["To"]]
        assert len(theirs) == (0 if suspended else 1), email
        assert suspended or "https://ask.example/" in theirs[0]["BodyText"]


def _letters() -> list[dict[str, Any]]:
    address = SESSION()._address
    headers = {"authorization": "test"}
    answer = httpx.get(f"{address}/_ministack/ses/messages", headers=headers, timeout=TIMEOUT).json()
    return [it for of_account in answer["messages"].values() for it in of_account]


def test_it_says_what_cannot_move_before_it_begins_and_does_nothing_unless_agreed(
    exported: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    name = make(mails="")
    assert moving.import_(SESSION(), name, exported, sure=False) == "Nothing was imported."
    said = capsys.readouterr().out
    assert "Passwords, sign-ins, keys and links in e-mails that were sent cannot be moved." in said
    assert "people must choose a new password. This stack sends no e-mail" in said
    assert [*moving.Stack(SESSION(), name).table.scan()] == []
    assert not closed(name)
    assert moving.export(SESSION(), name, tmp_path / "all.zip", sure=False) == "Nothing was exported."
    assert not (tmp_path / "all.zip").exists()


def test_a_stack_with_data_is_refused(there: str, exported: Path) -> None:
    before = sorted(map(json.dumps, moving.Stack(SESSION(), there).table.scan()))
    why = moving.import_(SESSION(), there, exported, sure=True)
    assert why is not None
    assert "is not empty" in why
    assert sorted(map(json.dumps, moving.Stack(SESSION(), there).table.scan())) == before
    assert not closed(there)


def test_a_stack_that_somebody_used_while_the_operator_was_asked_is_refused(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = make(mails="")
    stranger = User(id=fresh(), email="soon@example.org", name="Soon")

    def agreed(*, sure: bool) -> bool:
        return isinstance(store(name).run(keeping(stranger)), Plan)

    monkeypatch.setattr(moving, "agreed", agreed)
    assert "is not empty" in str(moving.import_(SESSION(), name, exported, sure=False))
    assert list(transfer.read(moving.Stack(SESSION(), name).table)) == [stranger]
    assert not closed(name)
    assert transfer.mark_of(moving.Stack(SESSION(), name).table) is None


def test_a_stack_that_could_not_be_closed_is_opened_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The right to close one of its functions may be missing."""
    name, close = make(mails=""), moving.Stack.close

    def refused(self: moving.Stack) -> None:
        close(self)
        raise Unavailable

    monkeypatch.setattr(moving.Stack, "close", refused)
    assert "Nothing was exported" in str(moving.export(SESSION(), name, tmp_path / "all.zip", sure=True))
    assert not closed(name)


class Killed(BaseException):
    """As if the process had been killed."""


def test_what_was_deleted_since_the_export_is_deleted_on_aws_too(
    copied: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leak 29: the journal lies beside the archive. So it is if the import is killed and continues."""
    with closing(sqlite3.connect(copied.database)) as connection:
        folder = erasures.ensure_store_id(connection)
        connection.commit()
        (thread,) = connection.execute("SELECT thread FROM entry LIMIT 1").fetchone()
    name, file = make(mails=""), tmp_path / "all.zip"
    data_export.export(copied.database, file)
    assert moving.import_(SESSION(), name, file, sure=False) == "Nothing was imported."
    assert "There is no journal" in capsys.readouterr().out
    journal.append(tmp_path / journal.NAME, [("store", folder, 1), ("thread", thread, 1)])

    def killed(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(moving, "_ask_for_passwords", killed)
        with pytest.raises(Killed):
            moving.import_(SESSION(), name, file, sure=True)
    table = moving.Stack(SESSION(), name).table
    jobs = [it for it in table.scan() if items.is_job(items.item_key_of(it))]
    table.erase([items.item_key_of(it) for it in jobs])  # as if it had been killed before these
    assert moving.import_(SESSION(), name, file, sure=True) is None
    assert "There is no journal" not in capsys.readouterr().out
    found = list(transfer.read(moving.Stack(SESSION(), name).table))
    there = {it.id for it in found if isinstance(it, Thread)}
    assert there
    assert thread not in there
    assert PurgeThread(thread) in [it.task for it in found if isinstance(it, Job)], "what is left of it goes"


def test_a_damaged_archive_touches_nothing(exported: Path, tmp_path: Path) -> None:
    name, damaged = make(mails=""), tmp_path / "cut.zip"
    damaged.write_bytes(exported.read_bytes()[:-100])
    assert "only a part of one" in str(moving.import_(SESSION(), name, damaged, sure=True))
    assert [*moving.Stack(SESSION(), name).table.scan()] == []


def test_a_table_that_is_busy_is_waited_for(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, put_all, busy = make(mails=""), Table.put_all, [3]
    waits: list[int] = []

    def put(self: Table, items: list[Any]) -> None:
        busy[0] -= 1
        if busy[0] > 0 and len(items) > 1:
            raise Contended
        put_all(self, items)

    monkeypatch.setattr(Table, "put_all", put)
    monkeypatch.setattr(Table, "pause", lambda _, attempt: waits.append(attempt))
    assert moving.import_(SESSION(), name, exported, sure=True) is None
    assert waits
    busy[0] = 10**6
    other = make(mails="")
    why = str(moving.import_(SESSION(), other, exported, sure=True))
    assert "run it again" in why
    assert closed(other)


def test_an_import_that_was_killed_keeps_the_stack_closed_and_continues(
    old: Settings, exported: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name, write, groups = make(), transfer.write, list[int]()

    def cut_short(*given: Any) -> Iterator[int]:
        for done in write(*given):
            yield done
            raise Killed

    monkeypatch.setattr(transfer, "GROUP", 100)
    with monkeypatch.context() as patched:
        patched.setattr(transfer, "write", cut_short)
        with pytest.raises(Killed):
            moving.import_(SESSION(), name, exported, sure=True)
    assert closed(name), "nobody may use a half"
    assert transfer.mark_of(moving.Stack(SESSION(), name).table) == (_digest(exported), 100, 0)
    assert "is not finished" in str(moving.export(SESSION(), name, tmp_path / "half.zip", sure=True))

    def counted(*given: Any) -> Iterator[int]:
        for done in write(*given):
            groups.append(done)
            yield done

    monkeypatch.setattr(transfer, "write", counted)
    assert moving.import_(SESSION(), name, exported, sure=True) is None
    assert not closed(name)
    assert groups, "it has continued"
    with closing(sqlite3.connect(old.database)) as connection:
        there = list(transfer.read(moving.Stack(SESSION(), name).table))
        assert len(there) == sum(1 for _ in records_file.all_of(connection))


def _digest(file: Path) -> str:
    return moving._digest(archive_file.read_manifest(file), {})


class FakePool:
    """A pool in which Ann has a password and also came by the university, and Bob came by the university alone."""

    def __init__(self) -> None:
        self.signed_out: list[str] = []

    def list_users(self, **_: Any) -> dict[str, Any]:
        users = [
            ("uni_a", "ann@uni.example", "EXTERNAL_PROVIDER"),
            ("1", "ann@uni.example", "CONFIRMED"),
            ("uni_b", "bob@uni.example", "EXTERNAL_PROVIDER"),
            ("2", "nobody@uni.example", "UNCONFIRMED"),
        ]
        return {"Users": [_user(*it) for it in users]}

    def admin_user_global_sign_out(self, *, UserPoolId: str, Username: str) -> None:  # noqa: N803 - boto3's names
        assert UserPoolId
        self.signed_out.append(Username)


def _user(name: str, email: str, status: str) -> dict[str, Any]:
    verified = "true" if status == "CONFIRMED" else "false"
    said = {"sub": f"sub of {name}", "email": email, "email_verified": verified}
    attributes = [{"Name": name, "Value": value} for name, value in said.items()]
    return {"Username": name, "Enabled": True, "UserStatus": status, "Attributes": attributes}


@pytest.mark.parametrize(("trusted", "verified"), [("email_verified", False), ("always", True)])
def test_who_came_by_the_university_is_one_account_and_signed_out_by_its_own_username(
    trusted: str, verified: bool, there: str
) -> None:
    """An archive has each address once, and Cognito knows a person of another provider by no address."""
    here, pool = moving.Stack(SESSION(), there), FakePool()
    here.cognito, here.parameters = pool, {"IdpVerified": trusted}
    found = [(it.subject, it.email, it.verified) for it in here.accounts()]
    assert found == [("sub of 1", "ann@uni.example", True), ("sub of uni_b", "bob@uni.example", verified)]
    here.sign_everybody_out()
    assert sorted(pool.signed_out) == ["1", "uni_a", "uni_b"]


def test_what_is_written_while_the_table_is_read_is_noticed(there: str) -> None:
    table = moving.Stack(SESSION(), there).table
    reading = transfer.read(table)
    next(reading)
    item = next(it for it in table.scan() if "v" in it)
    table.put_all([item | {"v": {"S": "changed"}}])
    with pytest.raises(transfer.Changed):
        list(reading)
    table.put_all([item])
    assert len(list(transfer.read(table))) > 100


def test_the_real_template_has_what_is_asked_of_a_stack() -> None:
    text = (Path(moving.__file__).with_name("template.yaml")).read_text("utf-8")
    outputs = text.partition("\nOutputs:")[2]
    for name in ("Table", "Pool", "Issuer", "Url", *moving.ORIGINS.values()):
        assert f"\n  {name}: {{" in outputs, name
    assert "\n  MailFrom:" in text.partition("\nResources:")[0]
