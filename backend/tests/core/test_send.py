"""Sending: one log, gapless, each message once, and everyone told what is theirs to see, the raiser first."""

import pytest
from msgspec.structs import replace

from tests.kit.cast import ANN, BOB, SCHOOL, WALT, WENDY, Cast, calling, send
from tests.kit.homes import Time, fresh
from uconnect.core import pace, views, wire
from uconnect.core.decide import handling, threads
from uconnect.core.facts import Delivery, Plan
from uconnect.core.keys import EntryKey
from uconnect.core.model import Line, Message, Tally
from uconnect.core.rules import Role
from uconnect.core.terms import Kind, Side, State
from uconnect.core.views.common import Last
from uconnect.core.views.raiser import RaiserMessage, RaiserRow
from uconnect.core.views.school import SchoolMessage, SchoolRow
from uconnect.core.views.worker import WorkerMessage, WorkerRow

HANDS = [(ANN, Side.RAISER), (SCHOOL, Side.SCHOOL), (WENDY, Side.SCHOOL)]


@pytest.mark.parametrize(("by", "side"), HANDS)
def test_a_message_and_the_head_that_counts_it_are_all_that_is_written(
    cast: Cast, time: Time, by: str, side: Side
) -> None:
    case = cast.raised()
    case.offload()
    before, key = case.thread, fresh()
    time.now += 1000
    plan = cast.plan(send(by, case.id(by), "How are you?", key))
    assert before.worker
    message = Message(thread=before.id, seq=2, at=time.now, side=side, author=by, key=key, text="How are you?")
    mine = before.asked if side is Side.RAISER else before.answered
    counted = Tally(messages=mine.messages + 1, sent=time.now, due=time.now + pace.SEND.every)
    head = replace(
        before,
        seq=2,
        at=time.now,
        last=Line(side, "How are you?"),
        raiser=replace(before.raiser, rev=before.raiser.rev + 1),
        school=replace(before.school, rev=before.school.rev + 1),
        worker=replace(before.worker, rev=before.worker.rev + 1),
        asked=counted if side is Side.RAISER else before.asked,
        answered=counted if side is Side.SCHOOL else before.answered,
    )
    assert (plan.puts, plan.deletes, plan.guards) == ((head, message), (), ())
    assert case.thread == head
    assert cast.home.one(EntryKey(before.id, 2)) == message


def test_a_message_is_told_to_the_raiser_the_worker_and_the_school_each_in_its_own_view(cast: Cast, time: Time) -> None:
    case = cast.raised()
    case.offload()
    key, since = fresh(), time.now
    time.now += 1000
    plan = cast.plan(send(WENDY, case.id(WENDY), "Hi", key))
    seq, at, side, last = 2, time.now, Side.SCHOOL, Last(side=Side.SCHOOL, text="Hi")
    subject, state, desk = "A question", State.OPEN, case.thread.worker
    assert desk
    raiser_row = RaiserRow(
        id=case.id(ANN),
        rev=2,
        school=SCHOOL,
        subject=subject,
        state=state,
        since=since,
        at=at,
        seq=seq,
        theirs=1,
        last=last,
    )
    worker_row = WorkerRow(
        id=case.id(WENDY),
        rev=2,
        alias=desk.alias,
        subject=subject,
        state=state,
        since=since,
        at=at,
        seq=seq,
        theirs=1,
        last=last,
    )
    school_row = SchoolRow(
        id=case.id(SCHOOL),
        rev=3,
        owner=ANN,
        kind=Kind.USER,
        worker=WENDY,
        subject=subject,
        state=state,
        since=since,
        at=at,
        seq=seq,
        theirs=1,
        last=last,
    )
    raisers = RaiserMessage(seq=seq, at=at, side=side, text="Hi", key=None)
    workers = WorkerMessage(seq=seq, at=at, side=side, mine=True, text="Hi", key=key)
    schools = SchoolMessage(seq=seq, at=at, side=side, author=WENDY, text="Hi", key=None)
    assert plan.deliveries == (
        Delivery(ANN, wire.Event(id=case.id(ANN), entry=raisers, row=raiser_row)),
        Delivery(WENDY, wire.Event(id=case.id(WENDY), entry=workers, row=worker_row)),
        Delivery(SCHOOL, wire.Event(id=case.id(SCHOOL), entry=schools, row=school_row)),
    )
    assert plan.answer == wire.Ack(key=key, id=case.id(WENDY), entry=workers, row=worker_row)


