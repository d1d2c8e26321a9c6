"""How records lie in DynamoDB's one table: an item a record, and beside some of them rows that lists are read from.

PK and SK place an item, `b` is the record as JSON, `v` the stamp of the commit that wrote it, `i` what the local index
sorts by. A row has no `b` and no `v`: it follows from its record alone and is written with it, so nobody guards it.

A party stands right before its sockets, which `deliveries/gateway.py` keeps, and `over` is set once it is none of us:
so one query tells who may still be told something, and where.

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
| todo | O | O#id | due#id |
| row of the directory | D | name, id | |
| what the operator did, kept for ever | B | time, chance | |

An inbox is sorted by the hour of the last activity, so a send writes two items and, once an hour, the rows as well.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from uconnect.core import keys, model
from uconnect.core.facts import Moment
from uconnect.core.keys import Key, Shelf, key_of
from uconnect.core.rules import may_act, takes_threads
from uconnect.core.terms import State
from uconnect.stores import bodies
from uconnect.stores.stand_ins import STAND_INS, nobody_on

Item = dict[str, dict[str, str]]

INDEX = "ordered"
HOUR = 3_600_000  # ms
NAMED = 200  # code points of a school's name in the directory's key, which holds 1,024 bytes; longer ones sort by these
DIRECTORY = "D"
BOOK = "B"
TODOS = "O"
# What hangs on a thread or a party lies between these: not a head or a party itself, nor its sockets and shelves.
HANGING: dict[type[Key[Any]], tuple[str, str]] = {keys.ThreadKey: ("M", "T"), keys.PartyKey: ("H", "S")}


class Place(NamedTuple):
    pk: str
    sk: str

    @property
    def item(self) -> Item:
        return {"PK": {"S": self.pk}, "SK": {"S": self.sk}}


class Row(NamedTuple):
    """One record's line in a list."""

    place: Place
    order: str | None = None

    @property
    def item(self) -> Item:
        return self.place.item | ({"i": {"S": self.order}} if self.order else {})


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


def place(key: Key[Any]) -> Place:
    """Where the record of a key lies. No two keys share a place."""
    match key:
        case keys.PartyKey(id):
            return Place(f"A#{id}", "A")
        case keys.OwnerEndedKey(party):
            return Place(f"A#{party}", "Z")
        case keys.HandleKey(viewer, id):
            return Place(f"A#{viewer}", f"H#{id}")
        case keys.ReceiptKey(party, name):
            return Place(f"A#{party}", f"R#{name}")
        case keys.PaceKey(party, what):
            return Place(f"A#{party}", f"Q#{what}")
        case keys.ThreadKey(id):
            return Place(f"T#{id}", "H")
        case keys.EntryKey(thread, seq):
            return Place(f"T#{thread}", entry(seq))
        case keys.AsideKey(thread, seq):
            return Place(f"T#{thread}", aside(seq))
        case keys.PlacementKey(thread, worker):
            return Place(f"T#{thread}", f"P#{worker}")
        case keys.PresenceKey(thread, side):
            return Place(f"T#{thread}", f"S#{side}")
        case keys.AddressKey(email):
            return Place(f"E#{email}", "E")
        case keys.LoginKey(issuer, subject):
            return Place(f"L#{subject}", issuer)
        case keys.TicketKey(hashed):
            return Place(f"K#{hashed}", "K")
        case keys.PictureKey(id):
            return Place(f"I#{id}", "I")
        case keys.TodoKey(id):
            return Place(TODOS, f"O#{id}")
    raise TypeError(key)


def entry(seq: int) -> str:
    """Where an entry stands in its thread; `entry(0)` comes before the log."""
    return f"M#{seq:012d}"


def aside(seq: int) -> str:
    """Where something stands beside a thread's log."""
    return f"N#{seq:012d}"


def sent(key: keys.SentKey) -> str:
    return f"{key.author}#{key.key}"


def due(at: int) -> str:
    """What todos due at a time are sorted by, before their ids."""
    return f"{at:015d}#"


def on_shelf(shelf: Shelf, at: int | None = None) -> str:
    """What a shelf's threads of an hour are sorted by; without a time, what all of them begin with."""
    return f"{shelf}#" + (f"{at // HOUR:09d}" if at is not None else "")


def shelved(shelf: Shelf, state: State) -> str:
    return f"T#{shelf}#{state}#"


