"""Whole use cases end the same over every store."""

from collections import Counter
from functools import partial

import pytest

from tests.support.fake_job_dependencies import FakeMail, fake_job_dependencies, no_logins
from tests.support.sample_university import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    SampleUniversity,
    internal_entries,
    log,
    note,
    offload,
    on_thread,
    raise_,
    send,
    user_in,
)
from tests.support.stores import Home, answer, fresh
from uconnect.application.jobs import JobDependencies, run_due_jobs
from uconnect.domain import protocol
from uconnect.domain.context import Delivery, Plan
from uconnect.domain.enums import Kind, Policy, Side
from uconnect.domain.jobs import AssignThread, CountThread, PurgeLeftThread, PurgeThread, ReturnThreads
from uconnect.domain.keys import (
    AssignmentKey,
    DueJobs,
    EntryKey,
    InternalEntryKey,
    Mailbox,
    PartyKey,
    SideActivityKey,
    ThreadKey,
    ThreadReferenceKey,
)
from uconnect.domain.models import Message, Terminated
from uconnect.domain.request_bodies import (
    AvailabilityUpdate,
    Invite,
    NameUpdate,
    OpeningHours,
    PictureUpload,
    PolicyUpdate,
    ProfileUpdate,
)
from uconnect.domain.usecases import (
    account_closing,
    assignment,
    invitations,
    job_steps,
    profiles,
    queries,
    registration,
    signals,
    threads,
    tickets,
    workers,
)
from uconnect.domain.usecases.tickets import TicketHolder
from uconnect.domain.views.mail import WorkerInvitation

LATER = 10**15


@pytest.fixture
def university(home: Home) -> SampleUniversity:
    return SampleUniversity(home).create()


def test_a_thread_raised_is_there_for_both_with_its_message(university: SampleUniversity) -> None:
    case = university.raised()
    for by in (ANN, SCHOOL):
        page = answer(university.home.store.ask(log(by, case.id(by))))
        assert [(it.seq, it.text) for it in page.entries] == [(1, "Hello")]
    shelves = [(ANN, Mailbox.RAISED), (SCHOOL, Mailbox.RECEIVED)]
    for by, mailbox in shelves:
        page = answer(university.home.store.ask(partial(queries.threads, by=by, mailbox=mailbox, before=None, most=5)))
        assert [it.row.id for it in page.threads] == [case.id(by)]
    assert user_in(university.home, ANN).open == (case.thread.id,)


def test_a_raise_is_repeated_by_its_key(university: SampleUniversity) -> None:
    key = fresh()
    first, again = university.run(raise_(key=key)), university.run(raise_(key=key))
    assert first == again
    assert len(user_in(university.home, ANN).open) == 1


def test_a_school_raises_to_a_school(university: SampleUniversity) -> None:
    case = university.raised(SCHOOL, ACADEMY)
    university.run(send(ACADEMY, case.id(ACADEMY)))
    university.run(send(SCHOOL, case.id(SCHOOL)))
    assert [it.author for it in case.log()] == [SCHOOL, ACADEMY, SCHOOL]
    assert university.refusal(offload(case.id(SCHOOL), WENDY)) == "not_found"  # it raised this one itself (rule 2)


def test_all_who_have_a_thread_write_into_one_log(university: SampleUniversity) -> None:
    case = university.raised()
    wendys = case.offload()
    for number, (by, id) in enumerate([(ANN, case.id(ANN)), (SCHOOL, case.id(SCHOOL)), (WENDY, wendys)] * 3):
        assert university.run(send(by, id, f"{number}")).entry.seq == number + 2
    assert [it.seq for it in case.log()] == list(range(1, 11))
    assert [it.text for it in case.log()][1:] == [f"{number}" for number in range(9)]


def test_a_send_repeated_is_stored_once_and_answered_the_same(university: SampleUniversity) -> None:
    case, key = university.raised(), fresh()
    first = university.run(send(ANN, case.id(ANN), "once", key))
    university.run(send(SCHOOL, case.id(SCHOOL)))
    again = university.run(send(ANN, case.id(ANN), "another text", key))
    assert again.entry == first.entry
    assert len(case.log()) == 3
    university.run(on_thread(threads.terminate, ANN, case.id(ANN)))
    assert university.run(send(ANN, case.id(ANN), "after the end", key)).entry == first.entry
    assert university.refusal(send(ANN, case.id(ANN))) == "thread_terminated"