@pytest.mark.parametrize("by", [ANN, SCHOOL])
def test_without_a_worker_as_much_is_built_and_looked_up_for_nobody(cast: Cast, by: str) -> None:
    case = cast.raised()
    plan = cast.plan(send(by, case.id(by)))
    assert [it.to for it in plan.deliveries] == [ANN, case.thread.id, SCHOOL]
    assert plan.deliveries[1].frame == plan.deliveries[2].frame


@pytest.mark.parametrize(("by", "role"), [(ANN, Role.RAISER), (SCHOOL, Role.SCHOOL), (WENDY, Role.WORKER)])
def test_the_ack_shows_the_author_its_own_view(cast: Cast, by: str, role: Role) -> None:
    case = cast.raised()
    case.offload()
    key = fresh()
    ack = cast.run(send(by, case.id(by), "Hi", key))
    message = case.log()[-1]
    entry, row = views.entry(message, role, by), views.row(case.thread, role)
    assert ack == wire.Ack(key=key, id=case.id(by), entry=entry, row=row)


def test_a_repeated_send_is_answered_as_the_first_time_and_told_again(cast: Cast) -> None:
    case, key = cast.raised(), fresh()
    first = cast.plan(send(ANN, case.id(ANN), "once", key))
    again = cast.plan(send(ANN, case.id(ANN), "other words", key))
    (head,) = again.puts
    assert again == Plan(first.answer, puts=(head,), deliveries=first.deliveries)
    assert [it.text for it in case.log()] == ["Hello", "once"]


def test_a_repeated_send_is_told_to_those_who_may_hear_it_today(cast: Cast) -> None:
    case, key = cast.raised(), fresh()
    case.offload(WENDY)
    first = cast.plan(send(ANN, case.id(ANN), "once", key))
    case.offload(WALT)
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    again = cast.plan(send(ANN, case.id(ANN), "once", key))
    assert [it.to for it in again.deliveries] == [ANN, WALT, SCHOOL]
    assert again.answer.entry == first.answer.entry
    assert again.answer.row == views.row(case.thread, Role.RAISER)  # the entry of then, the row of now


def test_a_repeated_send_is_answered_after_the_end_too(cast: Cast) -> None:
    case, key = cast.raised(), fresh()
    first = cast.run(send(ANN, case.id(ANN), "once", key))
    case.terminate()
    assert cast.run(send(ANN, case.id(ANN), "once", key)).entry == first.entry
    assert cast.refusal(send(ANN, case.id(ANN), "once", fresh())) == "thread_terminated"


def test_the_first_message_has_the_key_of_the_raise(cast: Cast) -> None:
    case = cast.raised()
    assert cast.run(send(ANN, case.id(ANN), "again", case.thread.key)).entry == views.entry(
        case.log()[0], Role.RAISER, ANN
    )


def test_a_key_is_its_authors_and_its_threads(cast: Cast) -> None:
    case, other, key = cast.raised(), cast.raised(), fresh()
    case.offload()
    assert [cast.run(send(by, case.id(by), by, key)).entry.seq for by in (ANN, SCHOOL, WENDY)] == [2, 3, 4]
    assert cast.run(send(ANN, other.id(ANN), "Hi", key)).entry.seq == 2


def test_a_worker_taken_off_is_told_nothing_of_what_it_sent(cast: Cast) -> None:
    case, key = cast.raised(), fresh()
    wendys = case.offload()
    cast.run(send(WENDY, wendys, "Hi", key))
    cast.run(calling(handling.take_back, SCHOOL, case.id(SCHOOL)))
    assert cast.refusal(send(WENDY, wendys, "Hi", key)) == "not_found"


@pytest.mark.parametrize(("by", "side"), HANDS)
def test_nobody_posts_after_the_end(cast: Cast, by: str, side: Side) -> None:
    case = cast.raised()
    case.offload()
    case.terminate()
    before = case.thread
    assert cast.refusal(send(by, case.id(by))) == "thread_terminated"
    assert case.thread == before
    assert len(case.log()) == 2


