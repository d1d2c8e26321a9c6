"""What hung on a thread or a party is erased in steps that may be repeated, and nothing else with it."""

import pytest

from tests.contract.sample_records import message, thread
from tests.support.stores import Home
from uconnect.domain.enums import Side
from uconnect.domain.jobs import FinishClosing, PurgeThread
from uconnect.domain.keys import Key, PartyKey, ThreadKey
from uconnect.domain.models import (
    Address,
    Assignment,
    AssignmentChange,
    IdempotencyRecord,
    Job,
    Login,
    Note,
    RateLimitState,
    Record,
    SavedReply,
    SavedReplyOrder,
    School,
    SideActivity,
    ThreadReference,
    Ticket,
    User,
    Worker,
)
from uconnect.domain.records import key_of

THREADS: tuple[Record, ...] = (
    *(message("t", seq) for seq in range(1, 4)),
    Note(thread="t", seq=1, at=1, author="w", key="k", text="Hm"),
    AssignmentChange(thread="t", seq=2, at=2, worker="w"),
    Assignment(thread="t", worker="w", id="p", alias="Quiet harbour 42"),
    SideActivity(thread="t", side=Side.RAISER),
    SideActivity(thread="t", side=Side.SCHOOL),
    ThreadReference(viewer="w", id="p", thread="t", owner="user"),
)
PARTYS: tuple[Record, ...] = (
    *(ThreadReference(viewer="user", id=f"h{number}", thread=f"t{number}", owner="user") for number in range(4)),
    ThreadReference(viewer="user", id="gone", thread="", owner="user", gone=3),
    *(IdempotencyRecord(party="user", key=f"k{number}", made="m") for number in range(3)),
    IdempotencyRecord(party="user", key="~", made="m"),
    RateLimitState(party="user", what="raise", due=1),
    RateLimitState(party="user", what="ticket", due=1),
    SavedReply(party="user", id="r", folder="", title="T", text="Hello"),
    SavedReply(party="user", id="user", folder="F", title="T", text="Hello"),
    SavedReplyOrder(party="user", replies=("r", "user")),
)
STAYS: tuple[Record, ...] = (
    User(id="user", email="u@x", name="U"),
    User(id="user2", email="u2@x", name="U"),
    Worker(id="w", email="w@x", name="W", school="school", joined=True),
    School(id="school", email="s@x", name="S"),
    Address(email="user", party="user"),
    Login(issuer="i", subject="user", party="user"),
    Ticket(hashed="user", party="user", expires=2 * 10**12),
    thread("t"),
    thread("user", raiser="user", worker="t"),
    message("tt", 1, author="user"),
    message("user", 1, author="user"),
    Note(thread="tt", seq=1, at=1, author="user", key="t", text="t"),
    Assignment(thread="tt", worker="t", id="p", alias="Quiet harbour 42"),
    ThreadReference(viewer="t", id="user", thread="tt", owner="t"),
    ThreadReference(viewer="w", id="other", thread="tt", owner="user"),
    ThreadReference(viewer="user2", id="h", thread="tt", owner="user"),
    IdempotencyRecord(party="user2", key="user", made="user"),
    SavedReply(party="user2", id="user", folder="user", title="T", text="Hello"),
    SavedReplyOrder(party="user2", replies=("user",)),
    RateLimitState(party="user2", what="user", due=1),
    Job(id="user", due=1, task=FinishClosing("user")),
    Job(id="t", due=1, task=PurgeThread("t")),
)


@pytest.mark.parametrize("most", [1, 3, 200])
@pytest.mark.parametrize(
    ("what", "hanging"), [(ThreadKey("t"), THREADS), (PartyKey("user"), PARTYS)], ids=["a thread", "a party"]
)
def test_it_takes_what_hangs_there_and_nothing_else(
    home: Home, what: ThreadKey | PartyKey, hanging: tuple[Record, ...], most: int
) -> None:
    home.keep(*THREADS, *STAYS)
    home.keep(*PARTYS)
    steps = 1
    while not home.store.purge(what, most):
        assert steps <= len(hanging)
        steps += 1
    assert steps >= len(hanging) // most / 2
    gone = {key_of(record) for record in hanging}
    body = [record for record in (*THREADS, *PARTYS, *STAYS) if home.one(key_of(record)) == record]
    assert body == [record for record in (*THREADS, *PARTYS, *STAYS) if key_of(record) not in gone]
    assert home.store.purge(what, most)


@pytest.mark.parametrize("what", [ThreadKey("none"), PartyKey("none")])
def test_where_nothing_hangs_it_is_done_at_once(home: Home, what: ThreadKey | PartyKey) -> None:
    assert home.store.purge(what, 5)


def test_what_was_swept_can_be_made_anew(home: Home) -> None:
    """No store remembers that something was there, or was not."""
    home.keep(*PARTYS)
    keys: list[Key[Record]] = [key_of(record) for record in PARTYS]
    assert all(home.one(key) for key in keys)
    assert home.store.purge(PartyKey("user"), 200)
    home.keep(*PARTYS)
    assert [home.one(key) for key in keys] == list(PARTYS)
