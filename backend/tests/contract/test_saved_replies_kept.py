"""Every store keeps a school's saved replies, and erases them with the school's account."""

from functools import partial

import pytest

from tests.support.fake_job_dependencies import no_logins
from tests.support.sample_university import ACADEMY, SCHOOL, WENDY, SampleUniversity, answers_of
from tests.support.stores import Home, fresh, race
from uconnect.application.jobs import run
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.keys import IdempotencyKey, RateLimitKey, SavedReplyKey, SavedReplyOrderKey
from uconnect.domain.request_bodies import AddSavedReply, SavedReplyUpdate
from uconnect.domain.usecases import account_closing, saved_replies
from uconnect.domain.views.pages import Done
from uconnect.domain.views.saved_replies import SavedReplyCard


@pytest.fixture
def university(home: Home) -> SampleUniversity:
    return SampleUniversity(home).create().signed_in(SCHOOL, ACADEMY)


def add(title: str, by: str = SCHOOL, key: str | None = None) -> UseCase[Done]:
    command = AddSavedReply(key=key or fresh(), folder="", title=title, text="Hello\n{school} 🦉")
    return partial(saved_replies.add, by=by, command=command)


def listed(university: SampleUniversity, by: str = WENDY) -> list[SavedReplyCard]:
    return list(university.ask(partial(saved_replies.saved_replies, by=by)).replies)


def test_they_are_saved_changed_and_deleted(university: SampleUniversity) -> None:
    for title in ("One", "Two", "Three"):
        university.run(add(title))
    one, two, three = listed(university)
    university.run(partial(saved_replies.change, by=SCHOOL, id=two.id, command=SavedReplyUpdate(folder="Office")))
    university.run(partial(saved_replies.delete, by=SCHOOL, id=one.id))
    moved = SavedReplyCard(id=two.id, folder="Office", title="Two", text="Hello\n{school} 🦉")
    assert listed(university) == [moved, three]
    assert listed(university, ACADEMY) == []


def test_a_hundred_are_read_at_once(university: SampleUniversity) -> None:
    for number in range(saved_replies.MOST):
        university.run(add(str(number)))
    assert [it.title for it in listed(university)] == [str(number) for number in range(saved_replies.MOST)]


def test_of_those_saved_at_one_moment_none_is_lost_and_none_is_double(university: SampleUniversity) -> None:
    key = fresh()
    outcomes = race(university.home, [add(str(number)) for number in range(6)] + [add("again", key=key)] * 2)
    assert len(answers_of(outcomes)) == len(outcomes)
    assert sorted(it.title for it in listed(university)) == ["0", "1", "2", "3", "4", "5", "again"]


def test_with_a_schools_account_its_replies_end_and_no_others(university: SampleUniversity) -> None:
    key = fresh()
    university.run(add("Ours", key=key))
    university.run(add("Theirs", ACADEMY))
    (ours,), theirs = listed(university), listed(university, ACADEMY)
    assert isinstance(run(university.home.store, partial(account_closing.close, by=SCHOOL), no_logins), Plan)
    assert university.refusal(partial(saved_replies.saved_replies, by=WENDY)) == "account_ended"
    university.run_jobs()
    left = (
        SavedReplyKey(SCHOOL, ours.id),
        SavedReplyOrderKey(SCHOOL),
        IdempotencyKey(SCHOOL, f"saved_reply.{key}"),
        RateLimitKey(SCHOOL, "saved_reply"),
    )
    assert [university.home.one(it) for it in left] == [None] * len(left)
    assert listed(university, ACADEMY) == theirs
