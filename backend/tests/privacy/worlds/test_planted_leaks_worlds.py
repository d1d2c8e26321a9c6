"""A test that cannot fail proves nothing: each way of telling is planted in turn, and the twin worlds notice.

These are the positive controls of `test_twin_worlds`.
"""

import pytest

from tests.privacy.worlds import raiser_scripts, worker_scripts, worker_steps
from tests.privacy.worlds.complete_scripts import RAISERS, WORKERS, raisers_story, workers_story
from tests.privacy.worlds.leak_planting import Leak, Patch
from tests.privacy.worlds.planted_for_raisers import LEAKS as FOR_RAISERS
from tests.privacy.worlds.planted_for_workers import LEAKS as FOR_WORKERS
from tests.privacy.worlds.twin_worlds import Observed, compare, must_be_blind, play
from uconnect.domain.enums import Kind

LEAST = 60  # frames that are heard in a story


def test_the_stories_try_everything() -> None:
    assert {what for what, *_ in RAISERS} == raiser_scripts.STEPS.keys() | raiser_scripts.ANYWHERE.keys()
    assert {what for what, *_ in WORKERS} == worker_steps.STEPS.keys() | worker_steps.ANYWHERE.keys()
    secret = {act for *_, it in RAISERS for act, _ in it.actions}
    assert secret == raiser_scripts.SECRETS.keys() | raiser_scripts.SIDE_ACTIONS.keys()
    assert {act for *_, actions in WORKERS for act, _ in actions} == worker_scripts.SECRETS.keys()


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_the_raisers_story_is_told_as_one(kind: Kind) -> None:
    must_be_blind(raisers_story(kind), LEAST)


def test_the_workers_story_is_told_as_one() -> None:
    must_be_blind(workers_story(), LEAST)


@pytest.mark.planted(9)
@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
@pytest.mark.parametrize("leak", FOR_RAISERS, ids=str)
def test_what_would_tell_the_raiser_is_noticed(leak: Leak, kind: Kind, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Observed):
        compare(play(raisers_story(kind)))


@pytest.mark.planted(10)
@pytest.mark.parametrize("leak", FOR_WORKERS, ids=str)
def test_what_would_tell_a_worker_is_noticed(leak: Leak, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Observed):
        compare(play(workers_story()))
