"""What is done at a server between the steps of a script: by the blind party for all to see, or secretly by others.

A new thing to do is one line in SEEN or SECRET. What the blind party can notice of it is the same in both worlds.
"""

import re
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urljoin

from tests.privacy.servers.byte_recorder import WatchedSocket, denied
from tests.privacy.servers.server_world import ServerTwinWorld
from tests.privacy.servers.signed_in_party import SignedInParty, Watched
from tests.privacy.worlds.raiser_scripts import NOBODY
from tests.support.stores import together
from uconnect.domain.enums import Kind, State
from uconnect.domain.keys import Mailbox, PartyKey, ThreadsOf
from uconnect.domain.models import School, Thread

JSON = {"Content-Type": "application/json"}
LONG = b'{"key":"' + b"x" * 40_000 + b'"}'

# method, path, body, headers
BAD_CALLS: list[tuple[str, str, bytes | None, dict[str, str]]] = [
    ("POST", "/api/threads", b"{", JSON),
    ("POST", "/api/threads", b'{"key":"key-of-the-blind-0","school":1}', JSON),
    ("POST", "/api/threads", b'{"hands":1}', JSON),
    ("POST", "/api/threads", b"\xff\xfe", JSON),
    ("POST", "/api/threads", LONG, JSON),
    ("PUT", "/api/me", b"[]", JSON),
    ("GET", "/api/threads?shelf=everything", None, {}),
    ("GET", "/api/threads?shelf=raised&shelf=raised", None, {}),
    ("GET", "/api/me", b"{}", JSON),
    ("GET", "/api/threads/short", None, {}),
    ("GET", f"/api/threads/{NOBODY}/hands", None, {}),
    ("PATCH", "/api/me", b"{}", JSON),
    ("OPTIONS", "/api/me", None, {"Origin": "https://elsewhere.example"}),
    ("GET", f"/api/pictures/{NOBODY}", None, {}),
    ("GET", "/api/nothing", None, {}),
]
BAD_FRAMES: list[str | bytes] = [
    "",
    "{}",
    '{"t":"hands"}',
    '{"t":"typing","id":"short"}',
    '{"t":"send","key":"key-of-the-blind-bad","id":1}',
    f'{{"t":"send","key":"key-of-the-blind-bad","id":"{NOBODY}","text":"{"x" * 4_001}"}}',
    f'{{"t":"send","key":"key-of-the-blind-odd","id":"{NOBODY}","text":"Anybody?"}}',
]


def blind(twin: ServerTwinWorld) -> Watched:
    found = twin.running.blind
    assert found is not None
    return found


def newest(twin: ServerTwinWorld) -> Thread | None:
    """The open thread of the blind party where something happened last."""
    shelf = Mailbox.HANDLED if twin.kind is Kind.WORKER else Mailbox.RAISED
    found = twin.world.home.all(ThreadsOf(twin.blind, shelf, None, 50))
    return next((it for it in found if it.state is State.OPEN), None)


# --- by the blind party


def reconnects(twin: ServerTwinWorld) -> None:
    """A socket is closed, and opened again; what was missed is loaded."""
    it = blind(twin)
    if it.sockets:
        it.sockets.pop(0).close()
    it.dial()
    twin.reload()


def is_cut(twin: ServerTwinWorld) -> None:
    """A socket is closed in the midst of something, and there is another before it is missed."""
    it = blind(twin)
    thread = newest(twin)
    if it.sockets and thread:
        twin.send(it.id, NOBODY, "A word", twin.key())
        it.sockets.pop(0).close()
    it.dial()


def calls_badly(twin: ServerTwinWorld) -> None:
    it = blind(twin)
    for method, path, body, headers in BAD_CALLS:
        it.call(method, path, body, **headers)
    for token in ("", "Bearer", "Bearer x.y.z", "Basic eDp5"):
        it.fetch("GET", "/api/me", Authorization=token)
    it.fetch("GET", "/api/me", Host="elsewhere.example")


