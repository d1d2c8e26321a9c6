"""A school's acts in twin worlds: what it does in its account, and what an operator does there, tells others nothing
(leak 41)."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from tests.privacy.worlds.leak_planting import Leak, Patch
from tests.privacy.worlds.raiser_scripts import School as Cast
from tests.privacy.worlds.raiser_scripts import Secret
from tests.privacy.worlds.twin_worlds import Observed, TwinWorld, compare, play
from tests.privacy.worlds.worker_steps import WorkerWorld
from tests.support.stores import answer
from uconnect.api import http
from uconnect.domain.authorization import load_caller
from uconnect.domain.context import AuditedAct, Context, Plan
from uconnect.domain.enums import Kind
from uconnect.domain.keys import SchoolsOf
from uconnect.domain.models import Worker
from uconnect.domain.usecases import school_acts


@dataclass(frozen=True)
class ActsOfSchool:
    """In one world the school does nothing in its account. In the other it invites somebody, writes to them again,
    removes them and says again what happens to new threads, and an operator suspends it for a while."""

    kind: Kind  # of the blind party
    secrets: tuple[bool, ...] = (False, True)

    def play(self, twin: TwinWorld) -> None:
        busy = self.secrets[twin.number]
        twin.secrets.append(busy)
        desk = WorkerWorld(twin, (0, 0, 0), frozenset()) if self.kind is Kind.WORKER else None
        cast = None if desk else Cast(twin, self.kind)
        blind, school = (desk.worker, desk.school) if desk else (cast.raiser, cast.school) if cast else ("", "")
        if cast:
            cast.step("raise", 0, Secret(hand=0))
        if busy:
            _act(twin, school)
        twin.world.run_jobs()
        for query in ("", "most=1", "before=2"):
            twin.call(blind, "GET /api/acts", query=query)
        for step in ("reload", "try_odd_things"):
            if desk:
                desk.step(step, 0)
            if cast:
                cast.step(step, 0, Secret(hand=0))


def _act(twin: TwinWorld, school: str) -> None:
    invitation = {"key": twin.hidden_key(), "email": "nora@example.org", "name": "Nora Secret"}
    twin.call(school, "POST /api/workers", invitation)
    nora = twin.world.look(school, "GET /api/workers")["workers"][-1]["id"]
    twin.call(school, f"POST /api/workers/{nora}/resend")
    twin.call(school, f"DELETE /api/workers/{nora}")
    suspended = tuple(AuditedAct(it, school, school=school) for it in ("suspend a school", "resume a school"))
    twin.world.do(lambda _: Plan(None, acts=suspended))
    told = answer(twin.world.home.store.ask(partial(school_acts.own_acts, by=school, before=None, most=9)))
    assert len(told.acts) >= 5, "there was much to tell"


@pytest.mark.parametrize("kind", Kind)
def test_what_a_school_does_in_its_account_tells_nobody(kind: Kind) -> None:
    compare(play(ActsOfSchool(kind)))


def read_by(school_of: Any) -> Any:
    """The operation answers another party with the acts of a school."""

    def leaking(context: Context, by: str, **query: Any) -> Any:
        return school_acts.own_acts(context, school_of(context, by), **query)

    def plant(patch: Patch) -> None:
        routes = [
            (replace(it, use_case=leaking, by=frozenset(Kind)) if it.name == "acts" else it, path)
            for it, path in http.ROUTES
        ]
        patch.setattr(http, "ROUTES", routes)

    return plant


def _employer(context: Context, by: str) -> str:
    party = load_caller(context, by)
    return party.school if isinstance(party, Worker) else by


def _first_school(context: Context, by: str) -> str:
    found = [it.id for it in context.list(SchoolsOf(None, 9)) if it.id != by]
    return found[0] if found else by


LEAKS = [
    (Kind.WORKER, Leak("acts", "a worker reads its school's acts", read_by(_employer))),
    (Kind.USER, Leak("acts", "a user reads a school's acts", read_by(_first_school))),
    (Kind.SCHOOL, Leak("acts", "another school reads a school's acts", read_by(_first_school))),
]


@pytest.mark.planted(3)
@pytest.mark.parametrize(("kind", "leak"), LEAKS, ids=str)
def test_acts_that_tell_are_noticed(kind: Kind, leak: Leak, monkeypatch: Patch) -> None:
    leak.plant(monkeypatch)
    with pytest.raises(Observed):
        compare(play(ActsOfSchool(kind)))
