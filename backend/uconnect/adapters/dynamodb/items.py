"""How records lie in DynamoDB's one table: an item for each record, and rows beside some of them, for lists.

PK and SK place an item, `b` is the record as JSON, `v` the stamp of the commit that wrote it, `i` what the local index
sorts by. A row has no `b` and no `v`: it follows from its record alone and is written with it, so nobody guards it.

The places follow from the registry (`domain/records.py`):

| item | PK | SK | i |
|---|---|---|---|
| a record that its parent erases | parent#id | child#table#rest of the key | |
| of these a message | thread#id | child#entry#seq | author#key |
| and a reference with a snooze | party#id | child#thread_reference#id | when it ends |
| a job | job#number of its shard | job#id | due#id |
| every other record | table#last of the key | table#rest of the key | |
| row of a mailbox | party#id | mailbox#name#state#raised#thread | name#hour; name.ended#hour |
| row of an open thread's turn | turn#school | turn#raised#thread | turn#status#worker#since#thread#policy |
| counts of threads, a shard of them | party#id | count#what#shard | |
| count of a thread that no worker has, always 0 | thread#id | child#count#what | |
| row of the directory | directory | name, id | |
| row for each text that a school is found by | directory_search | text, id | |
| what operators and schools did, kept for ever | audit_log | number | |
| the same, as a school sees it | audit_log#school | number in its view | |

A party is stored right before its sockets (`party`, then `party#connection`), which `adapters/realtime/api_gateway.py`
writes, and `over` is set once its account has ended. So one query says where a party may still be sent something.

A mailbox is sorted by the hour of the last activity, so a send writes two items and, once an hour, the rows as well.
The first message after the other side's also writes the row of the turn and a count (`counts.py`).
The head of a thread has `c` once the thread has these rows and is counted. A head that an earlier release wrote has
none (`uncounted.py`).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from zlib import crc32

from msgspec.structs import astuple, replace

from uconnect.adapters.stand_ins import STAND_INS
from uconnect.application.audit import Act
from uconnect.domain import keys, models, records, thread_status
from uconnect.domain.enums import State
from uconnect.domain.keys import Key, Mailbox
from uconnect.domain.records import Stored
from uconnect.domain.rules import may_act
from uconnect.domain.school_search import search_texts

Item = dict[str, dict[str, str]]

INDEX = "ordered"
NAMED = 200  # code points of a school's name in the directory's key, which holds 1,024 bytes; longer ones sort by these
DIRECTORY = "directory"
DIRECTORY_SEARCH = "directory_search"
AUDIT_LOG = "audit_log"
JOB = "job"  # what the places of jobs begin with, and the PK that an earlier release kept all of them under
JOB_SHARDS = tuple(f"{JOB}#{number}" for number in range(8))  # the PKs of jobs: see decision 0086
NUMBERS = ("0", "9" * 15)  # the range of an act's SK
TURN = "turn"
ENDED = ".ended"
LATEST = 10**15 - 1  # ms, later than any time: the last number of 15 digits
POLICY_APPLIED = "."
COUNTED_MARK = {"S": "c"}
CHILD = "child#"  # what the places begin with of all that is erased with a thread or a party
CHILDREN_END = "child#~"


class ItemKey(NamedTuple):
    pk: str
    sk: str

    @property
    def item(self) -> Item:
        return {"PK": {"S": self.pk}, "SK": {"S": self.sk}}


ALL_COUNTED = ItemKey("counted", "counted")  # is there once every thread of the table is counted, and has its rows


class Row(NamedTuple):
    """One record's line in a list."""

    item_key: ItemKey
    order: str | None = None

    @property
    def item(self) -> Item:
        return self.item_key.item | ({"i": {"S": self.order}} if self.order else {})


class Turn(NamedTuple):
    """What the row of an open thread's turn says: its keys have all of it."""

    thread: str
    raised: int
    status: str
    worker: str
    since: int
    policy: str


def schema(table: str) -> dict[str, Any]:
    """What CreateTable is asked for. The time to live, on `ttl`, is switched on by itself once the table is there."""
    ordered = {
        "IndexName": INDEX,
        "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "i", "KeyType": "RANGE"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    return {
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK", "i")],
        "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        "LocalSecondaryIndexes": [ordered],
    }


def item_key(key: Key[Any]) -> ItemKey:
    """Where the record of a key lies. No two keys share a place."""
    stored = records.BY_KEY[type(key)]
    fields = [f"{it:012d}" if isinstance(it, int) else str(it) for it in astuple(key)]
    if stored.partition:
        parent = records.BY_KEY[stored.partition].table
        return ItemKey(f"{parent}#{fields[0]}", "#".join((f"{CHILD}{stored.table}", *fields[1:])))
    if isinstance(key, keys.JobKey):
        return ItemKey(job_shard(key.id), "#".join((stored.table, *fields)))
    return ItemKey(f"{stored.table}#{fields[-1]}", "#".join((stored.table, *fields[:-1])))