def test_the_key_of_a_raise_is_not_the_key_of_a_message(university: SampleUniversity) -> None:
    key = fresh()
    id = university.run(raise_(key=key)).row.id
    assert university.run(send(ANN, id, "again", key)).entry.seq == 2


def test_the_same_key_of_another_author_is_another_message(university: SampleUniversity) -> None:
    case, key = university.raised(), fresh()
    assert [university.run(send(by, case.id(by), by, key)).entry.seq for by in (ANN, SCHOOL)] == [2, 3]


def test_a_thread_goes_from_hand_to_hand_and_back(university: SampleUniversity) -> None:
    case = university.raised()
    wendys = case.offload(WENDY)
    alias = case.thread.worker
    assert alias is not None
    walts = case.offload(WALT)  # straight from one to the other
    assert university.refusal(send(WENDY, wendys)) == "not_found"
    assert university.run(send(WALT, walts)).entry.seq == 2
    university.run(on_thread(assignment.hand_back, WALT, walts))
    assert university.refusal(send(WALT, walts)) == "not_found"
    assert case.offload(WENDY) == wendys  # under the same id and alias
    back = case.thread.worker
    assert back is not None
    assert back.alias == alias.alias
    assert back.rev > alias.rev
    university.run(on_thread(assignment.take_back, SCHOOL, case.id(SCHOOL)))
    assert case.thread.worker is None
    assert university.refusal(log(WENDY, wendys)) == "not_found"
    assert [it.seq for it in case.log()] == [1, 2]  # no hand-off took a number


def test_the_load_of_workers_follows_their_threads(university: SampleUniversity) -> None:
    def loads() -> list[int]:
        cards = answer(university.home.store.ask(partial(workers.workers, by=SCHOOL))).workers
        return [card.load for card in cards]

    cases = [university.raised() for _ in range(3)]
    assert loads() == [0, 0]
    for case in cases:
        case.offload(WENDY)
    cases[0].offload(WALT)
    assert loads() == [2, 1]
    university.run(on_thread(threads.terminate, ANN, cases[1].id(ANN)))
    university.run(on_thread(assignment.take_back, SCHOOL, cases[0].id(SCHOOL)))
    assert loads() == [1, 0]


def test_a_terminated_thread_is_read_by_all_and_written_by_nobody(university: SampleUniversity) -> None:
    case = university.raised()
    wendys = case.offload()
    for _ in range(2):
        university.run(on_thread(threads.terminate, ANN, case.id(ANN)))
    assignee_history = [(ANN, case.id(ANN)), (SCHOOL, case.id(SCHOOL)), (WENDY, wendys)]
    for by, id in assignee_history:
        assert len(answer(university.home.store.ask(log(by, id))).entries) == 2
        assert university.refusal(send(by, id)) == "thread_terminated"
    assert isinstance(case.log()[-1], Terminated)
    assert user_in(university.home, ANN).open == ()


def test_the_sixth_open_thread_waits_for_one_to_end(university: SampleUniversity) -> None:
    cases = [university.raised() for _ in range(5)]
    assert university.refusal(raise_()) == "five_threads"
    university.run(on_thread(threads.terminate, ANN, cases[2].id(ANN)))
    university.raised()
    assert university.refusal(raise_()) == "five_threads"
    university.raised(BOB)


def test_what_one_side_saw_and_typed_is_told_to_the_other(university: SampleUniversity) -> None:
    case = university.raised()
    plan = university.home.store.run(partial(signals.typing, by=ANN, command=protocol.Typing(id=case.id(ANN))))
    assert isinstance(plan, Plan)
    assert Delivery(SCHOOL, protocol.TypingNow(id=case.id(SCHOOL))) in plan.deliveries
    seen = protocol.Seen(id=case.id(SCHOOL), seq=1, theirs=1)
    for _ in range(2):
        university.run(partial(signals.seen, by=SCHOOL, command=seen))
    shown = answer(university.home.store.ask(partial(queries.thread, by=ANN, id=case.id(ANN))))
    assert shown.thread.seen == 1
    handle = university.home.one(ThreadReferenceKey(SCHOOL, case.id(SCHOOL)))
    assert handle is not None
    assert handle.read == 1


