"""Figures in twin worlds: how soon a school usually answers tells a raiser nothing of who answers, and a worker nothing
at all (leak 37)."""

from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest

from tests.privacy.worlds.leak_planting import Leak, Patch, telling
from tests.privacy.worlds.raiser_scripts import School, Secret
from tests.privacy.worlds.twin_worlds import Observed, Stages, TwinWorld, compare, play
from tests.privacy.worlds.worker_steps import WorkerWorld
from uconnect.api import http
from uconnect.domain import models
from uconnect.domain.authorization import load_caller
from uconnect.domain.context import Context
from uconnect.domain.enums import Kind
from uconnect.domain.keys import PartyKey
from uconnect.domain.models import Job, Message, Party, Worker
from uconnect.domain.usecases import figures, messages
from uconnect.domain.usecases.figures import HOUR, LEAST_REPLIES, MINUTE
from uconnect.domain.views import directory

SOME = LEAST_REPLIES + 1
TEN_MINUTES = 10 * MINUTE  # from a hand-off to the answer


def pass_a_week(twin: TwinWorld) -> None:
    """A week ends, and the standing job looks at the schools, hour by hour."""
    for _ in range(7 * 24):
        twin.wait(HOUR)
        twin.world.run_jobs()


@dataclass(frozen=True)
class AnsweredBy:
    """For a raiser of a kind: in one world the school answers, in the other a worker who is given the thread last."""

    kind: Kind
    secrets: tuple[bool, ...] = (False, True)

    def play(self, twin: TwinWorld) -> None:
        by_worker = self.secrets[twin.number]
        twin.secrets.append(by_worker)
        cast, hand = School(twin, self.kind), Secret(hand=int(by_worker))
        twin.world.do(figures.begin)
        for which in range(SOME):
            cast.step("raise", which, hand)
            twin.wait(3 * HOUR - TEN_MINUTES)
            if by_worker:
                cast.do("offload", which, 0)
            twin.wait(TEN_MINUTES)
            cast.step("answer", which, hand)
            twin.wait(1_000)
            cast.step("terminate", which, hand)
            twin.world.run_jobs()
            cast.step("reload", which, hand)
        pass_a_week(twin)
        cast.step("reload", 0, hand)
        twin.call(cast.raiser, f"GET /api/schools/{cast.school}")
        if by_worker:
            cast.do("remove", 0, 0)
        pass_a_week(twin)
        cast.step("try_odd_things", 0, hand)
        cast.step("reload", 0, hand)


@dataclass(frozen=True)
class OthersAsk:
    """For a worker: in one world nobody else asks its school, in the other some do, and the school answers at once."""

    secrets: tuple[bool, ...] = (False, True)

    def play(self, twin: TwinWorld) -> None:
        twin.secrets.append(self.secrets[twin.number])
        desk = WorkerWorld(twin, (0, 0, 0), frozenset())
        twin.world.do(figures.begin)
        stranger = twin.world.newcomer(Kind.USER, "Stranger")
        for _ in range(SOME):
            twin.wait(HOUR)
            if self.secrets[twin.number]:
                _ask_and_answer(twin, stranger, desk.school)
            desk.step("write", 0)
            desk.step("answer", 0)
        pass_a_week(twin)
        desk.step("reload", 0)
        desk.step("try_odd_things", 0)
        twin.call(desk.worker, "GET /api/figures")
        twin.call(desk.worker, f"GET /api/schools/{desk.school}")


def _ask_and_answer(twin: TwinWorld, stranger: str, school: str) -> None:
    letter = {"key": twin.hidden_key(), "school": school, "subject": "Which room?", "text": "Hello"}
    asked = twin.call(stranger, "POST /api/threads", letter)["row"]["id"]
    received = twin.world.look(school, "GET /api/threads", "shelf=received&show=new")["threads"]
    twin.send_hidden(school, received[0]["row"]["id"], "The blue one")
    twin.call(stranger, f"POST /api/threads/{asked}/terminate")


def reply_times(twin: TwinWorld) -> set[str | None]:
    """All that the blind party was told of how soon a school answers."""
    found = set[str | None]()

    def look(it: Any) -> None:
        if isinstance(it, dict):
            found.update([it["reply_time"]] if "reply_time" in it else [])
            it = list(it.values())
        for each in it if isinstance(it, list) else ():
            look(each)

    for line in twin.heard:
        head, _, said = line.partition(b" ")
        if head != b"cost":
            look(msgspec.json.decode(said))
    return found


@pytest.mark.parametrize("kind", [Kind.USER, Kind.SCHOOL])
def test_a_usual_reply_time_is_the_same_whoever_answers(kind: Kind) -> None:
    stages: Stages = play(AnsweredBy(kind))
    compare(stages)
    assert reply_times(stages[0]) == {None, "day"}, "it was not told at first, and then it was"


def test_figures_tell_a_worker_nothing() -> None:
    stages: Stages = play(OthersAsk())
    compare(stages)
    assert reply_times(stages[0]) == set()
    kept = [twin.world.home.one(PartyKey(school_of(twin))) for twin in stages]
    assert [it.reply_time for it in kept if isinstance(it, models.School)] == [None, "hour"], "there was much to tell"


def school_of(twin: TwinWorld) -> str:
    found: str = twin.world.look(twin.blind, "GET /api/me")["card"]["id"]
    return found


def counting_otherwise(change: Any) -> Any:
    """A first answer of a worker is counted otherwise."""
    count = messages._count_first_answer

    def otherwise(context: Context, by: Party, message: Message, raised: int) -> Job:
        job = count(context, by, message, raised)
        return msgspec.structs.replace(job, task=change(job.task)) if isinstance(by, Worker) else job

    return lambda patch: patch.setattr(messages, "_count_first_answer", otherwise)


RAISERS = [
    Leak(
        "figures",
        "the school's own answers are counted alone",
        counting_otherwise(lambda it: _replaced(it, school="nobody")),
    ),
    Leak(
        "figures",
        "an answer is timed from the hand-off",
        counting_otherwise(lambda it: _replaced(it, took=TEN_MINUTES)),
    ),
]


def _replaced(task: Any, **change: Any) -> Any:
    return msgspec.structs.replace(task, **change)


def in_its_school(patch: Patch) -> None:
    card = directory.school_card
    patch.setattr(directory, "school_card", lambda it: telling(card(it), reply_time=it.reply_time))


def read_by_workers(patch: Patch) -> None:
    def inside(context: Context, by: str) -> Any:
        party = load_caller(context, by)
        return figures.figures(context, party.school if isinstance(party, Worker) else by)

    routes = [(replace(it, use_case=inside) if it.name == "figures" else it, path) for it, path in http.ROUTES]
    patch.setattr(http, "ROUTES", routes)


WORKERS = [
    Leak("figures", "a worker is shown its school's usual time", in_its_school),
    Leak("figures", "a worker reads its school's figures", read_by_workers),
]


@pytest.mark.planted(9)
@pytest.mark.parametrize("leak", RAISERS, ids=str)
def test_a_usual_reply_time_that_tells_is_noticed(leak: Leak, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Observed):
        compare(play(AnsweredBy(Kind.USER)))


@pytest.mark.planted(10)
@pytest.mark.parametrize("leak", WORKERS, ids=str)
def test_figures_that_tell_a_worker_are_noticed(leak: Leak, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Observed):
        compare(play(OthersAsk()))