def test_nobody_posts_to_what_is_not_theirs(cast: Cast) -> None:
    case = cast.raised()
    case.offload()
    for by in (BOB, WALT):
        for id in (case.id(ANN), case.id(SCHOOL), case.id(WENDY), case.thread.id, fresh()):
            assert cast.refusal(send(by, id)) == "not_found"
    cast.run(calling(threads.terminate, ANN, case.id(ANN)))
    assert cast.refusal(send(BOB, case.id(ANN))) == "not_found"  # nor is he told that it has ended


def test_a_side_sends_forty_at_once_whoevers_hands_write(cast: Cast, time: Time) -> None:
    case = cast.raised()
    case.offload()
    for number in range(40):
        by = (SCHOOL, WENDY)[number % 2]
        cast.run(send(by, case.id(by)))
    for by in (SCHOOL, WENDY):
        assert cast.refusal(send(by, case.id(by))) == "too_fast"
    time.now += pace.SEND.every
    cast.run(send(WENDY, case.id(WENDY)))
    assert cast.refusal(send(SCHOOL, case.id(SCHOOL))) == "too_fast"


def test_the_pace_of_one_side_or_thread_is_not_anothers(cast: Cast) -> None:
    case, other = cast.raised(), cast.raised()
    for _ in range(39):  # the first was raised with the thread
        cast.run(send(ANN, case.id(ANN)))
    assert cast.refusal(send(ANN, case.id(ANN))) == "too_fast"
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    cast.run(send(ANN, other.id(ANN)))


def test_a_repetition_is_answered_however_fast(cast: Cast) -> None:
    case, key = cast.raised(), fresh()
    keys = [key, *(fresh() for _ in range(38))]
    sent = [cast.run(send(ANN, case.id(ANN), "Hi", it)).entry for it in keys]
    assert [cast.run(send(ANN, case.id(ANN), "Hi", it)).entry for it in keys] == sent


def test_one_message_repeated_without_end_is_no_flood_to_the_others(cast: Cast, time: Time) -> None:
    case, key = cast.raised(), fresh()
    case.offload(WENDY)
    sent = cast.run(send(ANN, case.id(ANN), "Hi", key))
    plans = [cast.plan(send(ANN, case.id(ANN), "Hi", key)) for _ in range(100)]
    assert [it.answer for it in plans] == [sent] * 100, "each is answered"
    assert sum(1 for it in plans if it.deliveries) == 40
    cast.run(send(ANN, case.id(ANN)))  # whose pace is another
    time.now += pace.AGAIN.every
    assert cast.plan(send(ANN, case.id(ANN), "Hi", key)).deliveries


def test_a_message_is_never_earlier_than_the_one_before(cast: Cast, time: Time) -> None:
    case, noon = cast.raised(), time.now
    time.now -= 60_000  # our own clock was set back
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    time.now = noon + 1
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    assert [it.at for it in case.log()] == [noon, noon, noon + 1]


@pytest.mark.parametrize(
    ("text", "preview"),
    [("x" * 80, "x" * 80), ("x" * 81, "x" * 80), ("🦉" * 4000, "🦉" * 80), ("two\nlines", "two\nlines")],
)
def test_a_list_shows_the_first_eighty_characters(cast: Cast, text: str, preview: str) -> None:
    case = cast.raised()
    assert cast.run(send(ANN, case.id(ANN), text)).row.last == Last(side=Side.RAISER, text=preview)
    assert case.log()[-1].text == text


def test_each_side_counts_what_the_other_sent(cast: Cast) -> None:
    case = cast.raised()
    case.offload()
    for by in (ANN, ANN, SCHOOL, WENDY, WENDY):
        cast.run(send(by, case.id(by)))
    rows = {role: views.row(case.thread, role) for role in Role}
    assert {role: row.theirs for role, row in rows.items()} == {Role.RAISER: 3, Role.SCHOOL: 3, Role.WORKER: 3}
    cast.run(send(ANN, case.id(ANN)))
    assert {role: views.row(case.thread, role).theirs for role in Role} == {
        Role.RAISER: 3,
        Role.SCHOOL: 4,
        Role.WORKER: 4,
    }