def job_shard(id: str) -> str:
    """The PK of a job. They are spread, for each raise writes one, and one PK takes 1,000 write units a second."""
    return JOB_SHARDS[crc32(id.encode("utf-8", "surrogatepass")) % len(JOB_SHARDS)]


def numbers_end(stored: Stored) -> str:
    """A place after all that a thread has of one type of record."""
    return f"{CHILD}{stored.table}#~"


def is_of(key: type[Key[Any]], item: Item) -> bool:
    """Whether a child's item is one that keys of this type find."""
    return item["SK"]["S"].startswith(f"{CHILD}{records.BY_KEY[key].table}#")


def sent_order(key: keys.SentMessageKey | keys.SentCountKey) -> str:
    return f"{key.author}#{key.key}"


def due_order(at: int) -> str:
    """What jobs due at a time are sorted by, before their ids."""
    return f"{at:015d}#"


def snooze_order(until: int) -> str:
    """What references with a snooze are sorted by, before all rows of mailboxes, which begin with a letter."""
    return f"{until:015d}"


def mailbox_order(mailbox: Mailbox, at: int, state: State = State.OPEN) -> str:
    """What the threads of one hour in a mailbox are sorted by: the open ones apart from those that have ended."""
    return f"{mailbox}{'' if state is State.OPEN else ENDED}#{at // records.HOUR:09d}"


def hour_in(row: Item) -> str:
    """The hour of the last activity, in the row of a mailbox."""
    return row["i"]["S"].rpartition("#")[2]


def mailbox_prefix(mailbox: Mailbox, state: State) -> str:
    return f"mailbox#{mailbox}#{state}#"


def raised_place(raised: int, id: str) -> str:
    """What the rows of a mailbox are sorted by after their prefix."""
    return f"{_time(raised)}#{id}"


def turn_prefix(status: str, worker: str | None = None) -> str:
    """What the turns of one status are sorted by, or those of one worker; the worker is empty where a school has it."""
    return f"{TURN}#{status}#" + ("" if worker is None else f"{worker}#")


def turn_place(since: int, id: str) -> str:
    """What they are sorted by after that: who has waited longest comes first."""
    return f"{_time(since)}#{id}#"


def turn_in(row: Item) -> Turn:
    """The turn that a row tells of."""
    _, raised, id = row["SK"]["S"].split("#")
    _, status, worker, since, _, policy = row["i"]["S"].split("#")
    return Turn(id, int(raised), status, worker, int(since), policy)


def _time(at: int) -> str:
    return f"{min(at, LATEST):015d}"


def directory_key(name: str, id: str) -> str:
    # NUL comes before every character of a name, so "Art" stands before "Art and Music", as it does elsewhere.
    return f"{name[:NAMED]}\0{id}"


def item_key_of(item: Item) -> ItemKey:
    return ItemKey(item["PK"]["S"], item["SK"]["S"])


def id_in(row: Item) -> str:
    """The id of the record that a row is about."""
    return row["SK"]["S"].rpartition("\0")[2].rpartition("#")[2]


def is_ended(row: Item) -> bool:
    """Whether the row of a mailbox is one of a thread that has ended."""
    return row["SK"]["S"].split("#")[2] == State.TERMINATED


def is_job(item_key: ItemKey) -> bool:
    """Whether a job lies here, also one that an earlier release wrote."""
    return item_key.pk == JOB or item_key.pk in JOB_SHARDS


def job_in(row: Item) -> str:
    """The id of a job, whatever is in it: a row that somebody else wrote must not hide from us."""
    return row["SK"]["S"].removeprefix(f"{JOB}#")


def is_in_mailbox(thread: models.Thread, party: str, mailbox: Mailbox) -> bool:
    participant = {Mailbox.RAISED: thread.raiser, Mailbox.RECEIVED: thread.school, Mailbox.HANDLED: thread.worker}[
        mailbox
    ]
    return participant is not None and participant.party == party


def rows(record: models.Record | None) -> frozenset[Row]:
    """The rows a record has in lists: what it had and no longer has is deleted when it changes."""
    match record:
        case models.Thread():
            status = thread_status.thread_status(record)
            turn = {Row(turn_key(record), _turn_order(record, status))} if status else set()
            return frozenset(turn | set(_mailbox_rows(record, raised_place(record.since, record.id))))
        case models.School() if (name := records.directory_name(record)) is not None:
            texts = search_texts(record.name, record.about)
            found_by = (Row(ItemKey(DIRECTORY_SEARCH, directory_key(it, record.id))) for it in texts)
            return frozenset({Row(ItemKey(DIRECTORY, directory_key(name, record.id))), *found_by})
    return frozenset()


def earlier_rows(thread: models.Thread) -> frozenset[Row]:
    """The rows that an earlier release wrote of a thread."""
    return frozenset(_mailbox_rows(thread, thread.id))


