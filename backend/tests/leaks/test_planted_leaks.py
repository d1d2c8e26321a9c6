"""A test that cannot fail proves nothing: each way of telling is planted in turn, and the twin worlds notice.

These are the positive controls of `test_twin_worlds`.
"""

import pytest

from tests.leaks import elsewhere, raisers, workers
from tests.leaks.planted_for_raisers import LEAKS as FOR_RAISERS
from tests.leaks.planted_for_workers import LEAKS as FOR_WORKERS
from tests.leaks.planting import Leak, Patch
from tests.leaks.stage import Told, compare, must_be_blind, play
from tests.leaks.stories import RAISERS, WORKERS, raisers_story, workers_story
from uconnect.core.terms import Kind

LEAST = 60  # frames that are heard in a story


def test_the_stories_try_everything() -> None:
    assert {what for what, *_ in RAISERS} == raisers.STEPS.keys() | raisers.ANYWHERE.keys()
    assert {what for what, *_ in WORKERS} == workers.STEPS.keys() | workers.ANYWHERE.keys()
    secret = {act for *_, it in RAISERS for act, _ in it.acts}
    assert secret == raisers.SECRETS.keys() | raisers.BESIDE.keys()
    assert {act for *_, acts in WORKERS for act, _ in acts} == elsewhere.SECRETS.keys()


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
    with pytest.raises(Told):
        compare(play(raisers_story(kind)))


@pytest.mark.planted(10)
@pytest.mark.parametrize("leak", FOR_WORKERS, ids=str)
def test_what_would_tell_a_worker_is_noticed(leak: Leak, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Told):
        compare(play(workers_story()))