def speaks_badly(twin: ServerTwinWorld) -> None:
    """What is no frame is refused; who speaks another protocol, or bytes, is hung up on."""
    it = blind(twin)
    for line in it.sockets[:1]:
        for frame in BAD_FRAMES:
            line.say(frame)
    it.listen()
    for last in ('{"t":"hello","protocol":99}', b"\x00"):
        if dialled := it.dial():
            dialled.say(last)
            it.listen()


def knocks_badly(twin: ServerTwinWorld) -> None:
    it = blind(twin)
    used = it.ticket()
    for ticket, origin in (("", None), (NOBODY * 2, None), (used, "https://elsewhere.example"), (used, None)):
        it.record(denied(it.server.port, ticket, *([origin] if origin else [])))


def looks_around(twin: ServerTwinWorld) -> None:
    """The site as it is served, and what everybody may see."""
    it, site = blind(twin), f"/{twin.kind.value}/"
    page = it.fetch("GET", site)
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page.body.decode()):
        it.fetch("GET", urljoin(site, asset))
    for tag in page.headers("etag"):
        it.fetch("GET", site, None, **{"If-None-Match": tag})
    for path in ("config.json", "nothing.js"):
        it.fetch("GET", site + path)
    for path in ("/", "/demo.json", "/api/health", "/api/openapi.json", "/.well-known/openid-configuration"):
        it.fetch("GET", path)
    thread = newest(twin)
    school = twin.world.home.one(PartyKey(thread.school.party)) if thread else None
    if isinstance(school, School) and school.picture:
        it.fetch("GET", f"/api/pictures/{school.picture}")


def visits_account(twin: ServerTwinWorld) -> None:
    blind(twin).look_at_account()


def signs_in_again(twin: ServerTwinWorld) -> None:
    blind(twin).sign_in_again()


def meets_a_full_disk(twin: ServerTwinWorld) -> None:
    """Nothing can be kept for a while."""
    it, store = blind(twin), twin.running.server.store
    twin.running.server.run_all_jobs()  # no job is done on a full disk
    store.broken = True
    twin.call(it.id, "PUT /api/me", {"name": "Another"})
    twin.send(it.id, NOBODY, "A word", twin.key())
    twin.running.listen()
    store.broken = False


def forgets_the_password(twin: ServerTwinWorld) -> None:
    """A code is asked for; the mail server takes no letter to such a person, and then it does."""
    it = blind(twin)
    it.read_letters()
    twin.running.server.post.refusals.append(f"550 5.1.1 {it.email} ({it.name}) is not known here")
    for _ in range(2):
        it.forget_password()
        it.read_letters()


def two_hands_at_once(twin: ServerTwinWorld) -> None:
    """Two on the other side do the same at one moment; which of them came first, only they know."""
    thread = newest(twin)
    hands = _writers(twin, thread) if thread else []
    for frame in ({"t": "typing"}, {"t": "send", "text": "At once"}):
        _at_once([(by, {"id": id} | frame) for by, id in hands], twin)
    twin.world.home.time.now += 1  # no two things happen at one time: lists are in that order


def _writers(twin: ServerTwinWorld, thread: Thread) -> list[tuple[SignedInParty, str]]:
    """The school twice, or the school and its worker; or, where the worker is blind, the owner twice."""
    of = twin.running.people
    if twin.kind is Kind.WORKER:
        return [(of[thread.raiser.party], thread.raiser.id)] * 2
    school, worker = (of[thread.school.party], thread.school.id), thread.worker
    return [school, (of[worker.party], worker.id) if worker and twin.number else school]


def _at_once(said: list[tuple[SignedInParty, dict[str, Any]]], twin: ServerTwinWorld) -> None:
    twin.running.run_jobs()
    lines = [_first_socket(by) for by, _ in said]
    for line, (_, frame) in zip(lines, said, strict=True):
        line.say(frame | ({"key": secrets.token_urlsafe(16)} if frame["t"] == "send" else {}))
    for line in lines:
        line.catch_up()
        line.close()
    twin.running.listen()