def test_a_deleted_thread_is_gone_for_everyone_and_swept(university: SampleUniversity) -> None:
    case, other = university.raised(), university.raised()
    wendys, walts = case.offload(WENDY), case.offload(WALT)
    ids = {by: case.id(by) for by in (ANN, SCHOOL)} | {WALT: walts, WENDY: wendys}
    for _ in range(30):
        university.run(send(ANN, ids[ANN]))
    university.run(partial(signals.seen, by=SCHOOL, command=protocol.Seen(id=ids[SCHOOL], seq=9, theirs=9)))
    assert university.refusal(on_thread(threads.delete, ANN, ids[ANN])) == "thread_open"
    university.run(on_thread(threads.terminate, ANN, ids[ANN]))
    thread, log_before = case.thread, case.log()
    assert len(log_before) == 32
    for _ in range(2):
        university.run(on_thread(threads.delete, ANN, ids[ANN]))
    for by, id in ids.items():
        assert university.refusal(log(by, id)) == "not_found"
    left = [
        *(EntryKey(thread.id, entry.seq) for entry in log_before),
        *(AssignmentKey(thread.id, worker) for worker in (WENDY, WALT)),
        SideActivityKey(thread.id, Side.SCHOOL),
        ThreadReferenceKey(WALT, walts),
        ThreadReferenceKey(WENDY, wendys),
    ]
    assert all(university.home.one(key) is not None for key in left)
    steps = 1
    while not university.home.store.purge(ThreadKey(thread.id), 10):
        steps += 1
    assert 4 <= steps <= 6
    assert university.home.store.purge(ThreadKey(thread.id), 10)
    assert [university.home.one(key) for key in (*left, ThreadKey(thread.id))] == [None] * (len(left) + 1)
    assert university.home.one(ThreadReferenceKey(SCHOOL, ids[SCHOOL])) is None
    university.run(on_thread(threads.delete, ANN, ids[ANN]))  # answered the same for ever
    assert len(other.log()) == 1


def test_what_is_due_is_done_and_struck_off(university: SampleUniversity) -> None:
    case = university.raised()
    case.offload()
    university.run(on_thread(threads.terminate, ANN, case.id(ANN)))
    thread = case.thread.id
    university.run(on_thread(threads.delete, ANN, case.id(ANN)))
    moved = university.raised()
    moved.offload(WALT)
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WALT))
    assert Counter(type(job.task) for job in university.home.jobs()) == {
        AssignThread: 2,
        CountThread: 1,
        PurgeThread: 1,
        ReturnThreads: 1,
    }
    told: list[Delivery] = []
    assert run_due_jobs(university.home.store, fake_job_dependencies(told.extend)) == 5
    assert [job.task for job in university.home.jobs()] == [PurgeLeftThread(moved.thread.id)]
    assert run_due_jobs(university.home.store, fake_job_dependencies(told.extend)) == 1
    assert university.home.all(DueJobs(LATER, 9)) == ()
    assert university.home.one(EntryKey(thread, 1)) is None
    assert moved.thread.worker is None
    assert WALT in {it.to for it in told}
    assert run_due_jobs(university.home.store, fake_job_dependencies(told.extend)) == 0


def test_a_job_is_struck_off_once_or_twice_alike(university: SampleUniversity) -> None:
    university.run(partial(workers.remove, by=SCHOOL, worker_id=WALT))
    (job,) = answer(university.home.store.ask(job_steps.due_jobs))
    for _ in range(2):
        university.run(partial(job_steps.finish_job, id=job.id))
    assert answer(university.home.store.ask(job_steps.due_jobs)) == ()


def pending_invitations(university: SampleUniversity, who: registration.Registration) -> list[str]:
    """The places that a person is asked about."""
    return [it.id for it in university.ask(partial(invitations.pending, who=who)).invitations]


def test_a_worker_joined_by_mistake_leaves_and_joins_the_school_that_was_meant(university: SampleUniversity) -> None:
    who = registration.Registration(site=Kind.WORKER, issuer="i", subject="new", email="new@x", name="N")
    for school in (ACADEMY, SCHOOL):
        university.run(partial(workers.invite, by=school, command=Invite(key=fresh(), email="new@x", name="New")))
    meant, mistake = pending_invitations(university, who)
    university.run(partial(invitations.accept, who=who, id=mistake))
    case = university.raised()
    case.offload(mistake)
    university.run(partial(account_closing.close, by=mistake))
    university.run_jobs()
    assert case.thread.worker is None
    assert pending_invitations(university, who) == [meant]
    university.run(partial(invitations.accept, who=who, id=meant))
    card = university.ask(partial(profiles.me, by=meant)).card
    assert card
    assert card.name == "Academy"


