"""A stack goes back to how its table was at a moment of the last 35 days, without what people have deleted since.

DynamoDB restores into a new table beside the one in use. What the new table has and the one in use has no longer is
deleted there again (leak 29), and then the functions are pointed at it. Nobody uses the stack from the comparison to
the end, or what is deleted in between would be forgotten. See docs/decisions/0081-a-stack-goes-back-to-a-moment.md.
"""

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from deploy import errors, lifecycle, stack
from deploy.code_bucket import CodeBucket
from deploy.lifecycle import DesiredStack
from deploy.questions import agreed
from deploy.stack import Failed
from deploy.transfer import PAUSE, Stack
from deploy.waiting import looks
from uconnect.adapters.clock import new_context
from uconnect.adapters.dynamodb import items, transfer
from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.adapters.dynamodb.table import Table
from uconnect.adapters.sqlite.erasures import Erased
from uconnect.domain.context import Plan
from uconnect.domain.keys import PartyKey, ThreadKey
from uconnect.entrypoints.backups.restore import ERASE, Known

WORDS = {Erased.THREAD: "threads", Erased.PARTY: "accounts or workers"}
THREADS, PARTIES = items.item_key(ThreadKey("")), items.item_key(PartyKey(""))


def restore(session: Any, name: str, at: str, *, compare: str = "", sure: bool = False) -> None:
    """Go back to a moment, as in 2026-11-30T10:00:00Z. `compare` names another table than the one in use, to find in it
    what was deleted since. Run again after an interruption, it continues. Raises Failed."""
    moment = _time_of(at)
    here, target = Stack(session, name), f"{name}-restored-{moment:%Y%m%dT%H%M%SZ}"
    if transfer.mark_of(here.table) is not None:
        raise Failed(f"An import into {name} is not finished. Run it again first.")
    if here.outputs["Table"] == target:
        here.open()  # it may have been interrupted right before
    else:
        _require_parameter(session, name)
        _make_table(session, here.outputs["Table"], target, moment)
        _finish_table(session, here.outputs["Table"], target)
        print(f"No one can use {name} from now until this is finished.")
        with here.closed():
            time.sleep(PAUSE)  # a function that had begun ends
            _erase_again(session, compare or here.outputs["Table"], target, sure=sure)
            _point(session, name, target)
            here.sign_everybody_out()  # a page that has seen what is not there any more must begin anew
    _check(session, name, target)
    print(
        f"{name} is as it was at {moment:%Y-%m-%d %H:%M:%S} UTC. It uses the table {target}. The table before is kept."
    )


def deleted_since(now: Table, restored: Table) -> Known:
    """What a restored table has, and what the other one has no longer, or has only until its jobs are done."""
    threads, parties = _living(now)
    old_threads, old_parties = _living(restored)
    known = {(Erased.THREAD, id): 0 for id in sorted(old_threads - threads)}
    return known | {(Erased.PARTY, id): 0 for id in sorted(old_parties - parties)}


def erase(store: DynamoStore, known: Known) -> None:
    """Delete what was deleted since, by the use cases that a server's restore uses. May be repeated.

    A party is a worker or has an account: the use case that is not for it does nothing.
    """
    for kind, id in known:
        for each in (Erased.WORKER, Erased.PARTY) if kind is Erased.PARTY else (kind,):
            assert isinstance(store.run(ERASE[each](id)), Plan)


def _living(table: Table) -> tuple[set[str], set[str]]:
    """The ids of the threads, and of the parties that have not ended."""
    threads, parties = set(), set()
    for item in table.scan("PK", "SK", "over"):
        key = items.item_key_of(item)
        if key.sk == THREADS.sk and key.pk.startswith(THREADS.pk):
            threads.add(key.pk.removeprefix(THREADS.pk))
        elif key.sk == PARTIES.sk and key.pk.startswith(PARTIES.pk) and "over" not in item:
            parties.add(key.pk.removeprefix(PARTIES.pk))
    return threads, parties


def _time_of(at: str) -> datetime:
    with suppress(ValueError):
        found = datetime.fromisoformat(at)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    raise Failed("Name the time to go back to, with its time zone: make restore AT=2026-11-30T10:00:00Z")


def _require_parameter(session: Any, name: str) -> None:
    found = stack.find(session.client("cloudformation"), name)
    if "RestoredTable" not in stack.parameters(found or {}):
        raise Failed(f"{name} is of an earlier release. Update it first: make deploy STACK={name}")


def _make_table(session: Any, source: str, target: str, moment: datetime) -> None:
    """Restore into a new table, unless that was begun before, and wait until it can be used: minutes, or hours."""
    dynamodb = session.client("dynamodb")
    if _description(dynamodb, target) is None:
        _require_within(dynamodb, source, moment)
        asked = {"SourceTableName": source, "TargetTableName": target, "RestoreDateTime": moment}
        try:
            dynamodb.restore_table_to_point_in_time(**asked)
        except ClientError as error:
            if errors.is_denied(error):
                raise
            raise Failed(f"DynamoDB does not restore {source}: {error.response['Error'].get('Message')}") from None
    print(f"DynamoDB restores {source} into {target}. This takes minutes, or hours for a large table.", flush=True)
    for _ in looks():
        found = _description(dynamodb, target)
        if found and found["TableStatus"] == "ACTIVE":
            break


