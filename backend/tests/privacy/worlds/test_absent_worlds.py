"""What others have leaked by, and uconnect has not got: no such field, no such operation, nothing that could tell."""

import ast
import logging
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import fields

import uconnect
from tests.privacy.worlds.complete_scripts import raisers_story, workers_story
from tests.privacy.worlds.leak_planting import Patch
from tests.privacy.worlds.twin_worlds import TwinWorld
from tests.support.world import World, home
from uconnect.adapters.realtime.in_process import Sockets
from uconnect.api import operations
from uconnect.api.openapi import document
from uconnect.application import ports
from uconnect.domain import protocol
from uconnect.domain.enums import Kind, ThreadFilter, ThreadSort
from uconnect.domain.keys import Mailbox
from uconnect.domain.usecases import queries
from uconnect.domain.views import Listed, Opened
from uconnect.domain.views.common import ShownSnooze
from uconnect.domain.views.directory import DirectoryCard, SchoolCard
from uconnect.domain.views.mail import NewMessageNotice, WorkerInvitation
from uconnect.domain.views.raiser import RaiserMessage, RaiserRow
from uconnect.domain.views.saved_replies import SavedReplyCard
from uconnect.domain.views.school import SchoolRow
from uconnect.domain.views.search import FoundText, FoundThread
from uconnect.domain.views.worker import WorkerMessage, WorkerNote, WorkerRow

BY_NAME = {operation.name: operation for operation in operations.OPERATIONS}


def names(view: Any) -> set[str]:
    return {field.encode_name for field in fields(view)}


# --- 1, 2, 3: what is shown

COMMON = {"id", "rev", "subject", "state", "since", "at", "seq", "theirs", "last", "asked_to_end"}


def test_a_view_has_these_fields_and_no_others() -> None:
    """A field that is new is a channel that is new: it is put here when the twin worlds have it."""
    assert names(RaiserRow) == {*COMMON, "school"}
    assert names(RaiserMessage) == {"seq", "at", "side", "text", "key", "kind"}
    assert names(WorkerRow) == {*COMMON, "alias", "turn_since", "asked_at"}
    assert names(WorkerMessage) == {"seq", "at", "side", "mine", "text", "key", "kind"}
    assert names(Listed) == {"row", "read", "snooze"}
    assert names(Opened) == {"row", "read", "snooze", "seen"}
    assert names(ShownSnooze) == {"rev", "until", "theirs"}
    assert names(DirectoryCard) == {*names(SchoolCard), "reply_time"}
    assert names(SavedReplyCard) == {"id", "folder", "title", "text"}
    assert names(WorkerNote) == {"seq", "at", "mine", "text", "key"}
    assert names(FoundText) == {"seq", "at", "side", "text"}
    assert names(FoundThread) == {"thread", "texts", "more"}


def test_no_answer_is_a_page() -> None:
    """The API answers data alone, so no page of a thread is built where a name could be put into it."""
    described = document("http://home.example")
    shared = described["components"]["responses"]
    answers = [
        kind
        for path in described["paths"].values()
        for operation in path.values()
        for answer in operation["responses"].values()
        for kind in shared.get(answer.get("$ref", "").rpartition("/")[2], answer)["content"]
    ]
    assert set(answers) == {"application/json"}


def test_nobody_has_a_picture_but_a_school() -> None:
    shown = {view.__name__ for view in every_view() if "picture" in names(view)}
    assert shown == {SchoolCard.__name__, DirectoryCard.__name__}
    assert BY_NAME["setPicture"].by == {Kind.SCHOOL}


def every_view() -> list[Any]:
    """Every struct that can leave, however deep it lies in another."""
    found: dict[str, Any] = {}

    def walk(it: Any) -> None:
        for each in get_args(it):
            walk(each)
        if isinstance(it, type) and issubclass(it, msgspec.Struct) and it.__name__ not in found:
            found[it.__name__] = it
            for field in fields(it):
                walk(field.type)

    for frame in get_args(protocol.ServerFrame):
        walk(frame)
    for operation in operations.OPERATIONS:
        walk(operation.answers)
    return list(found.values())


