"""Maps records to the items of one DynamoDB table, and to the rows that lists are read from.

PK and SK place an item, `b` is the record as JSON, `v` the stamp of the commit that wrote it, `i` what the local index
sorts by. A row has no `b` and no `v`: it follows from its record alone and is written with it, so nobody guards it.

A party is stored right before its sockets, which `adapters/realtime/api_gateway.py` writes, and `over` is set once its
account has ended: so one query says who may still be sent something, and where.

| item | PK | SK | i |
|---|---|---|---|
| party, its sockets | A#party | A, A#connection | |
| handle, receipt, pace | A#party | H#id, R#key, Q#what | |
| mark that an owner has ended | A#party | Z | |
| row of a shelf | A#party | T#shelf#state#thread | shelf#hour |
| head, placement, presence | T#thread | H, P#worker, S#side | |
| entry | T#thread | M#seq | a message's author#key |
| what stands beside the log | T#thread | N#seq | |
| address, login, ticket, picture | E#email, L#subject, K#hash, I#id | E, issuer, K, I | |
| job | O | O#id | due#id |
| row of the directory | D | name, id | |
| what the operator did, kept for ever | B | time, chance | |

An inbox is sorted by the hour of the last activity, so a send writes two items and, once an hour, the rows as well.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from uconnect.adapters import record_bodies
from uconnect.adapters.stand_ins import STAND_INS, nobody_on
from uconnect.domain import keys, models
from uconnect.domain.context import Context
from uconnect.domain.enums import State
from uconnect.domain.keys import Key, Mailbox, key_of
from uconnect.domain.rules import may_act, takes_threads

Item = dict[str, dict[str, str]]

INDEX = "ordered"
HOUR = 3_600_000  # ms
NAMED = 200  # code points of a school's name in the directory's key, which holds 1,024 bytes; longer ones sort by these
DIRECTORY = "D"
AUDIT_LOG = "B"
JOBS = "O"
# What hangs on a thread or a party lies between these: not a head or a party itself, nor its sockets and mailboxes.
CHILD_RANGES: dict[type[Key[Any]], tuple[str, str]] = {keys.ThreadKey: ("M", "T"), keys.PartyKey: ("H", "S")}


class ItemKey(NamedTuple):
    pk: str
    sk: str

    @property
    def item(self) -> Item:
        return {"PK": {"S": self.pk}, "SK": {"S": self.sk}}


class Row(NamedTuple):
    """One record's line in a list."""

    item_key: ItemKey
    order: str | None = None

    @property
    def item(self) -> Item:
        return self.item_key.item | ({"i": {"S": self.order}} if self.order else {})


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
    match key:
        case keys.PartyKey(id):
            return ItemKey(f"A#{id}", "A")
        case keys.OwnerEndedKey(party):
            return ItemKey(f"A#{party}", "Z")
        case keys.ThreadReferenceKey(viewer, id):
            return ItemKey(f"A#{viewer}", f"H#{id}")
        case keys.IdempotencyKey(party, name):
            return ItemKey(f"A#{party}", f"R#{name}")
        case keys.RateLimitKey(party, what):
            return ItemKey(f"A#{party}", f"Q#{what}")
        case keys.ThreadKey(id):
            return ItemKey(f"T#{id}", "H")
        case keys.EntryKey(thread, seq):
            return ItemKey(f"T#{thread}", entry(seq))
        case keys.InternalEntryKey(thread, seq):
            return ItemKey(f"T#{thread}", internal_entry(seq))
        case keys.AssignmentKey(thread, worker):
            return ItemKey(f"T#{thread}", f"P#{worker}")
        case keys.SideActivityKey(thread, side):
            return ItemKey(f"T#{thread}", f"S#{side}")
        case keys.AddressKey(email):
            return ItemKey(f"E#{email}", "E")
        case keys.LoginKey(issuer, subject):
            return ItemKey(f"L#{subject}", issuer)
        case keys.TicketKey(hashed):
            return ItemKey(f"K#{hashed}", "K")
        case keys.PictureKey(id):
            return ItemKey(f"I#{id}", "I")
        case keys.JobKey(id):
            return ItemKey(JOBS, f"O#{id}")
    raise TypeError(key)


def entry(seq: int) -> str:
    """Where an entry stands in its thread; `entry(0)` comes before the log."""
    return f"M#{seq:012d}"


def internal_entry(seq: int) -> str:
    """Where something stands beside a thread's log."""
    return f"N#{seq:012d}"


def sent_order(key: keys.SentMessageKey) -> str:
    return f"{key.author}#{key.key}"


def due_order(at: int) -> str:
    """What jobs due at a time are sorted by, before their ids."""
    return f"{at:015d}#"


def mailbox_order(mailbox: Mailbox, at: int | None = None) -> str:
    """What a mailbox's threads of an hour are sorted by; without a time, what all of them begin with."""
    return f"{mailbox}#" + (f"{at // HOUR:09d}" if at is not None else "")


