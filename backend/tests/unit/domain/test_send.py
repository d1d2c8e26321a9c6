"""Sending: one log, gapless, each message once, and everyone told what is theirs to see, the raiser first."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.memory_store import MemoryStore
from tests.support.sample_university import ANN, BOB, SCHOOL, WALT, WENDY, SampleUniversity, note, on_thread, send
from tests.support.stores import Home, Time, fresh
from uconnect.domain import protocol, rate_limit, views
from uconnect.domain.context import Context, Delivery, Plan, UseCase, Wanted
from uconnect.domain.enums import Kind, Side, State
from uconnect.domain.hidden_words import NOTHING_HIDDEN
from uconnect.domain.jobs import CountThread, Milestone
from uconnect.domain.keys import EntryKey, OwnerEndedKey, PartyKey, SentCountKey, ThreadKey, ThreadReferenceKey
from uconnect.domain.models import Job, Message, Preview, SideCounters
from uconnect.domain.request_bodies import SendMessage
from uconnect.domain.rules import Role
from uconnect.domain.usecases import assignment, messages, threads
from uconnect.domain.views import raiser, school, worker
from uconnect.domain.views.common import Last
from uconnect.domain.views.raiser import RaiserMessage, RaiserRow
from uconnect.domain.views.school import SchoolMessage, SchoolRow
from uconnect.domain.views.worker import WorkerMessage, WorkerRow

HANDS = [(ANN, Side.RAISER), (SCHOOL, Side.SCHOOL), (WENDY, Side.SCHOOL)]


@pytest.mark.parametrize(("by", "side"), HANDS)
def test_a_message_and_the_head_that_counts_it_are_all_that_is_written(
    university: SampleUniversity, time: Time, by: str, side: Side
) -> None:
    case = university.raised()
    case.offload()
    before, key = case.thread, fresh()
    time.now += 1000
    plan = university.plan(send(by, case.id(by), "How are you?", key))
    assert before.worker
    message = Message(thread=before.id, seq=2, at=time.now, side=side, author=by, key=key, text="How are you?")
    mine = before.asked if side is Side.RAISER else before.answered
    counted = SideCounters(messages=mine.messages + 1, sent=time.now, due=time.now + rate_limit.SEND.every)
    head = replace(
        before,
        seq=2,
        at=time.now,
        last=Preview(side, "How are you?"),
        raiser=replace(before.raiser, rev=before.raiser.rev + 1),
        school=replace(before.school, rev=before.school.rev + 1),
        worker=replace(before.worker, rev=before.worker.rev + 1),
        asked=counted if side is Side.RAISER else before.asked,
        answered=counted if side is Side.SCHOOL else before.answered,
        turn_since=time.now if side is Side.SCHOOL else before.turn_since,
        settled=1 if side is Side.SCHOOL else 0,
    )
    *kept, counting = plan.puts if side is Side.SCHOOL else (*plan.puts, None)
    assert (kept, plan.deletes, plan.guards) == ([head, message], (), ())
    if side is Side.SCHOOL:  # the first answer is counted, the same whoever gives it
        assert isinstance(counting, Job)
        assert counting.task == CountThread(SCHOOL, Milestone.REPLY, time.now, 1000)
    assert case.thread == head
    assert university.home.one(EntryKey(before.id, 2)) == message


def test_a_message_is_told_to_the_raiser_the_worker_and_the_school_each_in_its_own_view(
    university: SampleUniversity, time: Time
) -> None:
    case = university.raised()
    case.offload()
    key, since = fresh(), time.now
    time.now += 1000
    plan = university.plan(send(WENDY, case.id(WENDY), "Hi", key))
    seq, at, side, last = 2, time.now, Side.SCHOOL, Last(side=Side.SCHOOL, text="Hi")
    subject, state, assignee = "A question", State.OPEN, case.thread.worker
    assert assignee
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
        asked_to_end=0,
    )
    worker_row = WorkerRow(
        id=case.id(WENDY),
        rev=2,
        alias=assignee.alias,
        subject=subject,
        state=state,
        since=since,
        at=at,
        seq=seq,
        theirs=1,
        turn_since=at,
        last=last,
        asked_to_end=0,
        asked_at=0,
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
        settled=1,
        turn_since=at,
        last=last,
        asked_to_end=0,
        asked_at=0,
        hides=False,
    )
    raisers = RaiserMessage(seq=seq, at=at, side=side, text="Hi", key=None)
    workers = WorkerMessage(seq=seq, at=at, side=side, mine=True, text="Hi", key=key)
    schools = SchoolMessage(seq=seq, at=at, side=side, author=WENDY, text="Hi", key=None)
    assert plan.deliveries == (
        Delivery(ANN, protocol.Event(id=case.id(ANN), entry=raisers, row=raiser_row)),
        Delivery(WENDY, protocol.Event(id=case.id(WENDY), entry=workers, row=worker_row)),
        Delivery(SCHOOL, protocol.Event(id=case.id(SCHOOL), entry=schools, row=school_row)),
    )
    assert plan.answer == protocol.Ack(key=key, id=case.id(WENDY), entry=workers, row=worker_row)


@pytest.mark.parametrize("by", [ANN, SCHOOL])
def test_without_a_worker_as_much_is_built_and_looked_up_for_nobody(university: SampleUniversity, by: str) -> None:
    case = university.raised()
    plan = university.plan(send(by, case.id(by)))
    assert [it.to for it in plan.deliveries] == [ANN, case.thread.id, SCHOOL]
    assert plan.deliveries[1].frame == plan.deliveries[2].frame


@pytest.mark.parametrize(("by", "role"), [(ANN, Role.RAISER), (SCHOOL, Role.SCHOOL), (WENDY, Role.WORKER)])
def test_the_ack_shows_the_author_its_own_view(university: SampleUniversity, by: str, role: Role) -> None:
    case = university.raised()
    case.offload()
    key = fresh()
    ack = university.run(send(by, case.id(by), "Hi", key))
    message = case.log()[-1]
    entry, row = views.entry(message, role, by, NOTHING_HIDDEN), views.row(case.thread, role)
    assert ack == protocol.Ack(key=key, id=case.id(by), entry=entry, row=row)


def rounds(use_case: UseCase[Any]) -> tuple[UseCase[Any], list[Wanted]]:
    """The use case, and the rounds in which it will have loaded."""
    loaded: list[Wanted] = []

    def noting(context: Context) -> Plan[Any]:
        fetch = context.fetch

        def note_round(context: Context, wanted: Wanted) -> None:
            loaded.append(wanted)
            fetch(context, wanted)

        context.fetch = note_round
        return use_case(context)

    return noting, loaded


@pytest.fixture
def deciding_once(time: Time) -> SampleUniversity:
    """A university whose store decides each act once."""
    return SampleUniversity(Home(MemoryStore(time.new_context), time)).create()


@pytest.mark.parametrize("by", [ANN, SCHOOL, WENDY])
def test_a_send_loads_twice_whoever_sends(deciding_once: SampleUniversity, by: str) -> None:
    case = deciding_once.raised()
    case.offload()
    id, key, thread = case.id(by), fresh(), case.thread.id
    sending, loaded = rounds(send(by, id, "Hi", key))
    deciding_once.run(sending)
    assert loaded == [
        (PartyKey(by), ThreadReferenceKey(by, id)),
        (ThreadKey(thread), OwnerEndedKey(ANN), SentCountKey(thread, by, key)),
    ]


def test_the_message_of_a_key_is_not_loaded_for_a_worker_that_has_lost_the_thread(
    deciding_once: SampleUniversity,
) -> None:
    """Equal work: leak 22. The key is counted, whatever became of the thread."""
    case, key = deciding_once.raised(), fresh()
    wendys = case.offload()
    deciding_once.run(send(WENDY, wendys, "Hi", key))
    deciding_once.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    sending, loaded = rounds(send(WENDY, wendys, "Hi", key))
    assert deciding_once.refusal(sending) == "not_found"
    assert [*map(len, loaded)] == [2, 3]


@pytest.mark.parametrize(("by", "side"), HANDS)
def test_a_send_builds_each_view_once(
    deciding_once: SampleUniversity, monkeypatch: pytest.MonkeyPatch, by: str, side: Side
) -> None:
    case = deciding_once.raised()
    case.offload()
    built: list[str] = []

    def noting(build: Any, name: str) -> Any:
        def noted(*of: Any) -> Any:
            built.append(name)
            return build(*of)

        return noted

    names = sorted(f"{view} {role}" for role in Role for view in ("entry", "row"))
    for module, role in ((raiser, Role.RAISER), (school, Role.SCHOOL), (worker, Role.WORKER)):
        for view in ("entry", "row"):
            monkeypatch.setattr(module, view, noting(getattr(module, view), f"{view} {role}"))
    deciding_once.run(send(by, case.id(by)))
    assert sorted(built) == names


def test_a_repeated_send_is_answered_as_the_first_time_and_told_again(university: SampleUniversity) -> None:
    case, key = university.raised(), fresh()
    first = university.plan(send(ANN, case.id(ANN), "once", key))
    again = university.plan(send(ANN, case.id(ANN), "other words", key))
    (head,) = again.puts
    assert again == Plan(first.answer, puts=(head,), deliveries=first.deliveries)
    assert [it.text for it in case.log()] == ["Hello", "once"]


def test_a_repeated_send_is_told_to_those_who_may_hear_it_today(university: SampleUniversity) -> None:
    case, key = university.raised(), fresh()
    case.offload(WENDY)
    first = university.plan(send(ANN, case.id(ANN), "once", key))
    case.offload(WALT)
    university.run(send(SCHOOL, case.id(SCHOOL)))
    again = university.plan(send(ANN, case.id(ANN), "once", key))
    assert [it.to for it in again.deliveries] == [ANN, WALT, SCHOOL]
    assert again.answer.entry == first.answer.entry
    assert again.answer.row == views.row(case.thread, Role.RAISER)  # the entry of then, the row of now


def test_a_repeated_send_is_answered_after_the_end_too(university: SampleUniversity) -> None:
    case, key = university.raised(), fresh()
    first = university.run(send(ANN, case.id(ANN), "once", key))
    case.terminate()
    assert university.run(send(ANN, case.id(ANN), "once", key)).entry == first.entry
    assert university.refusal(send(ANN, case.id(ANN), "once", fresh())) == "thread_terminated"


def test_the_key_of_a_raise_or_a_note_is_not_the_key_of_a_message(university: SampleUniversity) -> None:
    """A key belongs to one kind of act: once a message under the key of a raise was answered with the first one."""
    case, noted = university.raised(), fresh()
    first = case.log()[0]
    shown = views.entry(first, Role.RAISER, ANN, NOTHING_HIDDEN)
    assert isinstance(shown, RaiserMessage)
    assert shown.key == case.thread.key, "its author's device knows it by that"
    assert university.run(send(ANN, case.id(ANN), "again", case.thread.key)).entry.seq == 2
    university.run(note(SCHOOL, case.id(SCHOOL), "aside", noted))
    assert university.run(send(SCHOOL, case.id(SCHOOL), "aloud", noted)).entry.seq == 3
    assert [it.text for it in case.log()] == [first.text, "again", "aloud"]


def test_a_key_is_its_authors_and_its_threads(university: SampleUniversity) -> None:
    case, other, key = university.raised(), university.raised(), fresh()
    case.offload()
    assert [university.run(send(by, case.id(by), by, key)).entry.seq for by in (ANN, SCHOOL, WENDY)] == [2, 3, 4]
    assert university.run(send(ANN, other.id(ANN), "Hi", key)).entry.seq == 2


def test_a_worker_taken_off_is_told_nothing_of_what_it_sent(university: SampleUniversity) -> None:
    case, key = university.raised(), fresh()
    wendys = case.offload()
    university.run(send(WENDY, wendys, "Hi", key))
    university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert university.refusal(send(WENDY, wendys, "Hi", key)) == "not_found"


@pytest.mark.parametrize(("by", "side"), HANDS)
def test_nobody_posts_after_the_end(university: SampleUniversity, by: str, side: Side) -> None:
    case = university.raised()
    case.offload()
    case.terminate()
    before = case.thread
    assert university.refusal(send(by, case.id(by))) == "thread_terminated"
    assert case.thread == before
    assert len(case.log()) == 2


def test_nobody_posts_to_what_is_not_theirs(university: SampleUniversity) -> None:
    case = university.raised()
    case.offload()
    for by in (BOB, WALT):
        for id in (case.id(ANN), case.id(SCHOOL), case.id(WENDY), case.thread.id, fresh()):
            assert university.refusal(send(by, id)) == "not_found"
    university.run(on_thread(threads.terminate, ANN, case.id(ANN)))
    assert university.refusal(send(BOB, case.id(ANN))) == "not_found"  # nor is he told that it has ended


def test_a_side_sends_forty_at_once_whoevers_hands_write(university: SampleUniversity, time: Time) -> None:
    case = university.raised()
    case.offload()
    for number in range(40):
        by = (SCHOOL, WENDY)[number % 2]
        university.run(send(by, case.id(by)))
    for by in (SCHOOL, WENDY):
        assert university.refusal(send(by, case.id(by))) == "too_fast"
    time.now += rate_limit.SEND.every
    university.run(send(WENDY, case.id(WENDY)))
    assert university.refusal(send(SCHOOL, case.id(SCHOOL))) == "too_fast"


def test_the_pace_of_one_side_or_thread_is_not_anothers(university: SampleUniversity) -> None:
    case, other = university.raised(), university.raised()
    for _ in range(39):  # the first was raised with the thread
        university.run(send(ANN, case.id(ANN)))
    assert university.refusal(send(ANN, case.id(ANN))) == "too_fast"
    university.run(send(SCHOOL, case.id(SCHOOL)))
    university.run(send(ANN, other.id(ANN)))


def test_a_repetition_is_answered_however_fast(university: SampleUniversity) -> None:
    case, key = university.raised(), fresh()
    keys = [key, *(fresh() for _ in range(38))]
    sent = [university.run(send(ANN, case.id(ANN), "Hi", it)).entry for it in keys]
    assert [university.run(send(ANN, case.id(ANN), "Hi", it)).entry for it in keys] == sent


def test_one_message_repeated_without_end_is_no_flood_to_the_others(university: SampleUniversity, time: Time) -> None:
    case, key = university.raised(), fresh()
    case.offload(WENDY)
    sent = university.run(send(ANN, case.id(ANN), "Hi", key))
    plans = [university.plan(send(ANN, case.id(ANN), "Hi", key)) for _ in range(100)]
    assert [it.answer for it in plans] == [sent] * 100, "each is answered"
    assert sum(1 for it in plans if it.deliveries) == 40
    university.run(send(ANN, case.id(ANN)))  # whose pace is another
    time.now += rate_limit.AGAIN.every
    assert university.plan(send(ANN, case.id(ANN), "Hi", key)).deliveries


def test_a_message_is_never_earlier_than_the_one_before(university: SampleUniversity, time: Time) -> None:
    case, noon = university.raised(), time.now
    time.now -= 60_000  # our own clock was set back
    university.run(send(SCHOOL, case.id(SCHOOL)))
    time.now = noon + 1
    university.run(send(SCHOOL, case.id(SCHOOL)))
    assert [it.at for it in case.log()] == [noon, noon, noon + 1]


@pytest.mark.parametrize(
    ("text", "preview"),
    [("x" * 80, "x" * 80), ("x" * 81, "x" * 80), ("🦉" * 4000, "🦉" * 80), ("two\nlines", "two\nlines")],
)
def test_a_list_shows_the_first_eighty_characters(university: SampleUniversity, text: str, preview: str) -> None:
    case = university.raised()
    assert university.run(send(ANN, case.id(ANN), text)).row.last == Last(side=Side.RAISER, text=preview)
    assert case.log()[-1].text == text


def test_each_side_counts_what_the_other_sent(university: SampleUniversity) -> None:
    case = university.raised()
    case.offload()
    for by in (ANN, ANN, SCHOOL, WENDY, WENDY):
        university.run(send(by, case.id(by)))
    rows = {role: views.row(case.thread, role) for role in Role}
    assert {role: row.theirs for role, row in rows.items()} == {Role.RAISER: 3, Role.SCHOOL: 3, Role.WORKER: 3}
    university.run(send(ANN, case.id(ANN)))
    assert {role: views.row(case.thread, role).theirs for role in Role} == {
        Role.RAISER: 3,
        Role.SCHOOL: 4,
        Role.WORKER: 4,
    }


def test_a_message_sent_by_http_is_the_same_as_one_sent_over_the_socket(university: SampleUniversity) -> None:
    case = university.raised()
    body = SendMessage(key=fresh(), text="Which door is it?")
    first = university.plan(partial(messages.send_by_http, by=ANN, id=case.id(ANN), command=body))
    again = university.plan(send(ANN, case.id(ANN), body.text, body.key))
    assert isinstance(first.answer, protocol.Ack)
    assert (first.answer.key, first.answer.entry) == (body.key, again.answer.entry)
    assert case.thread.seq == 2
