"""Promises 9 and 10 on AWS: the blind party's posts, and all that DynamoDB was asked before them, are the same.

The frames go by `adapters/realtime/api_gateway.py`, to everybody: so it shows too how many others were posted to first.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from random import Random
from typing import Any

import pytest

from tests.privacy.worlds.complete_scripts import raisers_story, workers_story
from tests.privacy.worlds.leak_planting import Patch
from tests.privacy.worlds.raiser_scripts import RaisersScript, Secret
from tests.privacy.worlds.random_scripts import Scripts, raisers_script, workers_script
from tests.privacy.worlds.test_twin_worlds import LEAST, unhurried
from tests.privacy.worlds.twin_worlds import Observed, Script, Stages, TwinWorld, compare, heard_of
from tests.privacy.worlds.worker_scripts import Secret as Owners
from tests.privacy.worlds.worker_scripts import WorkersScript
from tests.support import sizes
from tests.support.api_gateway_world import OnAws, on_aws
from tests.support.evidence import Evidence
from uconnect.adapters.realtime.api_gateway import Gateway
from uconnect.domain import notifications, protocol
from uconnect.domain.context import Context, Delivery
from uconnect.domain.enums import Kind
from uconnect.domain.keys import Mailbox, ThreadsOf
from uconnect.domain.models import Owner, Thread

AT_ONCE, SHARE = 5, 0.07  # pairs between two looks at the clock, and of the seconds of a proof


class TwinBehindGateway(TwinWorld):
    """Writes down too what DynamoDB was asked until the blind party was served, and how many were told before it."""

    def __init__(self, world: OnAws, number: int) -> None:
        super().__init__(world, number)
        self._posts = world.posts

    def note(self, *, own: bool = False, whole: bool = True) -> None:
        lines = len(self.heard)
        super().note(own=own, whole=whole)
        before, asked = self._posts.before.get(self.blind, (0, sorted(self._posts.requests)))
        if len(self.heard) > lines:
            # How many devices a raiser has is its own affair: a worker comes after them.
            told = before if self.kind is not Kind.WORKER else 0
            self.heard.append(b"cost %d posts, %s" % (told, " ".join(asked).encode()))


def play(script: Script, seed: int = 0) -> Stages:
    with ExitStack() as worlds:
        first, second = (TwinBehindGateway(worlds.enter_context(on_aws(2 * seed + it)), it) for it in (0, 1))
        for twin in (first, second):
            script.play(twin)
    return first, second


def must_be_blind(script: Script, least: int) -> Counter[str]:
    stages = play(script)
    try:
        compare(stages)
    except Observed:
        compare(play(script, seed=1))  # two aliases may be the same by chance
    heard = heard_of(stages[0])
    assert sum(many for what, many in heard.items() if what.startswith("frame")) >= least
    assert sum(line.startswith(b"cost ") for line in stages[0].heard) >= least
    assert stages[0].secrets != stages[1].secrets, "the two worlds had one secret"
    return heard


@unhurried
@pytest.mark.parametrize(("promise", "scripts"), [(9, raisers_script), (10, workers_script)], ids=["9", "10"])
def test_by_the_gateway_too_nothing_tells(promise: int, scripts: Scripts[Any], evidence: Evidence) -> None:
    heard: Counter[str] = Counter()
    pairs, first = 0, Random().getrandbits(48)
    for many in sizes.batches(sizes.GATEWAY_PAIRS, SHARE, AT_ONCE):
        for seed in range(first + pairs, first + pairs + many):
            heard.update(told_nothing(scripts, seed))
        pairs += many
    assert heard["frame event"]
    evidence(promise, "pairs of worlds by API Gateway's deliveries", pairs)


def told_nothing(scripts: Scripts[Any], seed: int) -> Counter[str]:
    try:
        return must_be_blind(scripts(Random(seed)), LEAST)
    except Exception as error:
        error.add_note(f"{scripts.__name__}(Random({seed})) by the gateway")
        raise


Deliver = Callable[[Gateway, Sequence[Delivery], Any], None]
deliver: Deliver = Gateway.deliver


def others_first(gateway: Gateway, deliveries: Sequence[Delivery], exclude: Any = None) -> None:
    deliver(gateway, deliveries[::-1], exclude)


def a_hand_alone_is_looked_up(gateway: Gateway, deliveries: Sequence[Delivery], exclude: Any = None) -> None:
    """Where there is none, there is nobody to tell."""
    deliver(gateway, [it for it in deliveries if gateway._look_up(it.to).connections], exclude)


def a_hand_is_looked_at_before_the_others(
    gateway: Gateway, deliveries: Sequence[Delivery], exclude: Any = None
) -> None:
    """To see whether it was removed: one read more where there is a hand."""
    if len(deliveries) == 3 and gateway._look_up(deliveries[1].to).connections:
        gateway._look_up(deliveries[1].to)
    deliver(gateway, deliveries, exclude)


def the_school_is_told_beside_each(gateway: Gateway, deliveries: Sequence[Delivery], exclude: Any = None) -> None:
    """A frame that is not for the blind party reaches it."""
    more = [Delivery(deliveries[0].to, it.frame) for it in deliveries[1:] if isinstance(it.frame, protocol.Event)]
    deliver(gateway, [*deliveries, *more], exclude)


LEAKS = [
    others_first,
    a_hand_alone_is_looked_up,
    a_hand_is_looked_at_before_the_others,
    the_school_is_told_beside_each,
]


# In one world the school does it by itself, in the other a worker does.
STEPS = ("raise", "answer", "write", "hand_types", "see", "answer_again")
ALONE = tuple(Secret() for _ in STEPS)
STAFFED = tuple(Secret((("offload", 0),) if what == "answer" else (), hand=1) for what in STEPS)
SHORT = RaisersScript(Kind.USER, tuple((what, 0, 10_000) for what in STEPS), (ALONE, STAFFED))


# In one world the school has the worker's two threads, in the other more, and it shows another profile to all.
PROFILE_STEPS = (("write", 0, 1_000), ("write", 1, 1_000), ("school_shows_itself", 0, 1_000), ("answer", 0, 1_000))
FEW = Owners((0, 0, 0), ((),) * len(PROFILE_STEPS), frozenset())
MORE = Owners((0, 1, 0), ((("raise_other", 0), ("raise_other", 2)), *((),) * 3), frozenset())
PROFILE_SHOWN = WorkersScript(PROFILE_STEPS, (FEW, MORE))


@pytest.mark.planted(10)
def test_a_profile_that_is_told_the_later_the_more_threads_there_are_is_noticed(monkeypatch: Patch) -> None:
    def unpadded(context: Context, party: Owner, mailbox: Mailbox) -> tuple[Thread, ...]:
        return context.list(ThreadsOf(party.id, mailbox, None, notifications.NOTIFIED_THREADS))

    monkeypatch.setattr(notifications, "_latest_threads", unpadded)
    with pytest.raises(Observed):
        compare(play(PROFILE_SHOWN))


@pytest.mark.planted(9)
@pytest.mark.parametrize("leak", LEAKS, ids=lambda it: it.__name__)
def test_a_gateway_that_tells_the_raiser_is_noticed(leak: Deliver, monkeypatch: Patch) -> None:
    monkeypatch.setattr(Gateway, "deliver", leak)
    with pytest.raises(Observed):
        compare(play(SHORT))


@unhurried
@pytest.mark.parametrize(
    "script",
    [SHORT, PROFILE_SHOWN, *([raisers_story(Kind.SCHOOL), workers_story()] if sizes.FULL else [])],
    ids=lambda _: "",
)
def test_a_story_is_told_as_one_by_the_gateway_too(script: Script) -> None:
    must_be_blind(script, LEAST)
