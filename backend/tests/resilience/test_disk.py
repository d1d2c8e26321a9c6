"""A disk that takes no more is said in words, nothing is acknowledged that is not kept, and all goes on after it."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.api.caller import fresh
from tests.api.home import browser
from tests.api.party_factory import PartyFactory, Topic, party_factory, raising
from tests.api.server_home import VERIFIER, ServerHome, _fill
from tests.api.socket_client import SocketClient
from tests.resilience.failing_disks import DISKS, Disk
from tests.resilience.health_probe import QUICK, until
from tests.support.evidence import Evidence
from tests.support.server_process import serving
from uconnect.domain.enums import Kind

PASSWORD = "four quiet herons wading"


# Else a log that was moved into the file is written anew from its beginning, which takes no room: and nothing fails.
UNMOVED = """
from uconnect.adapters.sqlite import checkpointer
checkpointer.INTERVAL = 3600
"""


class FullDisk:
    """A home whose disk can fail."""

    def __init__(self, home: ServerHome, disk: Disk, parties: PartyFactory) -> None:
        self.home, self.parties = home, parties
        self._disk = disk

    def fail(self) -> None:
        self._disk.fail(self.home._server.pid)

    def mend(self) -> None:
        self._disk.mend(self.home._server.pid)

    def complaints(self) -> str:
        return "\n".join(self.home._server.complaints())


@pytest.fixture(params=DISKS)
def full_disk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FullDisk]:
    for folder in ("data", "sites"):
        (tmp_path / folder).mkdir(0o700)
    monkeypatch.setenv("SITES", str(tmp_path / "sites"))
    with DISKS[request.param](tmp_path / "data") as disk, serving(tmp_path, prelude=QUICK + UNMOVED) as server:
        home = ServerHome(server)
        with party_factory(home) as parties:
            yield FullDisk(home, disk, parties)


def write_until_refused(line: SocketClient, topic: Topic) -> tuple[list[str], str]:
    """The texts that were acknowledged, and the key of the one that was not. Another few may still have had room."""
    acked = list[str]()
    for number in range(30):
        key, text = fresh(), f"{number} {'x' * 3000}"
        answer = line.send(topic.raisers_id, text, key)
        if answer["t"] == "refused":
            assert answer["code"] == "busy"
            assert answer["key"] == key
            return acked, key
        acked.append(text)
    pytest.fail("thirty messages were taken by a disk that takes nothing")


def test_what_is_acknowledged_is_kept_and_what_is_not_is_refused_in_words(
    full_disk: FullDisk, evidence: Evidence
) -> None:
    topic = full_disk.parties.thread(text="Hello")
    line = topic.raiser.open()
    full_disk.fail()
    acked, key = write_until_refused(line, topic)
    until(full_disk.home._server, 503, "write_fails")
    for _ in range(20):
        assert line.send(topic.raisers_id, "Again", key)["code"] == "busy"
    for caller, route, body in (
        (topic.raiser, "POST /api/threads", raising(topic.school.id)),
        (topic.raiser, f"POST /api/threads/{topic.raisers_id}/terminate", None),
        (topic.school, "POST /api/tickets", None),
    ):
        assert caller.refused(route, body) == "busy"
    assert [it["text"] for it in topic.school.log(topic.theirs)] == ["Hello", *acked], "what was kept can be read"
    full_disk.mend()
    assert line.send(topic.raisers_id, "Room again", key)["entry"]["seq"] == len(acked) + 2
    log = topic.school.log(topic.theirs)
    assert [it["text"] for it in log] == ["Hello", *acked, "Room again"]
    assert [it["seq"] for it in log] == [*range(1, len(acked) + 3)]
    assert topic.raiser.me["open"] == 1, "a raise that was refused took no place"
    topic.raiser.ask(f"POST /api/threads/{topic.raisers_id}/terminate")
    until(full_disk.home._server, 200)
    evidence(1, "times that a disk took no more, and took it again", 1)


def test_who_signs_in_meanwhile_is_told_so_and_can_after(full_disk: FullDisk) -> None:
    home = full_disk.home
    home.party_by_pages(Kind.USER, "ada@example.org", "Ada")
    with browser(home.url) as known, browser(home.url) as new:
        _, cookie = home._server.sign_in(Kind.USER, "ada@example.org", "Ada")
        known.cookies.set("uconnect_session_user", cookie)
        landing = known.get(home._authorize(Kind.USER)).headers["location"]
        form = new.get(home._authorize(Kind.USER))
        full_disk.fail()
        tries = [_fill(new, form, email="ada@example.org", password=PASSWORD) for _ in range(8)]
        assert {it.status_code for it in tries} == {503}, "and none of them is taken for a guess"
        busy = tries[0]
        for page in (busy, known.get(home._authorize(Kind.USER)), known.get("/oauth/sign-out?client_id=uconnect-user")):
            assert page.status_code in {200, 503}, "a question to the person needs no disk"
        assert "Nothing was changed" in busy.text
        refused = exchange(known, home, landing)
        assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
        full_disk.mend()
        assert exchange(known, home, landing).status_code == 200, "the code was not lost"
        assert _fill(new, new.get(home._authorize(Kind.USER)), email="ada@example.org", password=PASSWORD).is_redirect
    assert "Exception in ASGI application" not in full_disk.complaints()


def exchange(http: httpx.Client, home: ServerHome, landing: str) -> httpx.Response:
    fields = {
        "grant_type": "authorization_code",
        "client_id": "uconnect-user",
        "code": dict(parse_qsl(urlsplit(landing).query))["code"],
        "redirect_uri": f"{home.url}/user/",
        "code_verifier": VERIFIER,
    }
    return http.post("/oauth/token", data=fields)
