"""One script on two running servers, and the comparison of all that the blind party was sent."""

from collections import Counter
from typing import Protocol

import msgspec

from tests.leaks.canonical import served
from tests.leaks.stage import Told, compare
from tests.running.server import Running
from tests.running.world import RunningStage, RunningWorld

Servers = tuple[Running, Running]
Stages = tuple[RunningStage, RunningStage]


class Script(Protocol):
    def play(self, stage: RunningStage) -> None:
        """Play it on a stage, with the secret of its world."""
        ...


def play(script: Script, servers: Servers) -> Stages:
    """Play it on both, one after the other."""
    first, second = (_played(script, server, number) for number, server in enumerate(servers))
    return first, second


def _played(script: Script, server: Running, number: int) -> RunningStage:
    stage = RunningStage(RunningWorld(server), number)
    try:
        script.play(stage)
        stage.running.end()
    finally:
        stage.running.leave()
    stage.heard = served(stage.heard)
    return stage


def must_be_blind(script: Script, servers: Servers, least: int) -> Counter[str]:
    """Compare, and see that there was something to tell; how often each thing was heard.

    What was told must be told again: two aliases may be the same by chance.
    """
    stages = play(script, servers)
    try:
        compare(stages)
    except Told:
        compare(play(script, servers))
    heard = heard_of(stages[0])
    frames = sum(many for what, many in heard.items() if what.startswith("frame"))
    assert frames >= least, f"the blind party heard {frames} frames only"
    assert stages[0].secrets != stages[1].secrets, "the two worlds had one secret"
    return heard


def heard_of(stage: RunningStage) -> Counter[str]:
    """How many frames of each sort, answers of each status, letters, and sockets that were opened or refused."""
    found: Counter[str] = Counter()
    for line in stage.heard:
        words = line.split(b"\r\n", 1)[0].decode().split(" ", 2)
        if words[1:2] == ["frame"]:
            found[f"frame {msgspec.json.decode(words[2])['t']}"] += 1
        elif words[1:2] == ["closed"]:
            found[f"closed {words[2].strip()}"] += 1
        else:
            found[words[0] if words[0].isdecimal() else " ".join(words[:2])] += 1
    return found