def _require_within(dynamodb: Any, source: str, moment: datetime) -> None:
    described = dynamodb.describe_continuous_backups(TableName=source)["ContinuousBackupsDescription"]
    window = described.get("PointInTimeRecoveryDescription", {})
    if window.get("PointInTimeRecoveryStatus") != "ENABLED":
        raise Failed(f"The table {source} has no point-in-time recovery. Turn it on by: make deploy")
    earliest, latest = window.get("EarliestRestorableDateTime"), window.get("LatestRestorableDateTime")
    if earliest and latest and not earliest <= moment <= latest:
        raise Failed(
            f"DynamoDB can go back to a moment between {earliest:%Y-%m-%dT%H:%M:%SZ} and {latest:%Y-%m-%dT%H:%M:%SZ}."
        )


def _finish_table(session: Any, source: str, target: str) -> None:
    """What a restore leaves out (DynamoDB Developer Guide, "Restoring a table to a point in time"): the time to live,
    point-in-time recovery, protection, tags. Each may be repeated."""
    dynamodb = session.client("dynamodb")
    expiry = dynamodb.describe_time_to_live(TableName=target)["TimeToLiveDescription"]
    if expiry["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
        rule = {"AttributeName": "ttl", "Enabled": True}
        dynamodb.update_time_to_live(TableName=target, TimeToLiveSpecification=rule)
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=target, PointInTimeRecoverySpecification=recovery)
    dynamodb.update_table(TableName=target, DeletionProtectionEnabled=True)
    before, after = (_description(dynamodb, it) or {} for it in (source, target))
    tags = dynamodb.list_tags_of_resource(ResourceArn=before["TableArn"])["Tags"]
    if ours := [it for it in tags if not it["Key"].startswith("aws:")]:
        dynamodb.tag_resource(ResourceArn=after["TableArn"], Tags=ours)


def _erase_again(session: Any, now: str, target: str, *, sure: bool) -> None:
    """Raises Failed if the operator does not agree to what is to be deleted."""
    client = session.client("dynamodb")
    print(f"What {target} has is compared with {now}.", flush=True)
    known = deleted_since(Table(client, now), Table(client, target))
    counts = Counter(kind for kind, _ in known)
    found = " and ".join(f"{counts[kind]} {word}" for kind, word in WORDS.items())
    print(f"Deleted since, and deleted again now: {found}.")
    print(
        "If that is more than people can have deleted, the table is damaged: restore it to the moment before the damage"
    )
    print("by hand, and name that table: COMPARE=table. What was written since is not in the restored table.")
    if not agreed(sure=sure):
        raise Failed("Nothing was changed. The restored table is kept, and the stack uses the one it used.")
    erase(DynamoStore(client, target, new_context), known)


def _point(session: Any, name: str, target: str) -> None:
    """Without a canary: two tables would be used beside each other, and calls that a closed stack refuses would raise
    the alarm that takes an update back. Its setting comes back by itself, and sends no call to another version."""
    cloudformation = session.client("cloudformation")
    found = lifecycle.ready(cloudformation, name)
    assert found is not None
    template = CodeBucket(session, name).put_template(lifecycle.template_of(cloudformation, found["StackId"]))
    desired = DesiredStack(template, {"RestoredTable": target, "Canary": "false"}, sure=True)
    now = lifecycle.change(cloudformation, found, desired)
    if (before := stack.parameters(dict(found)).get("Canary", "false")) != "false":
        lifecycle.change(cloudformation, now, DesiredStack(template, {"Canary": before}, sure=True))


def _check(session: Any, name: str, target: str) -> None:
    """Raises Failed unless each function of the stack uses the table, and it can be read."""
    here = Stack(session, name)
    functions = session.client("lambda")
    called = [here.outputs[it] for it in ("HttpFunction", "SocketFunction")]  # by aliases: a version keeps its settings
    for each in (*here.functions, *called):
        variables: Mapping[str, str] = functions.get_function_configuration(FunctionName=each)["Environment"][
            "Variables"
        ]
        if variables["TABLE"] != target:
            raise Failed(f"The function {each} uses the table {variables['TABLE']}. Run make restore again.")
    if stack.parameters(stack.find(session.client("cloudformation"), name) or {}).get("Canary") == "false":
        print("An update is not tried on a few calls first (CANARY=false). To change it: make deploy CANARY=true")
    schools = stack.operate(session, name, act="list")["accounts"]
    print(f"Checked: {len(here.functions)} functions use {target}, and {len(schools)} schools are in it.")


def _description(dynamodb: Any, table: str) -> dict[str, Any] | None:
    try:
        return dict(dynamodb.describe_table(TableName=table)["Table"])
    except ClientError as error:
        if errors.code_of(error) == "ResourceNotFoundException":
            return None
        raise