def _first_socket(person: SignedInParty) -> WatchedSocket:
    line = WatchedSocket(person.server.port, person.ticket())
    line.say({"t": "hello", "protocol": 1})
    return line


# --- by others


def others(twin: ServerTwinWorld) -> list[SignedInParty]:
    return [it for it in twin.running.people.values() if not isinstance(it, Watched)]


def come_online(twin: ServerTwinWorld) -> None:
    for it in others(twin):
        it.dial()


def go_offline(twin: ServerTwinWorld) -> None:
    for it in others(twin):
        it.leave()


def call_badly(twin: ServerTwinWorld) -> None:
    for it in others(twin):
        for method, path, body, headers in BAD_CALLS[::4]:
            it.call(method, path, body, **headers)
        denied(it.server.port, NOBODY * 2)


def speak_badly(twin: ServerTwinWorld) -> None:
    for it in others(twin):
        if line := it.dial():
            for frame in (*BAD_FRAMES, b"\x00"):
                line.say(frame)
            it.listen()


def act_at_once(twin: ServerTwinWorld) -> None:
    """Behind the school's door, or in the owners' rooms, several calls are made at one moment."""
    thread = newest(twin)
    if twin.kind is Kind.WORKER:
        owners = [it for it in others(twin) if it.name.startswith("Owner")]
        _calls_at_once([(it, "PUT /api/me", {"name": f"Both in {twin.number}"}) for it in owners])
    elif thread:
        of, worker = twin.running.people, thread.worker
        at, note = f"/api/threads/{thread.school.id}", {"key": twin.hidden_key(), "text": "A note"}
        calls = [
            (of[thread.school.party], f"POST {at}/take-back", None),
            (of[thread.school.party], f"POST {at}/notes", note),
        ]
        calls += [(of[worker.party], f"POST /api/threads/{worker.id}/hand-back", None)] if worker else []
        _calls_at_once(calls)


def _calls_at_once(calls: list[tuple[SignedInParty, str, Any]]) -> None:
    together([partial(person.elsewhere, route, body) for person, route, body in calls])


def invite_in_vain(twin: ServerTwinWorld) -> None:
    """A school invites somebody who does not come, writes to them once more, and gives it up."""
    for school in [it for it in others(twin) if it.kind is Kind.SCHOOL]:
        late = {"key": twin.hidden_key(), "email": "late@example.org", "name": "Late"}
        twin.call(school.id, "POST /api/workers", late)
        listed = twin.call(school.id, "GET /api/workers")
        for worker in listed.get("workers", ()):
            if worker["email"] == "late@example.org":
                twin.call(school.id, f"POST /api/workers/{worker['id']}/resend")
                twin.call(school.id, f"DELETE /api/workers/{worker['id']}")


SEEN: dict[str, Callable[[ServerTwinWorld], None]] = {
    "reconnects": reconnects,
    "is_cut": is_cut,
    "calls_badly": calls_badly,
    "speaks_badly": speaks_badly,
    "knocks_badly": knocks_badly,
    "looks_around": looks_around,
    "visits_account": visits_account,
    "signs_in_again": signs_in_again,
    "meets_a_full_disk": meets_a_full_disk,
    "forgets_the_password": forgets_the_password,
}
SECRET: dict[str, Callable[[ServerTwinWorld], None]] = {
    "come_online": come_online,
    "go_offline": go_offline,
    "call_badly": call_badly,
    "speak_badly": speak_badly,
    "act_at_once": act_at_once,
    "invite_in_vain": invite_in_vain,
}
TOGETHER = "two_hands_at_once"  # not where one of them may have an end of its own
ALL = SEEN | SECRET | {TOGETHER: two_hands_at_once}
ONCE = {"invite_in_vain", "forgets_the_password"}  # in a script: who does it often is slowed down
