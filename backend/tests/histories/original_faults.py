"""The faults of the system this one takes the place of, each made anew here: what it let happen, and what notices it.

Facts about it, not its code: it had one list of messages in each thread, and believed what a client said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from tests.histories.fixed_history import Story
from tests.histories.invariants import Differs
from tests.histories.replay import Play
from tests.privacy.worlds.leak_planting import telling
from tests.support.memory_store import MemoryStore
from tests.support.sample_university import ANN, SCHOOL, SampleUniversity, send
from tests.support.stores import Interrupted, fresh
from tests.support.world import World, home
from uconnect.api import websocket
from uconnect.domain import protocol, rules
from uconnect.domain.authorization import load_caller
from uconnect.domain.context import Context
from uconnect.domain.enums import Kind
from uconnect.domain.keys import SchoolsOf, ThreadReferenceKey
from uconnect.domain.models import Message, Thread, ThreadReference
from uconnect.domain.rules import Role
from uconnect.domain.usecases import messages, workers
from uconnect.domain.views import raiser, worker

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Fault:
    """`rule` is its row among the faults of the original; `plant` makes it anew; `notice` raises where it is so."""

    rule: str
    what: str
    plant: Callable[[Patch], None]
    notice: Callable[[], None]

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


# --- what notices: the story of all rules, and three laws of their own


def the_story() -> None:
    """Every rule is leaned on, and after every step all that anybody is sent and shown is looked at."""
    with home("memory") as kept:
        Story(Play(kept)).tell()


def a_sender_is_who_it_is() -> None:
    """Who wrote and when is ours to say: a frame that says it is no frame, and nothing is stored."""
    with home("memory") as kept:
        world = World(kept)
        ann, arts = world.newcomer(Kind.USER, "Ann"), world.newcomer(Kind.SCHOOL, "Arts")
        letter = {"key": "key-of-the-thread", "school": arts, "subject": "A question", "text": "Hello"}
        id = json.decode(world.call(ann, "POST /api/threads", letter).body)["row"]["id"]
        frame = {"t": "send", "key": "key-of-a-message", "id": id, "text": "It is I"}
        for claim in ({"owner": arts}, {"timestamp": 1}):
            heard = websocket.decode_frame(ann, json.encode(frame | claim))
            if isinstance(heard, websocket.Command):
                kept.store.run(heard.use_case)
        log = json.decode(world.call(arts, f"GET /api/threads/{_schools_id(world, arts)}/log").body)["entries"]
        if [it["author"] for it in log] != [ann]:
            raise Differs(f"a message that its sender dated or signed was taken: {log}")


def _schools_id(world: World, school: str) -> str:
    (listed,) = world.look(school, "GET /api/threads", "shelf=received")["threads"]
    return str(listed["row"]["id"])


def two_at_once_are_two() -> None:
    """Both messages are kept, whichever was decided first."""
    with home("memory") as kept:
        case = SampleUniversity(kept).create().raised()
        theirs = send(SCHOOL, case.id(SCHOOL))
        Interrupted(kept, send(ANN, case.raiser_id), lambda: kept.store.run(theirs)).run()
        authors = sorted(it.author for it in case.log() if isinstance(it, Message))
        if authors != sorted([ANN, ANN, SCHOOL]):
            raise Differs(f"of three messages, these are left: {authors}")


def said_twice_is_said_once() -> None:
    with home("memory") as kept:
        case = SampleUniversity(kept).create().raised()
        again = send(ANN, case.raiser_id, key=fresh())
        for _ in range(2):
            kept.store.run(again)
        if len(case.log()) != 2:
            raise Differs("a message that was sent again is there twice")


def a_head_stays_small() -> None:
    """What is written with each message does not grow with the thread."""
    with home("memory") as kept:
        case = SampleUniversity(kept).create().raised()
        for _ in range(20):
            kept.time.now += 1_000
            kept.store.run(send(ANN, case.raiser_id, text="x" * 4_000))
        if len(json.encode(case.thread)) > 1_024:
            raise Differs("the head of a thread holds its messages")


# --- what it let happen


def the_raiser_is_told_the_handler(patch: Patch) -> None:
    row = raiser.row

    def allocated(thread: Thread) -> Any:
        participant = thread.worker or thread.school
        return telling(row(thread), allocated=participant.party, allocated_type="worker" if thread.worker else "school")

    patch.setattr(raiser, "row", allocated)


def the_raiser_is_told_the_author(patch: Patch) -> None:
    entry = raiser.entry
    patch.setattr(
        raiser,
        "entry",
        lambda it, viewer: (
            telling(entry(it, viewer), owner=it.author) if isinstance(it, Message) else entry(it, viewer)
        ),
    )


def the_worker_is_told_the_owner(patch: Patch) -> None:
    row = worker.row
    patch.setattr(
        worker, "row", lambda it, hidden: telling(row(it, hidden), **{"from": it.raiser.party, "fromtype": it.kind})
    )


def whoever_knows_an_id_reads(patch: Patch) -> None:
    """A thread's messages are for anybody who is signed in and names it."""
    find, role_of = MemoryStore._find, rules.role_of

    def any_handle(store: MemoryStore, key: Any) -> Any:
        found = find(store, key)
        if found is None and isinstance(key, ThreadReferenceKey):
            theirs = next((it for it in store._of(ThreadReference) if it.id == key.id), None)
            return theirs and replace(theirs, viewer=key.viewer)
        return found

    patch.setattr(MemoryStore, "_find", any_handle)
    patch.setattr(rules, "role_of", lambda thread, party: role_of(thread, party) or Role.RAISER)


