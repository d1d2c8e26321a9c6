"""What is kept is found again: the key of each kind of record."""

from typing import get_args

import pytest

from tests.contract.sample_records import JOB_TASKS, every_kind
from uconnect.domain import keys, records
from uconnect.domain.enums import Side
from uconnect.domain.jobs import JobTask
from uconnect.domain.keys import Key
from uconnect.domain.models import Record
from uconnect.domain.records import key_of

KEYS = [
    keys.PartyKey("school"),
    keys.PartyKey("closing"),
    keys.PartyKey("ended"),
    keys.PartyKey("worker"),
    keys.PartyKey("user"),
    keys.OwnerEndedKey("user"),
    keys.AddressKey("s@x"),
    keys.AddressKey("i@x"),
    keys.LoginKey("https://issuer/#", "#subject"),
    keys.ThreadKey("thread"),
    keys.ThreadKey("parted"),
    keys.ThreadReferenceKey("user", "h"),
    keys.ThreadReferenceKey("school", "h"),
    keys.ThreadKey("hides"),
    keys.HiddenWordsKey("thread"),
    keys.AssignmentKey("thread", "worker"),
    keys.SideActivityKey("thread", Side.SCHOOL),
    keys.EntryKey("thread", 1),
    keys.EntryKey("thread", 3),
    keys.ThreadKey("settled"),
    keys.EntryKey("thread", 2),
    keys.InternalEntryKey("thread", 1),
    keys.InternalEntryKey("thread", 2),
    keys.InternalEntryKey("thread", 3),
    keys.PictureKey("p"),
    keys.SavedReplyKey("school", "r"),
    keys.SavedReplyKey("school", "r2"),
    keys.SavedReplyOrderKey("school"),
    keys.SavedReplyOrderKey("empty"),
    keys.WeekFiguresKey("school", 105_720),
    keys.WeekFiguresKey("school", 105_721),
    keys.IdempotencyKey("user", "k"),
    keys.RateLimitKey("user", "raise"),
    keys.NoticeStateKey("user"),
    keys.TicketKey("0f"),
    *(keys.JobKey(type(task).__name__) for task in JOB_TASKS),
    keys.JobKey("unreadable"),
]


def test_there_is_a_sample_of_every_registered_record_and_a_job_of_every_task() -> None:
    assert {type(record) for record in every_kind()} == {
        it for stored in records.RECORDS for it in records.classes(stored)
    }
    assert {type(task) for task in JOB_TASKS} == set(get_args(JobTask))


@pytest.mark.parametrize(("record", "key"), list(zip(every_kind(), KEYS, strict=True)))
def test_a_record_is_kept_under_its_key(record: Record, key: Key[Record]) -> None:
    assert key_of(record) == key


def test_keys_of_different_kinds_are_never_equal() -> None:
    assert len({keys.PartyKey("a"), keys.ThreadKey("a"), keys.JobKey("a"), keys.TicketKey("a")}) == 4
