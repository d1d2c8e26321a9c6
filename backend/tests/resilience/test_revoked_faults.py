"""Promise 15: revoked means now, on sockets and for ids and tokens that are held from before."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.api.caller import ABSENT, fresh
from tests.api.party_factory import PartyFactory, party_factory
from tests.api.server_home import server_home
from tests.api.socket_client import SocketClient
from tests.resilience.revocations import KINDS, Trial, code_used_again, signed_out, stop, taken_back, worker_removed
from tests.support import sizes
from tests.support.evidence import Evidence

SILENT_AFTER = 5.0 if sizes.FULL else 1.0  # seconds
CLOSED_BY = 5.0 if sizes.FULL else 30.0  # seconds, the very last of them; beside other tests the machine is late
SOON = 1.0 if sizes.FULL else CLOSED_BY
AT_ONCE = 35
Kind = Callable[[PartyFactory], Trial]

# Planted faults: what is looked at when a socket connects, and never again.
SESSIONS_AT_CONNECT = """
from uconnect.entrypoints.server.service import ServerService
ServerService.part = lambda self, sessions: None
"""
GRANTS_LAST = """
from uconnect.adapters.tokens.verification import Claims
Claims.session_scope = property(lambda self: self.session)
"""
PARTIES_AT_CONNECT = """
from uconnect.domain import protocol
from uconnect.adapters.realtime.in_process import Sockets
deliver = Sockets.deliver
def without_bye(self, deliveries, exclude=None):
    deliver(self, [it for it in deliveries if not isinstance(it.frame, protocol.Bye)], exclude)
Sockets.deliver = without_bye
"""
CONNECTIONS_AT_ONCE = """
from msgspec.structs import replace
from uconnect.domain.usecases import messages
visible_to_others, seats = messages.visible_to_others, {}
def to_who_was_there(context, thread):
    thread = visible_to_others(context, thread)
    return replace(thread, worker=seats.setdefault(thread.id, thread.worker))
messages.visible_to_others = to_who_was_there
"""


def revoke(trial: Trial) -> None:
    """Take it away while others write, and note how soon the socket is closed."""
    trial.revoke()
    answered = time.monotonic()
    trial.mark = max(hand.sent for hand in trial.signatories)
    if trial.closes:
        trial.heard += last_words(trial.socket, answered + CLOSED_BY)
        trial.closed_after = time.monotonic() - answered


def last_words(socket: SocketClient, late: float) -> list[dict[str, Any]]:
    """What a socket says until it is closed. Fails if it goes on."""
    frames = []
    try:
        while (left := late - time.monotonic()) > 0:
            frames.append(socket.receive(left))
    except ConnectionClosed:
        return frames
    except TimeoutError:
        frames.append({"t": "nothing more"})
    raise AssertionError(f"the socket was not closed: {frames[-3:]}")


def shut(trial: Trial) -> None:
    """What is held from before opens no more than what never was."""
    held = trial.held
    if (mine := held.call("GET /api/me")).status_code == 401:
        nobody = replace(held, party=replace(held.party, token="never.was.one"))
        assert mine.content == nobody.call("GET /api/me").content
    for route in ("GET /api/threads/{}", "GET /api/threads/{}/log", "POST /api/threads/{}/terminate"):
        ours, absent = held.call(route.format(trial.id)), held.call(route.format(ABSENT))
        assert (ours.status_code, ours.content) == (absent.status_code, absent.content)
    if not trial.closes:
        key = fresh()
        refused = [trial.socket.send(id, "Let me in", key) for id in (trial.id, ABSENT)]
        assert refused[0] == refused[1]


def tried(parties: PartyFactory, kinds: Sequence[Kind]) -> list[float]:
    """How long after the answer the sockets were closed that were to be."""
    trials = list[Trial]()
    try:
        for kind in kinds:
            trials.append(kind(parties))
        signatories = [hand for trial in trials for hand in trial.signatories]
        for hand in signatories:
            hand.wait_for(1)
        for trial in trials:
            revoke(trial)
        time.sleep(SILENT_AFTER)
        for trial in trials:
            if not trial.closes:
                trial.heard += trial.socket.heard()
            assert trial.late() == []
        for hand, number in [(hand, hand.sent + 1) for hand in signatories]:
            hand.wait_for(number)
        for trial in trials:
            assert trial.closes or trial.socket.heard() == []
            shut(trial)
    finally:
        stop(trials)
    return [trial.closed_after for trial in trials if trial.closes]


@pytest.mark.timeout(0 if sizes.FULL else 600)
def test_who_had_it_before_hears_and_reads_nothing_more(tmp_path: Path, evidence: Evidence) -> None:
    kinds, closed, run = cycle(KINDS), list[float](), 0
    with server_home(tmp_path) as home:
        for many in sizes.batches(sizes.REVOKED, at_once=AT_ONCE):
            with party_factory(home) as parties:
                closed += tried(parties, [*islice(kinds, many)])
            run += many
    p99 = sorted(closed)[int(len(closed) * 0.99)]
    assert p99 < SOON
    evidence(15, f"sockets held from before, of {len(KINDS)} kinds; closed within {p99 * 1000:.0f} ms (p99)", run)


@pytest.mark.planted(15)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (SESSIONS_AT_CONNECT, signed_out),
        (GRANTS_LAST, code_used_again),
        (PARTIES_AT_CONNECT, worker_removed),
        (CONNECTIONS_AT_ONCE, taken_back),
    ],
    ids=["sessions", "grants", "parties", "seats"],
)
def test_what_is_checked_only_at_connect_is_noticed(
    fault: str, kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "CLOSED_BY", 1.0)  # by its name, it would be another module: pytest imports this one
    # `watched` would see the faults that keep a `bye` back, before a person is asked.
    with (
        server_home(tmp_path, fault, watched=False) as home,
        party_factory(home) as parties,
        pytest.raises(AssertionError),
    ):
        tried(parties, [kind])