def any_but_a_worker_terminates(patch: Patch) -> None:
    patch.setattr(rules, "may_terminate", lambda role: role is not Role.WORKER)


def the_body_names_the_school(patch: Patch) -> None:
    """Whose workers they are is what the caller says: here, always the first school's."""

    def named(context: Context, by: str) -> Any:
        load_caller(context, by)
        return context.list(SchoolsOf(None, 1))[0]

    patch.setattr(workers, "load_calling_school", named)


def any_school_removes(patch: Patch) -> None:
    patch.setattr(rules, "may_remove", lambda school, worker: True)


class Signed(protocol.Incoming, frozen=True, tag="send", forbid_unknown_fields=False):
    """A message as the original took it: with who wrote it, and when."""

    key: str
    id: str
    text: str
    owner: str | None = None
    timestamp: int | None = None


def the_client_says_who_and_when(patch: Patch) -> None:
    post = messages.append_message
    claimed: list[Any] = [None]

    def decode(raw: bytes) -> Any:
        claimed[0] = json.decode(raw, type=Signed)
        return protocol.Send(key=claimed[0].key, id=claimed[0].id, text=claimed[0].text)

    def signed(thread: Any, side: Any, by: str, key: str, text: str, now: int) -> Any:
        return post(thread, side, claimed[0].owner or by, key, text, claimed[0].timestamp or now)

    patch.setattr(websocket, "_decode", decode)
    patch.setattr(messages, "append_message", signed)


def a_place_read_earlier_is_written(patch: Patch) -> None:
    """Nothing is guarded: whoever commits last writes over the other."""
    commit = MemoryStore._commit

    def blindly(store: MemoryStore, plan: Any, versions: Any) -> bool:
        return commit(store, plan, dict(store._versions) | dict.fromkeys(versions.keys() - store._versions.keys(), 0))

    patch.setattr(MemoryStore, "_commit", blindly)


def no_key_is_looked_up(patch: Patch) -> None:
    patch.setattr(MemoryStore, "_find", lambda store, key: None)


def one_item_holds_all(patch: Patch) -> None:
    """The messages of a thread lie in its own record."""
    post = messages.append_message

    def growing(thread: Any, *rest: Any) -> Any:
        posted = post(thread, *rest)
        assert posted is not None
        head, message = posted
        return replace(head, subject=f"{head.subject}\\n{message.text}"), message

    patch.setattr(messages, "append_message", growing)


def always(name: str) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(rules, name, lambda *_: True)


FAULTS = (
    Fault("6", "every thread names who it is allocated to", the_raiser_is_told_the_handler, the_story),
    Fault("6", "every message names its author", the_raiser_is_told_the_author, the_story),
    Fault("7", "every thread names its owner, and of which kind it is", the_worker_is_told_the_owner, the_story),
    Fault("11", "any user or school ends a thread", any_but_a_worker_terminates, the_story),
    Fault("read access", "any thread is read by anybody who is signed in", whoever_knows_an_id_reads, the_story),
    Fault("5", "a worker is removed in another school's name", any_school_removes, the_story),
    Fault("5", "a worker is added in another school's name", the_body_names_the_school, the_story),
    Fault(
        "identity of a sender",
        "the client says who wrote, and when",
        the_client_says_who_and_when,
        a_sender_is_who_it_is,
    ),
    Fault("nothing lost", "two at once overwrite one another", a_place_read_earlier_is_written, two_at_once_are_two),
    Fault("nothing lost", "a retry is stored again", no_key_is_looked_up, said_twice_is_said_once),
    Fault("nothing lost", "a whole thread lives in one item", one_item_holds_all, a_head_stays_small),
    Fault("termination", "a terminated thread takes messages", always("is_open"), the_story),
    Fault("limit 10", "a sixth thread is open", always("may_open_another"), the_story),
    Fault("limit 10", "a sixth worker is invited", always("may_invite_another"), the_story),
)

# What is planted where it shows: the file is below backend/tests.
ELSEWHERE = {
    "nothing lost": "resilience/test_cut.py",  # no resume after a reconnect
    "limit 10": "resilience/test_races_faults.py",  # counted, then written, in two steps
    "sites": "e2e/test_network.py",  # an error that is not shown; test_noticing, test_story: unread, and no reload
}
ROWS = {"6", "7", "11", "read access", "5", "identity of a sender", "nothing lost", "termination", "limit 10", "sites"}
