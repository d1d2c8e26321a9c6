"""Saved replies: a school writes them, it and its workers are shown them, and nothing is kept of their use."""

from functools import partial
from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from tests.support.sample_university import ACADEMY, ANN, SCHOOL, WALT, WENDY, SampleUniversity, send
from tests.support.stores import Interrupted, Time, fresh
from uconnect.domain import protocol, rate_limit, text_fields
from uconnect.domain.context import Delivery, Plan, UseCase
from uconnect.domain.errors import RefusalCode
from uconnect.domain.keys import PartyKey, SavedReplyKey, SavedReplyOrderKey
from uconnect.domain.models import IdempotencyRecord, RateLimitState, SavedReply, SavedReplyOrder, School
from uconnect.domain.request_bodies import AddSavedReply, SavedReplyUpdate
from uconnect.domain.usecases import saved_replies, workers
from uconnect.domain.views.pages import Done
from uconnect.domain.views.saved_replies import SavedReplyCard, SavedReplyList

CHANGED = protocol.Changed(what=protocol.ChangedSubject.SAVED_REPLIES)
NOTIFIED = (Delivery(SCHOOL, CHANGED), Delivery(WENDY, CHANGED), Delivery(WALT, CHANGED))


def add(title: str = "Hours", by: str = SCHOOL, key: str | None = None, folder: str = "") -> UseCase[Done]:
    command = AddSavedReply(key=key or fresh(), folder=folder, title=title, text="From nine.")
    return partial(saved_replies.add, by=by, command=command)


def change(id: str, by: str = SCHOOL, **told: str) -> UseCase[Done]:
    return partial(saved_replies.change, by=by, id=id, command=SavedReplyUpdate(**told))


def delete(id: str, by: str = SCHOOL) -> UseCase[Done]:
    return partial(saved_replies.delete, by=by, id=id)


def listed(university: SampleUniversity, by: str = SCHOOL) -> tuple[SavedReplyCard, ...]:
    shown: SavedReplyList = university.ask(partial(saved_replies.saved_replies, by=by))
    return shown.replies


def titles(university: SampleUniversity, by: str = SCHOOL) -> list[str]:
    return [it.title for it in listed(university, by)]


def saved(university: SampleUniversity, title: str = "Hours", by: str = SCHOOL) -> str:
    """The id of a reply that a school has saved."""
    university.run(add(title, by))
    return listed(university, by)[-1].id


def test_a_reply_is_saved_and_told_to_the_school_and_its_workers(university: SampleUniversity, time: Time) -> None:
    key = fresh()
    plan = university.plan(add("Hours", key=key, folder="Office"))
    (shown,) = listed(university)
    assert shown == SavedReplyCard(id=shown.id, folder="Office", title="Hours", text="From nine.")
    assert plan == Plan(
        Done(),
        puts=(
            SavedReply(party=SCHOOL, id=shown.id, folder="Office", title="Hours", text="From nine."),
            SavedReplyOrder(party=SCHOOL, replies=(shown.id,)),
            IdempotencyRecord(party=SCHOOL, key=f"saved_reply.{key}", made=shown.id),
            RateLimitState(party=SCHOOL, what="saved_reply", due=time.now + rate_limit.SAVED_REPLY.every),
        ),
        guards=(PartyKey(SCHOOL),),
        deliveries=NOTIFIED,
    )


def test_a_school_and_its_workers_are_shown_the_same_the_oldest_first(university: SampleUniversity) -> None:
    for title in ("One", "Two", "Three"):
        university.run(add(title))
    assert titles(university) == ["One", "Two", "Three"]
    assert university.ask(partial(saved_replies.saved_replies, by=WENDY)) == university.ask(
        partial(saved_replies.saved_replies, by=SCHOOL)
    )


def test_another_school_and_its_workers_are_shown_their_own(university: SampleUniversity) -> None:
    university.run(add("Ours"))
    university.run(add("Theirs", ACADEMY))
    assert (titles(university), titles(university, ACADEMY)) == (["Ours"], ["Theirs"])
    assert titles(university, WALT) == ["Ours"]


def test_who_has_saved_nothing_is_shown_nothing(university: SampleUniversity) -> None:
    assert university.ask(partial(saved_replies.saved_replies, by=WENDY)) == SavedReplyList(replies=(), most=100)


def test_to_a_user_there_are_none(university: SampleUniversity) -> None:
    id = saved(university)
    for use_case in (partial(saved_replies.saved_replies, by=ANN), add(by=ANN), change(id, ANN, title="X")):
        assert university.refusal(use_case) == "not_found"


@pytest.mark.parametrize("by", [WENDY, ACADEMY, ANN])
def test_nobody_but_the_school_changes_or_deletes_its_replies(university: SampleUniversity, by: str) -> None:
    id = saved(university)
    before = listed(university)
    assert university.refusal(change(id, by, title="X")) == "not_found"
    assert university.refusal(delete(id, by)) == "not_found"
    assert listed(university) == before


def test_a_worker_saves_none(university: SampleUniversity) -> None:
    assert university.refusal(add(by=WENDY)) == "not_found"
    assert listed(university) == ()


def test_what_is_said_again_is_answered_as_the_first_time(university: SampleUniversity) -> None:
    key = fresh()
    university.run(add("One", key=key))
    assert university.plan(add("Another", key=key)) == Plan(Done())
    assert titles(university) == ["One"]


