"""A test that cannot fail proves nothing: each rule is taken out of the product in turn, and the histories notice."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from tests.histories.fixed_history import Story
from tests.histories.invariants import Differs
from tests.histories.replay import Play, Tried, untried
from tests.histories.test_rules_hold import Histories
from tests.support import sizes
from tests.support.world import home
from uconnect.domain import notifications, rules, views
from uconnect.domain.authorization import load_caller, load_membership
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.enums import Kind, Side
from uconnect.domain.keys import OpenThreadCountKey, PartyKey
from uconnect.domain.models import AssignmentChange, School, Thread, User, Worker
from uconnect.domain.rules import Role
from uconnect.domain.usecases import (
    account_closing,
    assignment,
    job_steps,
    messages,
    notes,
    profiles,
    signals,
    threads,
    workers,
)
from uconnect.domain.views import raiser, school, worker
from uconnect.domain.views.pages import Done

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
    patch.setattr(worker, "row", lambda thread, hidden: replace(row(thread, hidden), alias=thread.raiser.party))


def to_whoever_is_at_work(patch: Patch) -> None:
    patch.setattr(rules, "may_take", rules.may_act)


def what_was_taken_back(patch: Patch) -> None:
    """It is made as ever, and nothing is known as one."""

    class Unknown(type):
        def __call__(cls, **fields: Any) -> AssignmentChange:
            return AssignmentChange(**fields)

    patch.setattr(job_steps, "AssignmentChange", Unknown("AssignmentChange", (), {}))


def the_first_whatever_it_has(patch: Patch) -> None:
    patch.setattr(job_steps, "OpenThreadCountKey", lambda _, shelf: OpenThreadCountKey("nobody", shelf))


def raisers_read_the_notes(patch: Patch) -> None:
    patch.setattr(notes, "load_membership_inside", load_membership)
    patch.setattr(
        views,
        "internal_entry",
        lambda internal_entry, role, viewer, hidden: school.internal_entry(internal_entry, viewer),
    )


def colleagues_are_named(patch: Patch) -> None:
    patch.setattr(
        views,
        "internal_entry",
        lambda internal_entry, role, viewer, hidden: school.internal_entry(internal_entry, viewer),
    )


def all_at_once(patch: Patch) -> None:
    patch.setattr(account_closing, "_random_delay", lambda _: 1_000)


def the_school_still_hears(patch: Patch) -> None:
    def notified(context: Context, thread: Thread) -> Thread:
        return thread

    for module in (messages, signals):
        patch.setattr(module, "visible_to_others", notified)


def asked_or_not(patch: Patch) -> None:
    """A school closes with open threads, and so ends what others have raised."""

    def settle(context: Context, school: str) -> Plan[Done]:
        party = context.get(PartyKey(school))
        if not isinstance(party, School) or party.ended:
            return Plan(Done())
        return account_closing._end_account(context, party, context.now)

    patch.setattr(account_closing, "finish_closing", settle)


def workers_close_accounts(patch: Patch) -> None:
    """A worker ends its account as a user does."""

    def as_a_user(context: Context, by: str) -> Any:
        party = load_caller(context, by)
        return User(id=party.id, email=party.email, name="") if isinstance(party, Worker) else party

    patch.setattr(account_closing, "load_caller", as_a_user)


RULES: list[tuple[int, str, Mutant]] = [
    (1, "threads are raised to anything, as if all were institutions", all_are_institutions),
    (2, "a school offloads to another school's worker", to_any_schools_worker),
    (2, "a school offloads to a worker it has removed", to_a_removed_worker),
    (2, "a policy gives to a worker who is not available", to_whoever_is_at_work),
    (2, "a policy gives what has been taken back", what_was_taken_back),
    (2, "a policy gives to the first, however much it has", the_first_whatever_it_has),
    (3, "a user speaks as the school", users_speak_as_the_school),
    (4, "two users communicate", raises_to(Kind.USER, Kind.SCHOOL, Kind.USER)),
    (4, "two schools cannot communicate", raises_to(Kind.SCHOOL)),
    (5, "a school removes another school's worker", always("may_remove")),
    (5, "a worker closes its account", workers_close_accounts),
    (6, "who raised it reads the notes", raisers_read_the_notes),
    (6, "who raised it sees who handles it", raisers_see_the_handler),
    (7, "a worker sees the owner", workers_see_the_owner),
    (7, "a worker loses all threads of an ended owner at one moment", all_at_once),
    (7, "a worker sees which colleague noted", colleagues_are_named),
    (8, "a school raises to a user", raises_to(Kind.SCHOOL, Kind.SCHOOL, Kind.USER)),
    (8, "a school raises to a worker", raises_to(Kind.SCHOOL, Kind.SCHOOL, Kind.WORKER)),
    (8, "one raises to a school that has ended", always("takes_threads")),
    (9, "a user raises to a worker", raises_to(Kind.USER, Kind.SCHOOL, Kind.WORKER)),
    (10, "a sixth thread is raised", always("may_open_another")),
    (5, "a worker who has answered leaves", always("may_leave")),
    (10, "a sixth worker is invited", always("may_invite_another")),
    (11, "others terminate", always("may_terminate")),
    (11, "others delete", always("may_delete")),
    (11, "after the end one posts", always("is_open")),
    (11, "a school closes though it is still asked", asked_or_not),
    (11, "a school hears of a thread whose owner has ended", the_school_still_hears),
]


def without(where: Any, name: str) -> Mutant:
    """These frames are not sent: one is only looked up, or nobody is."""
    return lambda patch: patch.setattr(where, name, lambda *_, **__: ())


def without_the_meter(patch: Patch) -> None:
    patch.setattr(threads, "notify_thread_limit", lambda owner: Delivery(owner.id, None))


def events_without(field: str) -> Mutant:
    """A frame without a field: the row that comes with an entry lacks it."""
    event = notifications.entry_event

    def less(*notified: Any) -> Any:
        whole = event(*notified)
        return replace(whole, row=replace(whole.row, **{field: None}))

    return lambda patch: patch.setattr(notifications, "entry_event", less)


def one_rev_for_all(patch: Patch) -> None:
    """Rows keep their revision when they change."""
    patch.setattr(assignment, "bump_revision", lambda participant: participant)


def without_a_farewell(patch: Patch) -> None:
    parted = account_closing._detach
    patch.setattr(account_closing, "_detach", lambda *it: replace(parted(*it), deliveries=()))


SCREENS: list[tuple[str, Mutant]] = [
    ("the meter is not told", without_the_meter),
    ("an offload is not told", without(assignment, "_notify_rows")),
    ("a loss is not told", without(assignment, "_notify_gone")),
    ("a mark is not told", without(signals, "notify_side")),
    ("an entry is not told", without(messages, "notify_entry")),
    ("a note is not told", without(notes, "notify_internal_entry")),
    ("whose hands it is in is not told", without(assignment, "notify_internal_entry")),
    ("a profile's change is not told", without(profiles, "notify_changed")),
    ("a change of workers is not told", without(workers, "notify_changed")),
    ("the loss of an ended owner's thread is not told", without_a_farewell),
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


def tell_all() -> None:
    """The shorter one first: a fault that both show is noticed sooner."""
    for story in (ends, whole):
        tell(story)


def ends(play: Play) -> None:
    Story(play).tell_of_ends()


def test_the_story_holds_and_tries_everything() -> None:
    assert untried(tell(whole)) == set()
    assert tell(ends)


def name(it: object) -> str:
    return it if isinstance(it, str) else ""


def test_there_is_a_mutant_of_every_rule() -> None:
    assert {number for number, _, _ in RULES} == set(range(1, 12))


@pytest.mark.planted(5)
@pytest.mark.parametrize(("number", "fault", "mutant"), RULES, ids=name)
def test_a_rule_taken_out_is_noticed(number: int, fault: str, mutant: Mutant, monkeypatch: Patch) -> None:
    mutant(monkeypatch)
    with pytest.raises(NOTICED):
        tell_all()


@pytest.mark.planted(7)
@pytest.mark.parametrize(("fault", "mutant"), SCREENS, ids=name)
def test_a_screen_left_behind_is_noticed(fault: str, mutant: Mutant, monkeypatch: Patch) -> None:
    mutant(monkeypatch)
    with pytest.raises(Differs):
        tell(whole)


EVERY_FAULT = [*(fault[1:] for fault in RULES), *SCREENS]


@pytest.mark.timeout(0 if sizes.FULL else 600)
@pytest.mark.parametrize(("fault", "mutant"), EVERY_FAULT if sizes.FULL else SCREENS[-3:], ids=name)
def test_random_histories_notice_it_too(fault: str, mutant: Mutant, monkeypatch: Patch) -> None:
    mutant(monkeypatch)
    many = settings(
        max_examples=10_000,  # some faults take a rare turn of events to show
        stateful_step_count=sizes.STEPS,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    with pytest.raises(NOTICED):
        run_state_machine_as_test(type("Mutated", (Histories,), {"store": "memory", "tried": Counter()}), settings=many)