def _mailbox_rows(thread: models.Thread, place: str) -> Iterator[Row]:
    parties = {
        Mailbox.RAISED: thread.raiser.party,
        Mailbox.RECEIVED: thread.school.party,
        Mailbox.HANDLED: records.handling_party(thread),
    }
    for mailbox, party in parties.items():
        # A place that nobody has gets a row too, where nobody looks: a commit of one item less is quicker, and
        # would tell a raiser that no worker has the thread, or a worker that its owner has gone (equal work).
        key = ItemKey(f"party#{party or thread.id}", mailbox_prefix(mailbox, thread.state) + place)
        yield Row(key, mailbox_order(mailbox, thread.at, thread.state))


def turn_key(thread: models.Thread) -> ItemKey:
    """Where the row of a thread's turn lies while it is open. It never moves, until the owner's account has ended."""
    return ItemKey(turns_of(thread.school.party), f"{TURN}#{raised_place(thread.since, thread.id)}")


def turns_of(school: str) -> str:
    """The PK of a school's turns. It is not the school's own: what a raise writes would be too much for one PK."""
    return f"{TURN}#{school}"


def rows_of_turn(thread: models.Thread, turn: Item) -> frozenset[Row]:
    """The rows that this release has written of a thread, by the row of its turn: an earlier one knows none of them."""
    told = turn_in(turn)
    worker = models.Assignee(party=told.worker, id="", alias="") if told.worker else None
    was = replace(thread, state=State.OPEN, worker=worker, policy_applied=bool(told.policy))
    return rows(was)


def _turn_order(thread: models.Thread, status: str) -> str:
    worker = thread.worker.party if thread.worker else ""
    place = turn_place(thread_status.turn_since(thread), thread.id)
    # equal work: leak 30. The job of a raise changes this row too, whether or not it gives the thread to a worker.
    return turn_prefix(status, worker) + place + POLICY_APPLIED * thread.policy_applied


def item(record: models.Record, stamp: str) -> Item:
    """The item a record is kept as."""
    stored = records.of(record)
    key = stored.key_of(record)
    kept = item_key(key).item | {"v": {"S": stamp}, "b": {"S": records.encode(record)}}
    if isinstance(record, models.Party) and not may_act(record):
        kept["over"] = {"S": "over"}
    if isinstance(record, models.Thread):
        kept["c"] = COUNTED_MARK
    if stored.expires:
        kept["ttl"] = {"N": str(getattr(record, stored.expires) // 1000 + 1)}
    if order := _order(stored, key, record):
        kept["i"] = {"S": order}
    return kept


def _order(stored: Stored, key: Key[Any], record: models.Record) -> str | None:
    """What the local index sorts a record by: the columns of its index that are not the partition."""
    index = stored.local_index
    if index is None:
        return None
    found = records.named(stored, key, record)
    beside = stored.parents[stored.partition] if stored.partition else ""
    values = [found[it] for it in index.columns if it != beside]
    return None if None in values else "#".join(f"{it:015d}" if isinstance(it, int) else it for it in values)


def audited_act(act: Act) -> Item:
    """The item an act of the audit log is kept as."""
    fields = {"at": {"N": str(act.at)}, "what": {"S": act.what}, "party": {"S": act.whom}, "hash": {"S": act.hash}}
    fields |= {"by": {"S": act.by}} if act.by else {}
    return ItemKey(AUDIT_LOG, act_place(act.number)).item | fields


def act_in(item: Item) -> Act:
    """The act of the audit log that an item holds."""
    texts = item["what"]["S"], item["party"]["S"], item["hash"]["S"]
    return Act(int(item["SK"]["S"]), int(item["at"]["N"]), *texts, item["by"]["S"] if "by" in item else "")


def school_act(school: str, number: int, act: Act) -> Item:
    """The item an act is kept as in the view of a school. It has nothing of the log's own numbers."""
    fields = {"at": {"N": str(act.at)}, "what": {"S": act.what}, "party": {"S": act.whom}}
    fields |= {"by": {"S": act.by}} if act.by else {}
    return ItemKey(acts_of(school), act_place(number)).item | fields


def school_act_in(item: Item) -> models.SchoolAct:
    """The act that an item of a school's view holds."""
    by, at = item["by"]["S"] if "by" in item else "", int(item["at"]["N"]) * 1000
    return models.SchoolAct(int(item["SK"]["S"]), at, item["what"]["S"], item["party"]["S"], by)


def acts_of(school: str) -> str:
    """The PK of what a school sees of the audit log."""
    return f"{AUDIT_LOG}#{school}"


def act_place(number: int) -> str:
    """The SK of an act."""
    return f"{number:015d}"


def record(key: type[Key[Any]], item: Item) -> Any:
    """The record that an item found under a key of this type holds."""
    if key is keys.JobKey:
        due = int(item["i"]["S"].partition("#")[0])
        return records.read_job(job_in(item), due, item.get("b", {}).get("S", ""))
    return records.BY_KEY[key].decode(item["b"]["S"])


def found(key: type[Key[Any]], item: Item | None) -> Any:
    """The record that was found under a key of this type, None if there is no item."""
    if item is not None:
        return record(key, item)
    if key in STAND_INS:
        records.BY_KEY[key].decode(STAND_INS[key])  # equal work: leak 31
    return None