def test_the_same_at_the_same_moment_is_saved_once(university: SampleUniversity) -> None:
    use_case = add(key=fresh())
    twin: list[Any] = []
    outcome = Interrupted(university.home, use_case, lambda: twin.append(university.run(use_case))).run()
    assert outcome == Plan(twin[0])
    assert titles(university) == ["Hours"]


def test_two_at_the_same_moment_are_both_saved(university: SampleUniversity) -> None:
    Interrupted(university.home, add("One"), lambda: university.run(add("Two"))).run()
    assert titles(university) == ["Two", "One"]


@pytest.mark.parametrize("told", [{"folder": "Office"}, {"title": "When"}, {"text": "At noon."}, {"folder": ""}, {}])
def test_a_change_leaves_what_it_does_not_name(university: SampleUniversity, told: dict[str, str]) -> None:
    id = saved(university)
    university.run(change(id, folder="Before"))
    before = university.home.one(SavedReplyKey(SCHOOL, id))
    assert before is not None
    assert SavedReplyUpdate(**told).title == told.get("title", UNSET)
    plan = university.plan(change(id, **told))
    assert university.home.one(SavedReplyKey(SCHOOL, id)) == replace(before, **told)
    assert plan.deliveries == NOTIFIED


def test_who_moves_a_reply_does_not_undo_an_edit_of_the_same_moment(university: SampleUniversity) -> None:
    id = saved(university)
    Interrupted(university.home, change(id, folder="Office"), lambda: university.run(change(id, text="At noon."))).run()
    assert listed(university) == (SavedReplyCard(id=id, folder="Office", title="Hours", text="At noon."),)


def test_a_deleted_reply_is_gone_from_the_store_and_told(university: SampleUniversity) -> None:
    first, second = saved(university, "One"), saved(university, "Two")
    plan = university.plan(delete(first))
    assert plan.deliveries == NOTIFIED
    assert university.home.one(SavedReplyKey(SCHOOL, first)) is None
    assert university.home.one(SavedReplyOrderKey(SCHOOL)) == SavedReplyOrder(party=SCHOOL, replies=(second,))
    assert titles(university) == ["Two"]
    assert university.refusal(delete(first)) == "not_found"
    assert university.refusal(change(first, title="X")) == "not_found"


def test_what_is_deleted_while_it_is_listed_is_left_out(university: SampleUniversity) -> None:
    first = saved(university, "One")
    saved(university, "Two")
    listing = partial(saved_replies.saved_replies, by=WENDY)
    outcome = Interrupted(university.home, listing, lambda: university.run(delete(first)), rounds=2).run()
    assert isinstance(outcome, Plan)
    assert [it.title for it in outcome.answer.replies] == ["Two"]


def test_a_school_saves_a_hundred_and_no_more(university: SampleUniversity) -> None:
    first = saved(university, "0")
    for number in range(1, saved_replies.MOST):
        university.run(add(str(number)))
    assert university.refusal(add("One more")) == "saved_replies_full"
    assert titles(university) == [str(number) for number in range(saved_replies.MOST)]
    university.home.time.now += rate_limit.SAVED_REPLY.every * 2
    university.run(delete(first))
    university.run(add("One more"))
    assert titles(university)[-1] == "One more"


def test_the_sentence_says_how_many_there_may_be() -> None:
    assert f" {saved_replies.MOST} " in RefusalCode.SAVED_REPLIES_FULL.refusal.sentence
    assert rate_limit.SAVED_REPLY.burst >= saved_replies.MOST


def test_a_reply_fits_a_message_with_room_for_more() -> None:
    assert text_fields.REPLY.most * 2 <= text_fields.MESSAGE.most


def test_changes_are_slowed_down(university: SampleUniversity, time: Time) -> None:
    id = saved(university)
    for _ in range(rate_limit.SAVED_REPLY.burst - 1):
        university.run(change(id, title="Again"))
    assert university.refusal(change(id, title="Again")) == "too_fast"
    assert university.refusal(add()) == "too_fast"
    university.run(add(by=ACADEMY))  # whose pace is its own
    time.now += rate_limit.SAVED_REPLY.every
    university.run(delete(id))


def test_a_school_that_ends_while_it_saves_saves_nothing(university: SampleUniversity) -> None:
    """What is saved after the others were erased would stay for ever."""

    def end() -> None:
        school = university.home.one(PartyKey(SCHOOL))
        assert isinstance(school, School)
        university.home.change(replace(school, ended=True))

    outcome = Interrupted(university.home, add(), end).run()
    assert not isinstance(outcome, Plan)
    assert outcome.code == "account_ended"
    assert university.home.one(SavedReplyOrderKey(SCHOOL)) is None


def test_a_removed_worker_is_shown_none(university: SampleUniversity) -> None:
    saved(university)
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WENDY))
    assert university.refusal(partial(saved_replies.saved_replies, by=WENDY)) == "account_ended"
    assert titles(university, WALT) == ["Hours"]


def test_to_list_them_writes_nothing_and_a_message_is_kept_as_any_other(university: SampleUniversity) -> None:
    saved(university)
    case = university.raised()
    wendys = case.offload(WENDY)
    plan = university.plan(partial(saved_replies.saved_replies, by=WENDY))
    assert not plan.writes
    assert plan.deliveries == ()
    for text in ("From nine.", "I typed this."):
        university.run(send(WENDY, wendys, text))
    inserted, typed = (replace(it, text="", key="", seq=0) for it in case.log()[-2:])
    assert inserted == typed
