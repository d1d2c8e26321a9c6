"""Promise 18, of a copy of the store: no secret is in it, and nothing that was deleted, in no byte of its files."""

import time
from typing import Any

import msgspec
import pytest

from tests.privacy.servers.complete_server_scripts import raisers_story, workers_story
from tests.privacy.servers.running_server import Running
from tests.privacy.servers.server_world import RunningWorld, ServerTwinWorld
from tests.privacy.servers.signed_in_party import PASSWORD
from tests.privacy.servers.twin_servers import Script, Servers
from tests.privacy.worlds.leak_planting import Patch
from tests.support.evidence import Evidence
from uconnect.adapters.sqlite import Database
from uconnect.adapters.sqlite.checkpointer import Checkpointer
from uconnect.domain.enums import Kind

ROUNDS, PAUSE = 20, 0.2  # seconds between two looks: the log is emptied beside what is written
WRITTEN = ["What nobody shall read", "An answer to be forgotten", "A note to be forgotten", "A subject to be forgotten"]


class ComesIn:
    """Somebody signs up, opens sockets, and is still there."""

    def play(self, twin: ServerTwinWorld) -> None:
        twin.listen(twin.world.newcomer(Kind.USER, "Raiser"), Kind.USER)


def copied(server: Running) -> bytes:
    """The store as somebody finds it while the server runs: the file, and the log beside it."""
    file = server.container.settings.database
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))


def still_stored(server: Running, words: set[str]) -> set[str]:
    copy = copied(server)
    return {word for word in words if word.encode() in copy}


def still_standing(server: Running, words: set[str]) -> set[str]:
    """Those that stand there also when the log could be emptied."""
    found = still_stored(server, words)
    for _ in range(ROUNDS):
        if found:
            server.run_jobs()
            time.sleep(PAUSE)
            found = still_stored(server, words)
    return found


def test_a_copy_holds_no_secret_that_opens_anything(servers: Servers, evidence: Evidence) -> None:
    assert secrets_standing(servers[0], raisers_story()) == set()
    assert secrets_standing(servers[1], workers_story()) == set()
    evidence(18, "bytes of stores were searched", sum(len(copied(server)) for server in servers))


def secrets_standing(server: Running, script: Script) -> set[str]:
    twin = ServerTwinWorld(RunningWorld(server), 1)
    script.play(twin)
    twin.running.end()
    held = {secret for person in twin.running.people.values() for secret in person.held}
    twin.running.leave()
    assert held
    return still_stored(server, held | {PASSWORD})


def test_a_letter_that_has_left_is_in_no_byte_of_the_store(servers: Servers) -> None:
    world = RunningWorld(servers[0])
    school = world.newcomer(Kind.SCHOOL, "School")
    invited = {"key": "key-of-the-school-01", "email": "late@example.org", "name": "Late"}
    world.call(school, "POST /api/workers", invited)
    words = {"Open this page to join", "/#invitation="}
    assert still_stored(servers[0], words) == words
    servers[0].carry()
    world.leave()
    assert still_standing(servers[0], words) == set()


def test_what_was_deleted_is_in_no_byte_of_the_store(servers: Servers) -> None:
    assert left_of_a_deleted_thread(servers[0]) == set()


@pytest.mark.planted(18)
def test_what_is_only_marked_as_free_is_found(servers: Servers) -> None:
    writer = servers[0].container.database._writer
    writer.execute("PRAGMA secure_delete=OFF")
    try:
        assert left_of_a_deleted_thread(servers[0]) != set()
    finally:
        writer.execute("PRAGMA secure_delete=ON")


@pytest.mark.planted(18)
def test_what_only_the_log_still_has_is_found(servers: Servers, monkeypatch: Patch) -> None:
    monkeypatch.setattr(Database, "erased", lambda _: None)
    monkeypatch.setattr(Checkpointer, "_checkpoint", lambda _: None)  # or later writes may overwrite it
    assert left_of_a_deleted_thread(servers[0]) == set(WRITTEN)


@pytest.mark.planted(18)
def test_a_secret_that_is_kept_as_it_is_is_found(servers: Servers, monkeypatch: Patch) -> None:
    for module in ("authlib_server", "sessions", "token_store"):
        monkeypatch.setattr(f"uconnect.oidc_provider.{module}.hash_secret", str.encode)
    assert secrets_standing(servers[0], ComesIn()) != set()


def left_of_a_deleted_thread(server: Running) -> set[str]:
    """A thread is raised, answered, noted, ended and deleted: what of its words can still be read."""
    world = RunningWorld(server)
    school, user = (world.newcomer(kind, kind.name) for kind in (Kind.SCHOOL, Kind.USER))

    def ask(by: str, route: str, **body: Any) -> Any:
        keyed = {"key": f"key-of-somebody-{len(route):04}"} | body if "key" not in body and body else body
        return msgspec.json.decode(world.call(by, route, keyed or None).body)

    mine = ask(user, "POST /api/threads", school=school, subject=WRITTEN[3], text=WRITTEN[0])["row"]["id"]
    page = msgspec.json.decode(world.call(school, "GET /api/threads", query="shelf=received").body)
    theirs = page["threads"][0]["row"]["id"]
    world.say(school, {"t": "send", "key": "key-of-the-school-02", "id": theirs, "text": WRITTEN[1]})
    ask(school, f"POST /api/threads/{theirs}/notes", text=WRITTEN[2])
    assert still_stored(server, set(WRITTEN)) == set(WRITTEN)
    ask(user, f"POST /api/threads/{mine}/terminate")
    ask(user, f"DELETE /api/threads/{mine}")
    server.run_jobs()
    server.run_all_jobs()
    world.leave()
    return still_standing(server, set(WRITTEN))
