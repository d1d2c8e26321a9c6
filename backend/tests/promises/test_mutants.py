"""A test that cannot fail proves nothing: each rule is taken out of the product in turn, and the histories notice."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from tests.kit import sizes
from tests.kit.world import home
from tests.promises.laws import Differs
from tests.promises.play import Play, Tried, untried
from tests.promises.story import Story
from tests.promises.test_rules_hold import Histories
from uconnect.core import rules
from uconnect.core.decide import fanout, handling, messages, threads
from uconnect.core.facts import Delivery
from uconnect.core.model import Thread, Worker
from uconnect.core.rules import Role
from uconnect.core.terms import Kind, Side
from uconnect.core.views import raiser, worker

Patch = pytest.MonkeyPatch
Mutant = Callable[[Patch], None]
NOTICED = (Differs, AssertionError)  # by the model, or by the core itself, which insists on what its rules make so


def raises_to(kind: Kind, *kinds: Kind) -> Mutant:
    return lambda patch: patch.setitem(rules.MAY_RAISE_TO, kind, frozenset(kinds))


def always(name: str) -> Mutant:
    return lambda patch: patch.setattr(rules, name, lambda *_: True)


def all_are_institutions(patch: Patch) -> None:
    raises_to(Kind.USER, *Kind)(patch)
    raises_to(Kind.SCHOOL, *Kind)(patch)


def to_any_schools_worker(patch: Patch) -> None:
    patch.setattr(rules, "may_offload", lambda thread, school, worker: isinstance(worker, Worker))


def to_a_removed_worker(patch: Patch) -> None:
    def may_offload(thread: Thread, school: Any, worker: Any) -> bool:
        return isinstance(worker, Worker) and worker.school == school.id

    patch.setattr(rules, "may_offload", may_offload)


def users_speak_as_the_school(patch: Patch) -> None:
    patch.setitem(rules.SIDE_OF, Role.RAISER, Side.SCHOOL)


def raisers_see_the_handler(patch: Patch) -> None:
    row = raiser.row

    def telling(thread: Thread) -> raiser.RaiserRow:
        return replace(row(thread), school=(thread.worker or thread.school).party)

    patch.setattr(raiser, "row", telling)


def workers_see_the_owner(patch: Patch) -> None:
    row = worker.row
    patch.setattr(worker, "row", lambda thread: replace(row(thread), alias=thread.raiser.party))


RULES: list[tuple[int, str, Mutant]] = [
    (1, "threads are raised to anything, as if all were institutions", all_are_institutions),
    (2, "a school offloads to another school's worker", to_any_schools_worker),
    (2, "a school offloads to a worker it has removed", to_a_removed_worker),
    (3, "a user speaks as the school", users_speak_as_the_school),
    (4, "two users communicate", raises_to(Kind.USER, Kind.SCHOOL, Kind.USER)),
    (4, "two schools cannot communicate", raises_to(Kind.SCHOOL)),
    (5, "a school removes another school's worker", always("may_remove")),
    (6, "who raised it sees who handles it", raisers_see_the_handler),
    (7, "a worker sees the owner", workers_see_the_owner),
    (8, "a school raises to a user", raises_to(Kind.SCHOOL, Kind.SCHOOL, Kind.USER)),
    (8, "a school raises to a worker", raises_to(Kind.SCHOOL, Kind.SCHOOL, Kind.WORKER)),
    (9, "a user raises to a worker", raises_to(Kind.USER, Kind.SCHOOL, Kind.WORKER)),
    (10, "a sixth thread is raised", always("may_open_another")),
    (10, "a sixth worker is invited", always("may_invite_another")),
    (11, "others terminate", always("may_terminate")),
    (11, "others delete", always("may_delete")),
    (11, "after the end one posts", always("is_open")),
]


def without(where: Any, name: str) -> Mutant:
    """These frames are not sent: one is only looked up, or nobody is."""
    return lambda patch: patch.setattr(where, name, lambda *_, **__: ())


def without_the_meter(patch: Patch) -> None:
    patch.setattr(threads, "meter", lambda owner: Delivery(owner.id, None))


def events_without(field: str) -> Mutant:
    """A frame without a field: the row that comes with an entry lacks it."""
    event = fanout.event

    def less(*told: Any) -> Any:
        whole = event(*told)
        return replace(whole, row=replace(whole.row, **{field: None}))

    return lambda patch: patch.setattr(fanout, "event", less)


def one_rev_for_all(patch: Patch) -> None:
    """Rows keep their revision when they change."""
    patch.setattr(handling, "turned", lambda seat: seat)


SCREENS: list[tuple[str, Mutant]] = [
    ("the meter is not told", without_the_meter),
    ("an offload is not told", without(handling, "_rows")),
    ("a loss is not told", without(handling, "_left")),
    ("a mark is not told", without(messages, "to_side")),
    ("an entry is not told", without(messages, "events")),
    ("a row comes without its last line", events_without("last")),
    ("a row comes without its count", events_without("theirs")),
    ("a row changes and keeps its revision", one_rev_for_all),
]


def tell(story: Callable[[Play], None]) -> Tried:
    with home("memory") as kept:
        play = Play(kept)
        story(play)
        return play.tried


def whole(play: Play) -> None:
    Story(play).tell()


def test_the_story_holds_and_tries_everything() -> None:
    assert untried(tell(whole)) == set()


def name(it: object) -> str:
    return it if isinstance(it, str) else ""


def test_there_is_a_mutant_of_every_rule() -> None:
    assert {number for number, _, _ in RULES} == set(range(1, 12))


@pytest.mark.planted(5)
@pytest.mark.parametrize(("number", "fault", "mutant"), RULES, ids=name)
def test_a_rule_taken_out_is_noticed(number: int, fault: str, mutant: Mutant, monkeypatch: Patch) -> None:
    mutant(monkeypatch)
    with pytest.raises(NOTICED):
        tell(whole)


@pytest.mark.planted(7)
@pytest.mark.parametrize(("fault", "mutant"), SCREENS, ids=name)
def test_a_screen_left_behind_is_noticed(fault: str, mutant: Mutant, monkeypatch: Patch) -> None:
    mutant(monkeypatch)
    with pytest.raises(Differs):
        tell(whole)


EVERY_FAULT = [*(fault[1:] for fault in RULES), *SCREENS]


@pytest.mark.timeout(0 if sizes.FULL else 120)
@pytest.mark.parametrize(("fault", "mutant"), EVERY_FAULT if sizes.FULL else SCREENS[-3:], ids=name)
def test_random_histories_notice_it_too(fault: str, mutant: Mutant, monkeypatch: Patch) -> None:
    mutant(monkeypatch)
    many = settings(
        max_examples=2_000,
        stateful_step_count=sizes.STEPS,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    with pytest.raises(NOTICED):
        run_state_machine_as_test(type("Mutated", (Histories,), {"store": "memory", "tried": Counter()}), settings=many)