def test_a_worker_is_invited_enters_and_is_removed(university: SampleUniversity) -> None:
    invite = Invite(key=fresh(), email="new@x", name="New")
    for _ in range(2):
        university.run(partial(workers.invite, by=SCHOOL, command=invite))
    who = registration.Registration(site=Kind.WORKER, issuer="i", subject="new", email="new@x", name="N")
    assert university.refusal(partial(registration.register, command=who)) == "invited"
    party = pending_invitations(university, who)[-1]
    for _ in range(2):
        university.run(partial(invitations.accept, who=who, id=party))
    assert university.run(partial(registration.register, command=who)) == party
    case = university.raised()
    case.offload(party)
    university.run(partial(workers.remove, by=SCHOOL, worker_id=party))
    assert university.refusal(send(party, case.id(party))) == "account_ended"
    assert university.refusal(offload(case.id(SCHOOL), party)) == "not_found"
    university.run(partial(workers.invite, by=SCHOOL, command=Invite(key=fresh(), email="new@x", name="New")))
    (again,) = pending_invitations(university, who)  # invited again, one is a new party
    university.run(partial(invitations.accept, who=who, id=again))
    assert university.run(partial(registration.register, command=who)) == again != party


def test_school_and_worker_note_beside_a_thread_and_its_raiser_never_sees(university: SampleUniversity) -> None:
    case, key = university.raised(), fresh()
    wendys = case.offload(WENDY)
    first = university.run(note(WENDY, wendys, "I know this.", key))
    university.run(note(SCHOOL, case.id(SCHOOL), "Good."))
    assert university.run(note(WENDY, wendys, "another text", key)) == first
    university.run(on_thread(threads.terminate, ANN, case.id(ANN)))
    assert university.run(note(WENDY, wendys, "after the end", key)) == first
    university.run(note(WENDY, wendys, "She was glad."))
    assert [it.seq for it in university.ask(internal_entries(WENDY, wendys)).entries] == [2, 3, 4]
    page = university.ask(internal_entries(SCHOOL, case.id(SCHOOL), 1, 2))
    assert ([it.seq for it in page.entries], page.next) == ([2, 3], 3)
    assert university.refusal(internal_entries(ANN, case.id(ANN))) == "not_found"
    assert university.refusal(note(ANN, case.id(ANN))) == "not_found"
    assert [it.seq for it in case.log()] == [1, 2]
    entries = [InternalEntryKey(case.thread.id, seq) for seq in range(1, 5)]
    assert all(university.home.one(it) for it in entries)
    university.run(on_thread(threads.delete, ANN, case.id(ANN)))
    run_due_jobs(university.home.store, fake_job_dependencies())
    assert not any(university.home.one(it) for it in entries)


def test_a_policy_gives_new_threads_to_the_least_loaded_who_is_available(university: SampleUniversity) -> None:
    def assignee_history() -> list[str | None]:
        run_due_jobs(university.home.store, fake_job_dependencies())
        return [case.thread.worker.party if case.thread.worker else None for case in cases]

    def switch(worker: str, available: bool) -> None:
        university.run(
            partial(profiles.update_availability, by=worker, command=AvailabilityUpdate(available=available))
        )

    cases = [university.raised()]
    assert assignee_history() == [None]
    university.run(partial(profiles.update_policy, by=SCHOOL, command=PolicyUpdate(policy=Policy.AUTOMATIC)))
    for by in (ANN, BOB, ACADEMY):
        cases.append(university.raised(by))
        assignee_history()
    assert assignee_history() == [None, WENDY, WALT, WENDY]
    switch(WALT, False)
    cases.append(university.raised())
    assert assignee_history()[-1] == WENDY
    switch(WENDY, False)
    cases.append(university.raised())
    assert assignee_history()[-1] is None
    switch(WENDY, True)
    assert assignee_history()[-1] is None
    switch(WALT, True)
    university.run(on_thread(assignment.take_back, SCHOOL, cases[2].id(SCHOOL)))
    cases.append(university.raised(BOB))
    assert assignee_history() == [None, WENDY, None, WENDY, WENDY, None, WALT]