# --- 5: presence


def come_and_go(world: World, busy: bool) -> list[bytes]:
    """What a raiser hears and is shown while hands and devices come and go, or stay away."""
    ann, arts = world.newcomer(Kind.USER, "Ann"), world.newcomer(Kind.SCHOOL, "Arts")
    invitation = {"key": "key-of-the-invitation", "email": "wim@example.org", "name": "Wim"}
    world.call(arts, "POST /api/workers", invitation)
    wim = world.enter(Kind.WORKER, "Wim", "wim@example.org")
    assert wim is not None
    letter = {"key": "key-of-the-thread", "school": arts, "subject": "A question", "text": "Hello"}
    world.call(ann, "POST /api/threads", letter)
    world.open(ann)
    world.heard[ann].clear()
    if busy:
        for party in (wim, arts):
            first, second = world.open(party), world.open(party)
            world.sockets.remove(party, first)
            second.close()
        for available in (False, True):
            world.call(wim, "PUT /api/availability", {"available": available})
    world.run_jobs()
    for route in ("GET /api/me", "GET /api/schools", f"GET /api/schools/{arts}"):
        world.call(ann, route)
    world.call(ann, "GET /api/threads", query="shelf=raised")
    return world.heard[ann]


def there_or_not() -> tuple[list[bytes], list[bytes]]:
    with home("memory", 1) as one, home("memory", 1) as other:
        return come_and_go(World(one), busy=False), come_and_go(World(other), busy=True)


def test_who_is_there_is_shown_to_nobody() -> None:
    quiet, busy = there_or_not()
    assert len(quiet) == 4
    assert quiet == busy


@pytest.mark.planted(9)
def test_a_server_that_tells_who_comes_is_noticed(monkeypatch: Patch) -> None:
    add = Sockets.add

    def telling(sockets: Sockets, party: str, socket: Any) -> None:
        add(sockets, party, socket)
        for each in [it for listed in sockets._open.values() for it in listed]:
            each.push(b'{"t":"online"}')

    monkeypatch.setattr(Sockets, "add", telling)
    quiet, busy = there_or_not()
    assert quiet != busy


# --- 9, 21, 25: what leaves by another way


def test_no_letter_can_tell_of_a_thread() -> None:
    """All that is ever written to people is an invitation, a word about their own account, or that a message waits."""
    letters = {name for name in vars(ports.Mail) if not name.startswith("_")}
    assert letters == {"invite_worker", "invite_school", "tell_of_message"}
    assert names(NewMessageNotice) == {"email", "kind", "stop"}
    assert names(WorkerInvitation) == {
        "email",
        "name",
        "school",
        "invitation",
        "taken",
    }  # the invitation's id is the invited person's own


ASKING = {"urllib.request", "http.client", "httpx", "requests", "aiohttp"}
ASKERS = {
    "adapters/tokens/cognito.py",  # it asks its issuer, whose address is the operator's
    "entrypoints/cli/checks/service.py",  # `uconnect doctor` asks the operator's own server
}


