"""The registry says of every stored record how it is encoded, what finds it, and what it is erased with."""

import gc

import msgspec
import pytest
from msgspec.structs import replace

from tests.contract.sample_records import every_kind, thread
from uconnect.domain import keys, records
from uconnect.domain.models import Job, Record, School, Thread, UnreadableJob, User
from uconnect.domain.school_search import search_texts

SCHOOL = School(id="school", email="s@x", name="School of LAW")


@pytest.mark.parametrize("record", every_kind(), ids=lambda record: type(record).__name__)
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    stored = records.of(record)
    found = records.named(stored, records.key_of(record), record)
    assert stored.decode(*(found[name] for name in stored.reads), records.encode(record)) == record


@pytest.mark.parametrize("record", every_kind(), ids=lambda record: type(record).__name__)
def test_the_garbage_collector_need_not_follow_what_a_store_remembers(record: Record) -> None:
    assert not gc.is_tracked(record)
    assert not gc.is_tracked(records.key_of(record))


@pytest.mark.parametrize("kept", ["", "no JSON", "{}", '{"id":"j","due":1,"task":{"type":"of a later release"}}'])
def test_a_job_that_cannot_be_read_keeps_its_text(kept: str) -> None:
    job = records.read_job("j", 7, kept)
    assert job == UnreadableJob(id="j", due=7, body=kept)
    assert records.encode(job) == kept


def test_a_job_is_due_when_its_column_says_so() -> None:
    (job,) = [it for it in every_kind() if isinstance(it, Job)][:1]
    assert records.read_job("another", 9, records.encode(job)) == replace(job, id="another", due=9)


@pytest.mark.parametrize(
    ("party", "name"),
    [
        (SCHOOL, "school of law"),
        (replace(SCHOOL, name=""), ""),
        (replace(SCHOOL, closing=True), None),
        (replace(SCHOOL, ended=True), None),
        (User(id="user", email="u@x", name="Ann"), None),
    ],
)
def test_the_directory_has_the_schools_that_take_threads(party: School | User, name: str | None) -> None:
    assert records.directory_name(party) == name
    assert records.of(party).values(party) == (name, records.searched_name(party))
    assert (records.searched_name(party) is None) == (name is None)


def test_a_school_is_found_by_each_word_of_its_name_and_of_its_description() -> None:
    kept = records.searched_name(SCHOOL)
    assert kept is not None
    assert tuple(msgspec.json.decode(kept)) == search_texts(SCHOOL.name, SCHOOL.about)
    assert kept.startswith('["school of law","of law","law",')


def test_a_thread_that_no_worker_has_is_listed_for_nobody_and_moves_when_the_policy_is_applied() -> None:
    """Equal work: leak 30."""
    head = thread("t")
    assert records.handling_party(thread("t", worker="wendy")) == "wendy"
    assert records.handling_party(head) == "t"
    assert records.handling_party(replace(head, policy_applied=True)) == "t."


def test_a_change_writes_the_columns_that_change_and_with_the_workers_the_status() -> None:
    """Equal work: leak 30. The job of a raise changes the status too if it gives the thread to a worker."""
    head = thread("t")
    stored = records.of(head)

    def written(after: Thread) -> set[str]:
        changes = stored.changes(stored.values(head), stored.values(after))
        return {column.name for column, changed in zip(stored.columns, changes, strict=True) if changed}

    assert written(head) == set()
    assert written(replace(head, subject="Another")) == set()
    assert written(replace(head, raiser=replace(head.raiser, party="bob"))) == {"raiser"}
    assert written(replace(head, policy_applied=True)) == {"worker", "thread_status"}
    assert written(thread("t", worker="wendy")) == {"worker", "thread_status"}


def test_what_is_erased_with_a_thread_and_with_a_party() -> None:
    with_thread = {stored.key for stored, field in records.children(keys.ThreadKey) if field == "thread"}
    assert with_thread == {
        keys.EntryKey,
        keys.InternalEntryKey,
        keys.HiddenWordsKey,
        keys.AssignmentKey,
        keys.SideActivityKey,
        keys.ThreadReferenceKey,
    }
    assert {(stored.key, field) for stored, field in records.children(keys.PartyKey)} == {
        (keys.ThreadReferenceKey, "viewer"),
        (keys.SavedReplyKey, "party"),
        (keys.SavedReplyOrderKey, "party"),
        (keys.WeekFiguresKey, "party"),
        (keys.IdempotencyKey, "party"),
        (keys.RateLimitKey, "party"),
        (keys.NoticeStateKey, "party"),
    }


def test_every_field_that_an_entry_names_is_one_of_its_records() -> None:
    for stored in records.RECORDS:
        named = {*stored.key.__struct_fields__, *(it.name for it in stored.columns)}
        for name in stored.parents.values():
            assert all(name in kind.__struct_fields__ for kind in records.classes(stored))
            assert name in named
        assert {name for index in stored.indexes for name in index.columns} <= named
        assert {*stored.reads, *filter(None, [stored.expires])} <= named


def test_dynamodb_keeps_a_child_beside_the_parent_whose_id_its_key_begins_with() -> None:
    beside = {it.table: it.partition for it in records.RECORDS if it.partition}
    assert beside["entry"] is keys.ThreadKey
    assert beside["thread_reference"] is keys.PartyKey
    assert {it.table for it in records.RECORDS if it.local_index} == {"entry", "job", "thread_reference"}