def test_a_school_shows_another_face(university: SampleUniversity) -> None:
    face = ProfileUpdate(
        name="Zoology", about="🦉", hours=(OpeningHours(day=1, opens=540, closes=720),), zone="Europe/Vienna"
    )
    university.run(partial(profiles.update_profile, by=SCHOOL, command=face))
    shown: list[str] = []
    for image in (b"an owl" * 1000, b"a raven"):
        university.run(partial(profiles.update_picture, by=SCHOOL, command=PictureUpload(image=image)))
        card = university.ask(partial(queries.school, by=ANN, id=SCHOOL))
        assert (card.name, card.about, len(card.hours), card.zone) == ("Zoology", "🦉", 1, "Europe/Vienna")
        assert university.ask(partial(profiles.picture, id=card.picture)) == image
        shown.append(card.picture)
    assert university.refusal(partial(profiles.picture, id=shown[0])) == "not_found"
    directory = university.ask(partial(queries.schools, by=ANN, after=None, most=9))
    assert [card.name for card in directory.schools] == ["Academy", "Zoology"]
    university.run(partial(profiles.rename, by=SCHOOL, command=NameUpdate(name="Aardvarks")))
    directory = university.ask(partial(queries.schools, by=ANN, after=None, most=9))
    assert [card.name for card in directory.schools] == ["Aardvarks", "Academy"]


def test_an_invited_worker_is_written_to_until_it_comes(university: SampleUniversity) -> None:
    university.run(partial(workers.invite, by=SCHOOL, command=Invite(key=fresh(), email="new@x", name="New")))
    post = FakeMail()
    university.run_jobs(post)
    worker = university.ask(partial(workers.workers, by=SCHOOL)).workers[-1].id
    university.run(partial(workers.resend, by=SCHOOL, worker_id=worker))
    university.run_jobs(post)
    assert [(it.email, it.school, it.taken) for it in post.workers] == [("new@x", "School", False)] * 2
    who = registration.Registration(
        site=Kind.WORKER, issuer="i", subject="new", email="new@x", name="N", invitation=worker
    )
    assert university.run(partial(registration.register, command=who)) == worker
    assert university.refusal(partial(workers.resend, by=SCHOOL, worker_id=worker)) == "not_found"


def test_a_login_goes_to_another_address_and_takes_its_party_along(university: SampleUniversity) -> None:
    find_login = registration.Registration(site=Kind.USER, issuer="i", subject="new", email="old@x", name="N")
    party = university.run(partial(registration.register, command=find_login))
    for _ in range(2):
        university.run(partial(registration.change_email, issuer="i", subject="new", email="new@x"))
    assert university.run(partial(registration.register, command=find_login)) == party
    found = university.home.one(PartyKey(party))
    assert found is not None
    assert found.email == "new@x"
    other = registration.Registration(site=Kind.SCHOOL, issuer="i", subject="other", email="old@x", name="O")
    assert university.run(partial(registration.register, command=other)) != party


def test_what_cannot_be_done_is_put_off_and_the_rest_is_done(university: SampleUniversity) -> None:
    class Down(FakeMail):
        def invite_worker(self, invited: WorkerInvitation) -> None:
            raise ConnectionError

    failed: list[Exception] = []
    university.run(partial(workers.invite, by=SCHOOL, command=Invite(key=fresh(), email="new@x", name="New")))
    university.raised()
    post = Down()
    assert run_due_jobs(university.home.store, JobDependencies(no_logins, post, post, failed.append)) == 1
    assert len(failed) == 1
    (later,) = university.home.all(DueJobs(LATER, 9))
    assert university.home.time.now < later.due <= university.home.time.now + job_steps.RETRY_DELAY
    assert run_due_jobs(university.home.store, fake_job_dependencies()) == 0
    university.home.time.now += job_steps.RETRY_DELAY
    assert run_due_jobs(university.home.store, fake_job_dependencies()) == 1


def test_a_ticket_opens_one_socket_in_its_time(university: SampleUniversity) -> None:
    first, second = (university.run(partial(tickets.issue, by=ANN)).ticket for _ in range(2))
    assert [university.run(partial(tickets.redeem, ticket=first)) for _ in range(2)] == [TicketHolder(ANN, ""), None]
    university.home.time.now += 30_000
    university.home.store.forget_expired(university.home.time.now)
    assert university.run(partial(tickets.redeem, ticket=second)) is None


def test_a_long_log_is_read_in_pages(university: SampleUniversity) -> None:
    case = university.raised()
    university.home.time.step = 1000
    for number in range(2, 120):
        university.run(send(ANN, case.id(ANN), str(number)))
    found, after, more = list[int](), 0, True
    while more:
        page = answer(university.home.store.ask(log(SCHOOL, case.id(SCHOOL), after)))
        found += [it.seq for it in page.entries]
        after, more = found[-1], page.more
    assert found == list(range(1, 120))
    assert all(isinstance(it, Message) for it in case.log())
