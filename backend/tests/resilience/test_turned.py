"""The machine's clock jumps by hours under a running server: the order does not mind, and nobody waits for the jump."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.api.caller import Caller, fresh
from tests.api.home import browser
from tests.api.party_factory import PartyFactory, Topic, party_factory
from tests.api.server_home import ServerHome, _fill, server_home
from tests.support.evidence import Evidence
from uconnect.domain.enums import Kind
from uconnect.oidc_provider.settings import Limits

HOURS = 5
A_BURST = 35  # of the forty that a side may write at once

# The clock of the server's process, as many seconds away from the machine's as a file says.
CLOCK_PRELUDE = """
import time
from pathlib import Path
shift, now, now_ns = Path({0!r}), time.time, time.time_ns
time.time = lambda: now() + int(shift.read_text())
time.time_ns = lambda: now_ns() + int(shift.read_text()) * 10**9
"""


class Clock:
    """The clock of a server, which a test turns."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.turn(0)

    def turn(self, hours: int) -> None:
        self.turn_by(hours * 3600)

    def turn_by(self, seconds: int) -> None:
        turned = self._file.with_suffix(".new")
        turned.write_text(str(seconds))
        turned.replace(self._file)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.fixture
def home(tmp_path: Path, clock: Clock) -> Iterator[ServerHome]:
    with server_home(tmp_path, CLOCK_PRELUDE.format(str(clock._file))) as home:
        yield home


@pytest.fixture
def parties(home: ServerHome) -> Iterator[PartyFactory]:
    with party_factory(home) as parties:
        yield parties


def again(caller: Caller) -> Caller:
    """Signed in anew: an old token may be late now."""
    party = caller.party
    return replace(caller, party=caller.home.party(party.kind, party.email, ""))


def talk(topic: Topic, many: int) -> None:
    """As much as may be said at once, from both sides."""
    lines = [(topic.raiser.open(), topic.raisers_id), (topic.school.open(), topic.theirs)]
    for line, id in lines:
        for _ in range(many):
            key = fresh()
            line.say({"t": "send", "key": key, "id": id, "text": f"Said as {key}"})
            assert line.hear_until(key=key)[-1]["t"] == "ack"
    for (line, id), (other, _) in zip(lines, reversed(lines), strict=True):
        other.heard()
        for _ in range(3):
            line.say({"t": "typing", "id": id})
        line.heard()
        assert [frame["t"] for frame in other.heard()] == ["typing"], "told once, and not held up"
        key = fresh()
        line.say({"t": "send", "key": key, "id": id, "text": "So"})
        line.hear_until(key=key)
    for line, _ in lines:
        line.close()


def test_the_order_has_no_gap_and_nobody_waits_for_the_jump(
    clock: Clock, parties: PartyFactory, evidence: Evidence
) -> None:
    topic = parties.thread()
    turns = (0, HOURS, 0, -HOURS, 0)
    for hours in turns:
        clock.turn(hours)
        topic = replace(topic, raiser=again(topic.raiser), school=again(topic.school))
        talk(topic, A_BURST)
        other = parties.thread(topic.raiser, topic.school)
        topic.raiser.ask(f"POST /api/threads/{other.raisers_id}/terminate")
    said = len(turns) * 2 * (A_BURST + 1)
    log = topic.school.log(topic.theirs)
    while log[-1]["seq"] <= said:
        log += topic.school.log(topic.theirs, f"?after={log[-1]['seq']}")
    assert [entry["seq"] for entry in log] == [*range(1, said + 2)]
    times = [entry["at"] for entry in log]
    assert times == sorted(times)
    evidence(4, f"jumps of the clock by {HOURS} hours", len(turns) - 1)


def test_tickets_and_tokens_are_late_after_a_jump_and_new_ones_are_good(clock: Clock, parties: PartyFactory) -> None:
    user = parties.user()
    ticket = user.ticket()
    clock.turn(HOURS)
    assert user.denied(f"?ticket={ticket}") == 403
    assert user.call("GET /api/me").status_code == 401
    user = again(user)
    user.open()
    ticket = user.ticket()
    clock.turn(0)
    assert user.ask("GET /api/me")
    user.dial(f"?ticket={ticket}")
    user.open()


def test_who_guessed_before_the_clock_was_set_back_is_not_shut_out_for_as_long(clock: Clock, home: ServerHome) -> None:
    clock.turn(HOURS)
    home.party_by_pages(Kind.USER, "ada@example.org", "Ada")
    with browser(home.url) as http:
        for _ in range(Limits().here.burst):
            _fill(http, http.get(home._authorize(Kind.USER)), email="ada@example.org", password="wrong password")
        signing_in = http.get(home._authorize(Kind.USER))
        assert _fill(http, signing_in, email="ada@example.org", password="wrong password").status_code == 429
        clock.turn(0)
        signing_in = http.get(home._authorize(Kind.USER))
        assert _fill(http, signing_in, email="ada@example.org", password="four quiet herons wading").is_redirect