def listed_school(name: str, id: str) -> str:
    # NUL comes before every character of a name, so "Art" stands before "Art and Music", as it does elsewhere.
    return f"{name[:NAMED]}\0{id}"


def place_of(item: Item) -> Place:
    return Place(item["PK"]["S"], item["SK"]["S"])


def id_in(row: Item) -> str:
    """The id of the record that a row is about."""
    return row["SK"]["S"].rpartition("\0")[2].rpartition("#")[2]


def job_in(row: Item) -> str:
    """The id of a job, whatever is in it: a row that somebody else wrote must not hide from us."""
    return row["SK"]["S"].removeprefix("O#")


def is_on(thread: model.Thread, party: str, shelf: Shelf) -> bool:
    seat = {Shelf.RAISED: thread.raiser, Shelf.RECEIVED: thread.school, Shelf.HANDLED: thread.worker}[shelf]
    return seat is not None and seat.party == party


def rows(record: model.AnyRecord | None) -> frozenset[Row]:
    """The rows a record has in lists: what it had and no longer has is deleted when it changes."""
    match record:
        case model.Thread():
            worker = record.worker.party if record.worker else nobody_on(record)
            seats = {Shelf.RAISED: record.raiser.party, Shelf.RECEIVED: record.school.party, Shelf.HANDLED: worker}
            # Where nobody sits, the row lies where nobody looks: a commit that takes one item less is quicker, and
            # would tell a raiser that no worker has the thread, or a worker that its owner has gone.
            return frozenset(
                Row(
                    Place(f"A#{party or record.id}", shelved(shelf, record.state) + record.id),
                    on_shelf(shelf, record.at),
                )
                for shelf, party in seats.items()
            )
        case model.School() if takes_threads(record):
            return frozenset({Row(Place(DIRECTORY, listed_school(record.name.lower(), record.id)))})
    return frozenset()


def item(record: model.AnyRecord, stamp: str) -> Item:
    """The item a record is kept as."""
    body = {"v": {"S": stamp}, "b": {"S": bodies.body(record)}}
    return place(key_of(record)).item | body | _aside(record)


def act(at: Moment, what: str, party: str) -> Item:
    """The item an operator's act is kept as. Whom it concerns is empty for an invitation: an address is nobody yet."""
    placed = Place(BOOK, f"{at.now:015d}#{at.fresh()}").item
    return placed | {"at": {"N": str(at.now // 1000)}, "what": {"S": what}, "party": {"S": party}}


def _aside(record: model.AnyRecord) -> Item:
    match record:
        case model.School() | model.Worker() | model.User() if not may_act(record):
            return {"over": {"S": "over"}}
        case model.Message():
            return {"i": {"S": f"{record.author}#{record.key}"}}
        case model.Todo() | model.UnreadableJob():
            return {"i": {"S": due(record.due) + record.id}}
        case model.Ticket():
            return {"ttl": {"N": str(record.expires // 1000 + 1)}}
    return {}


def record(key: type[Key[Any]], item: Item) -> Any:
    """The record that an item found under a key of this type holds."""
    if key is keys.TodoKey:
        return bodies.job(job_in(item), int(item["i"]["S"].partition("#")[0]), item.get("b", {}).get("S", ""))
    return DECODE[key](item["b"]["S"])


def found(key: type[Key[Any]], item: Item | None) -> Any:
    """The record that was found under a key of this type, None if there is no item."""
    if item is not None:
        return record(key, item)
    if key in STAND_INS:
        DECODE[key](STAND_INS[key])  # equal work: leak 22
    return None


DECODE: dict[type[Key[Any]], Callable[[str], Any]] = {
    key: msgspec.json.Decoder(kind).decode
    for key, kind in (
        (keys.PartyKey, model.Party),
        (keys.OwnerEndedKey, model.OwnerEnded),
        (keys.AddressKey, model.Address),
        (keys.LoginKey, model.Login),
        (keys.ThreadKey, model.Thread),
        (keys.HandleKey, model.Handle),
        (keys.PlacementKey, model.Placement),
        (keys.PresenceKey, model.Presence),
        (keys.EntryKey, model.Entry),
        (keys.AsideKey, model.Aside),
        (keys.PictureKey, model.Picture),
        (keys.ReceiptKey, model.Receipt),
        (keys.PaceKey, model.Pace),
        (keys.TicketKey, model.Ticket),
    )
}