def mailbox_prefix(mailbox: Mailbox, state: State) -> str:
    return f"T#{mailbox}#{state}#"


def directory_key(name: str, id: str) -> str:
    # NUL comes before every character of a name, so "Art" stands before "Art and Music", as it does elsewhere.
    return f"{name[:NAMED]}\0{id}"


def item_key_of(item: Item) -> ItemKey:
    return ItemKey(item["PK"]["S"], item["SK"]["S"])


def id_in(row: Item) -> str:
    """The id of the record that a row is about."""
    return row["SK"]["S"].rpartition("\0")[2].rpartition("#")[2]


def job_in(row: Item) -> str:
    """The id of a job, whatever is in it: a row that somebody else wrote must not hide from us."""
    return row["SK"]["S"].removeprefix("O#")


def is_in_mailbox(thread: models.Thread, party: str, mailbox: Mailbox) -> bool:
    participant = {Mailbox.RAISED: thread.raiser, Mailbox.RECEIVED: thread.school, Mailbox.HANDLED: thread.worker}[
        mailbox
    ]
    return participant is not None and participant.party == party


def rows(record: models.AnyRecord | None) -> frozenset[Row]:
    """The rows a record has in lists: what it had and no longer has is deleted when it changes."""
    match record:
        case models.Thread():
            worker = record.worker.party if record.worker else nobody_on(record)
            listed_for = {
                Mailbox.RAISED: record.raiser.party,
                Mailbox.RECEIVED: record.school.party,
                Mailbox.HANDLED: worker,
            }
            # Where nobody sits, the row lies where nobody looks: a commit that takes one item less is quicker, and
            # would tell a raiser that no worker has the thread, or a worker that its owner has gone.
            return frozenset(
                Row(
                    ItemKey(f"A#{party or record.id}", mailbox_prefix(mailbox, record.state) + record.id),
                    mailbox_order(mailbox, record.at),
                )
                for mailbox, party in listed_for.items()
            )
        case models.School() if takes_threads(record):
            return frozenset({Row(ItemKey(DIRECTORY, directory_key(record.name.lower(), record.id)))})
    return frozenset()


def item(record: models.AnyRecord, stamp: str) -> Item:
    """The item a record is kept as."""
    body = {"v": {"S": stamp}, "b": {"S": record_bodies.body(record)}}
    return item_key(key_of(record)).item | body | _attributes(record)


def admin_act(at: Context, what: str, party: str) -> Item:
    """The item an operator's act is kept as. Whom it concerns is empty for an invitation: an address is nobody yet."""
    placed = ItemKey(AUDIT_LOG, f"{at.now:015d}#{at.new_id()}").item
    return placed | {"at": {"N": str(at.now // 1000)}, "what": {"S": what}, "party": {"S": party}}


def _attributes(record: models.AnyRecord) -> Item:
    match record:
        case models.School() | models.Worker() | models.User() if not may_act(record):
            return {"over": {"S": "over"}}
        case models.Message():
            return {"i": {"S": f"{record.author}#{record.key}"}}
        case models.Job() | models.UnreadableJob():
            return {"i": {"S": due_order(record.due) + record.id}}
        case models.Ticket():
            return {"ttl": {"N": str(record.expires // 1000 + 1)}}
    return {}


def record(key: type[Key[Any]], item: Item) -> Any:
    """The record that an item found under a key of this type holds."""
    if key is keys.JobKey:
        return record_bodies.job(job_in(item), int(item["i"]["S"].partition("#")[0]), item.get("b", {}).get("S", ""))
    return DECODE[key](item["b"]["S"])


def found(key: type[Key[Any]], item: Item | None) -> Any:
    """The record that was found under a key of this type, None if there is no item."""
    if item is not None:
        return record(key, item)
    if key in STAND_INS:
        DECODE[key](STAND_INS[key])  # equal work: leak 31
    return None


DECODE: dict[type[Key[Any]], Callable[[str], Any]] = {
    key: msgspec.json.Decoder(kind).decode
    for key, kind in (
        (keys.PartyKey, models.Party),
        (keys.OwnerEndedKey, models.OwnerEnded),
        (keys.AddressKey, models.Address),
        (keys.LoginKey, models.Login),
        (keys.ThreadKey, models.Thread),
        (keys.ThreadReferenceKey, models.ThreadReference),
        (keys.AssignmentKey, models.Assignment),
        (keys.SideActivityKey, models.SideActivity),
        (keys.EntryKey, models.Entry),
        (keys.InternalEntryKey, models.InternalEntry),
        (keys.PictureKey, models.Picture),
        (keys.IdempotencyKey, models.IdempotencyRecord),
        (keys.RateLimitKey, models.RateLimitState),
        (keys.TicketKey, models.Ticket),
    )
}