def test_nothing_is_fetched_from_elsewhere() -> None:
    """No link in a message is looked at, and no service is told that something came."""
    root = Path(str(uconnect.__path__[0]))
    asking = {str(path.relative_to(root)) for path in root.rglob("*.py") if imported(path) & ASKING}
    assert asking == ASKERS


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("story", [lambda: raisers_story(Kind.USER), workers_story], ids=["raiser", "worker"])
def test_what_is_said_and_by_whom_is_in_no_log(story: Callable[[], Any], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with home("memory") as kept:
        story().play(TwinWorld(World(kept), 1))
    assert caplog.records == []


# --- 10, 11, 13, 15: what can be asked


def test_no_file_is_taken_but_a_schools_picture() -> None:
    taking = {it.name for it in operations.OPERATIONS if names(it.reads) & {"image", "file", "files", "attachment"}}
    assert taking == {"setPicture"}
    assert [
        view.__name__ for view in every_view() if names(view) & {"file", "files", "attachment", "attachments"}
    ] == []


def test_words_are_searched_in_ones_own_threads_alone() -> None:
    """A list is of one mailbox, or of the schools, and goes on from a place in it; a log goes on from a number.

    `find` looks in the names of the schools, which everybody reads who may search them. `words` look in one mailbox.
    `show` and `worker` are filters of a mailbox: those that ask for the handler are refused to whoever is blind to it.
    `sort` is by a time that the caller's row shows: the view of what one raised does not have since when it waits.
    """
    asked = {name for it in operations.OPERATIONS if not it.writes for name in names(it.reads)}
    lists, search = (
        {"shelf", "before", "after", "most", "show", "worker", "sort", "find"},
        names(BY_NAME["searchThreads"].reads),
    )
    assert asked == lists | search
    assert search == {"shelf", "words", "before", "state", "since", "schools"}
    assert [it.name for it in operations.OPERATIONS if "find" in names(it.reads)] == ["listSchools"]
    reading = [it.name for it in operations.OPERATIONS if "words" in names(it.reads) and not it.writes]
    assert reading == ["searchThreads"]
    by_handler = {ThreadFilter.NEW, ThreadFilter.US, ThreadFilter.WORKER, ThreadFilter.THEM}
    for mailbox in (Mailbox.RAISED, Mailbox.HANDLED):
        assert not queries.FILTERS_OF[mailbox] & by_handler
    shown_as = {Mailbox.RAISED: RaiserRow, Mailbox.RECEIVED: SchoolRow, Mailbox.HANDLED: WorkerRow}
    by_field = {ThreadSort.WAITING: "turn_since", ThreadSort.NEWEST: "since", ThreadSort.ACTIVITY: "at"}
    for mailbox, show in product(Mailbox, (None, *ThreadFilter)):
        assert {by_field[it] for it in queries.sorts_of(mailbox, show)} <= names(shown_as[mailbox])


def test_no_list_is_of_somebody_else() -> None:
    """Another party's id is named to raise to it, to give to it, to write to it, to remove it, and to see a school.
    A school also lists what one of its workers has: `test_nobody_but_its_school_lists_what_a_worker_has`.

    An invitation is named by the id of the party that one becomes by it: nobody else's does anything.
    """
    naming = {it.name for it in operations.OPERATIONS if "{id}" in it.path and not it.path.startswith("/api/threads/")}
    own = {"changeSavedReply", "deleteSavedReply"}  # a reply's id is looked up among the caller's own
    assert naming == {"showSchool", "resendInvitation", "removeWorker", "acceptInvitation"} | own
    parties = {
        it.name for it in operations.OPERATIONS if names(it.reads) & {"school", "worker", "user", "party", "owner"}
    }
    assert parties == {"raiseThread", "offloadThread", "listThreads"}


WORDS = "@Arts #1 /assign >>1 **you** <b>https://example.org/x.png</b> data:text/html,x"


def test_no_word_of_a_message_is_understood() -> None:
    """Who is named in a text is told nothing, and the text arrives as it was written."""
    with home("memory") as kept:
        world = World(kept)
        ann, arts, law = (
            world.newcomer(kind, name)
            for kind, name in ((Kind.USER, "Ann"), (Kind.SCHOOL, "Arts"), (Kind.SCHOOL, "Law"))
        )
        for party in (arts, law):
            world.open(party)
        letter = {"key": "key-of-the-thread", "school": arts, "subject": "A question", "text": f"{WORDS} @Law {law}"}
        world.call(ann, "POST /api/threads", letter)
        (heard,) = world.heard[arts]
        assert msgspec.json.decode(heard.removeprefix(b"frame "))["entry"]["text"] == letter["text"]
        assert world.heard[law] == []
