"""One script on two running servers, and the comparison of all that the blind party was sent."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from tests.privacy.servers.log_capture import Journal, foreign_to, found_in, secrets_of
from tests.privacy.servers.running_server import Running
from tests.privacy.servers.server_world import RunningWorld, ServerTwinWorld
from tests.privacy.worlds.canonical_transcript import served
from tests.privacy.worlds.twin_worlds import Observed, compare
from uconnect.oidc_provider.sessions import LIFETIME, UpstreamProof

Servers = tuple[Running, Running]
BY_UPSTREAM = UpstreamProof("https://idp.example", 0, LIFETIME, b"a session there")
Stages = tuple[ServerTwinWorld, ServerTwinWorld]


@dataclass(frozen=True)
class Tried:
    """How many pairs were compared, how often each thing was heard, and how many bytes were searched."""

    pairs: int = 0
    heard: Counter[str] = field(default_factory=Counter)
    searched: int = 0

    def __add__(self, more: "Tried") -> "Tried":
        return Tried(self.pairs + more.pairs, self.heard + more.heard, self.searched + more.searched)


class Script(Protocol):
    def play(self, twin: ServerTwinWorld) -> None:
        """Play it on a stage, with the secret of its world."""
        ...


def play(script: Script, servers: Servers) -> Stages:
    """Play it on both, one after the other."""
    begins = max(server.time.now for server in servers)
    for server in servers:
        server.time.now = begins
    servers[0].proof, servers[1].proof = None, BY_UPSTREAM  # leak 43: by whom the others are signed in
    first, second = (_played(script, server, number) for number, server in enumerate(servers))
    return first, second


def _played(script: Script, server: Running, number: int) -> ServerTwinWorld:
    twin = ServerTwinWorld(RunningWorld(server), number)
    try:
        script.play(twin)
        twin.running.end()
        people = list(twin.running.people.values())
        twin.unspeakable = secrets_of(server, people)
        twin.foreign = foreign_to(twin.kind, people)
    finally:
        twin.running.leave()
    twin.heard = served(twin.heard)
    return twin


def must_be_silent(stages: Stages, journal: Journal) -> int:
    """Nothing of what a log must not hold was printed since the journal was read last, and nothing of others' was sent.

    Returns how many bytes were searched.
    """
    printed = journal.read()
    for twin in stages:
        assert not (found := found_in(printed, twin.unspeakable)), f"printed: {found}"
        assert not (found := found_in(twin.texts, twin.foreign)), f"sent: {found}"
    return sum(map(len, printed)) + sum(len(text) for twin in stages for text in twin.texts)


def must_be_blind(script: Script, servers: Servers, least: int, journal: Journal) -> Tried:
    """Compare and search, and see that there was something to tell.

    What was told must be told again: two aliases may be the same by chance.
    """
    stages = play(script, servers)
    try:
        compare(stages)
    except Observed:
        stages = play(script, servers)
        compare(stages)
    heard = heard_of(stages[0])
    frames = sum(many for what, many in heard.items() if what.startswith("frame"))
    assert frames >= least, f"the blind party heard {frames} frames only"
    assert stages[0].secrets != stages[1].secrets, "the two worlds had one secret"
    return Tried(1, heard, must_be_silent(stages, journal))


def heard_of(twin: ServerTwinWorld) -> Counter[str]:
    """How many frames of each sort, answers of each status, letters, and sockets that were opened or refused."""
    found: Counter[str] = Counter()
    for line in twin.heard:
        words = line.split(b"\r\n", 1)[0].decode().split(" ", 2)
        if words[1:2] == ["frame"]:
            found[f"frame {msgspec.json.decode(words[2])['t']}"] += 1
        elif words[1:2] == ["closed"]:
            found[f"closed {words[2].strip()}"] += 1
        else:
            found[words[0] if words[0].isdecimal() else " ".join(words[:2])] += 1
    return found
