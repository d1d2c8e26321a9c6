"""Whole use cases end the same over every store."""

from collections import Counter
from functools import partial

import pytest

from tests.kit.beyond import Post, nobody, outside
from tests.kit.cast import (
    ACADEMY,
    ANN,
    BOB,
    SCHOOL,
    WALT,
    WENDY,
    Cast,
    beside,
    calling,
    log,
    note,
    offload,
    raise_,
    send,
    user_in,
)
from tests.kit.homes import Home, answer, fresh
from uconnect.core import wire
from uconnect.core.commands import Availability, Face, Invite, Name, OpenOn, Policied, Portrait
from uconnect.core.decide import (
    accounts,
    closing,
    handling,
    invitations,
    messages,
    profiles,
    reading,
    threads,
    tickets,
    todos,
    workers,
)
from uconnect.core.decide.tickets import Admitted
from uconnect.core.facts import Delivery, Plan
from uconnect.core.keys import (
    AsideKey,
    DueBy,
    EntryKey,
    HandleKey,
    PartyKey,
    PlacementKey,
    PresenceKey,
    Shelf,
    ThreadKey,
)
from uconnect.core.model import Message, Terminated
from uconnect.core.tasks import Assign, Erase, Left, Return
from uconnect.core.terms import Kind, Policy, Side
from uconnect.core.views.letters import Invited
from uconnect.core.work import Outside, run_due

LATER = 10**15


@pytest.fixture
def cast(home: Home) -> Cast:
    return Cast(home).enter()


def test_a_thread_raised_is_there_for_both_with_its_message(cast: Cast) -> None:
    case = cast.raised()
    for by in (ANN, SCHOOL):
        page = answer(cast.home.store.ask(log(by, case.id(by))))
        assert [(it.seq, it.text) for it in page.entries] == [(1, "Hello")]
    shelves = [(ANN, Shelf.RAISED), (SCHOOL, Shelf.RECEIVED)]
    for by, shelf in shelves:
        page = answer(cast.home.store.ask(partial(reading.threads, by=by, shelf=shelf, before=None, most=5)))
        assert [it.row.id for it in page.threads] == [case.id(by)]
    assert user_in(cast.home, ANN).open == (case.thread.id,)


def test_a_raise_is_repeated_by_its_key(cast: Cast) -> None:
    key = fresh()
    first, again = cast.run(raise_(key=key)), cast.run(raise_(key=key))
    assert first == again
    assert len(user_in(cast.home, ANN).open) == 1


def test_a_school_raises_to_a_school(cast: Cast) -> None:
    case = cast.raised(SCHOOL, ACADEMY)
    cast.run(send(ACADEMY, case.id(ACADEMY)))
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    assert [it.author for it in case.log()] == [SCHOOL, ACADEMY, SCHOOL]
    assert cast.refusal(offload(case.id(SCHOOL), WENDY)) == "not_found"  # it raised this one itself (rule 2)


def test_all_who_have_a_thread_write_into_one_log(cast: Cast) -> None:
    case = cast.raised()
    wendys = case.offload()
    for number, (by, id) in enumerate([(ANN, case.id(ANN)), (SCHOOL, case.id(SCHOOL)), (WENDY, wendys)] * 3):
        assert cast.run(send(by, id, f"{number}")).entry.seq == number + 2
    assert [it.seq for it in case.log()] == list(range(1, 11))
    assert [it.text for it in case.log()][1:] == [f"{number}" for number in range(9)]


def test_a_send_repeated_is_stored_once_and_answered_the_same(cast: Cast) -> None:
    case, key = cast.raised(), fresh()
    first = cast.run(send(ANN, case.id(ANN), "once", key))
    cast.run(send(SCHOOL, case.id(SCHOOL)))
    again = cast.run(send(ANN, case.id(ANN), "another text", key))
    assert again.entry == first.entry
    assert len(case.log()) == 3
    cast.run(calling(threads.terminate, ANN, case.id(ANN)))
    assert cast.run(send(ANN, case.id(ANN), "after the end", key)).entry == first.entry
    assert cast.refusal(send(ANN, case.id(ANN))) == "thread_terminated"


def test_the_first_message_is_found_by_the_key_of_the_raise(cast: Cast) -> None:
    key = fresh()
    id = cast.run(raise_(key=key)).row.id
    assert cast.run(send(ANN, id, "again", key)).entry.seq == 1


def test_the_same_key_of_another_author_is_another_message(cast: Cast) -> None:
    case, key = cast.raised(), fresh()
    assert [cast.run(send(by, case.id(by), by, key)).entry.seq for by in (ANN, SCHOOL)] == [2, 3]


def test_a_thread_goes_from_hand_to_hand_and_back(cast: Cast) -> None:
    case = cast.raised()
    wendys = case.offload(WENDY)
    alias = case.thread.worker
    assert alias is not None
    walts = case.offload(WALT)  # straight from one to the other
    assert cast.refusal(send(WENDY, wendys)) == "not_found"
    assert cast.run(send(WALT, walts)).entry.seq == 2
    cast.run(calling(handling.hand_back, WALT, walts))
    assert cast.refusal(send(WALT, walts)) == "not_found"
    assert case.offload(WENDY) == wendys  # under the same id and alias
    back = case.thread.worker
    assert back is not None
    assert back.alias == alias.alias
    assert back.rev > alias.rev
    cast.run(calling(handling.take_back, SCHOOL, case.id(SCHOOL)))
    assert case.thread.worker is None
    assert cast.refusal(log(WENDY, wendys)) == "not_found"
    assert [it.seq for it in case.log()] == [1, 2]  # no hand-off took a number


def test_the_load_of_workers_follows_their_threads(cast: Cast) -> None:
    def loads() -> list[int]:
        cards = answer(cast.home.store.ask(partial(workers.workers, by=SCHOOL))).workers
        return [card.load for card in cards]

    cases = [cast.raised() for _ in range(3)]
    assert loads() == [0, 0]
    for case in cases:
        case.offload(WENDY)
    cases[0].offload(WALT)
    assert loads() == [2, 1]
    cast.run(calling(threads.terminate, ANN, cases[1].id(ANN)))
    cast.run(calling(handling.take_back, SCHOOL, cases[0].id(SCHOOL)))
    assert loads() == [1, 0]


def test_a_terminated_thread_is_read_by_all_and_written_by_nobody(cast: Cast) -> None:
    case = cast.raised()
    wendys = case.offload()
    for _ in range(2):
        cast.run(calling(threads.terminate, ANN, case.id(ANN)))
    hands = [(ANN, case.id(ANN)), (SCHOOL, case.id(SCHOOL)), (WENDY, wendys)]
    for by, id in hands:
        assert len(answer(cast.home.store.ask(log(by, id))).entries) == 2
        assert cast.refusal(send(by, id)) == "thread_terminated"
    assert isinstance(case.log()[-1], Terminated)
    assert user_in(cast.home, ANN).open == ()


def test_the_sixth_open_thread_waits_for_one_to_end(cast: Cast) -> None:
    cases = [cast.raised() for _ in range(5)]
    assert cast.refusal(raise_()) == "five_threads"
    cast.run(calling(threads.terminate, ANN, cases[2].id(ANN)))
    cast.raised()
    assert cast.refusal(raise_()) == "five_threads"
    cast.raised(BOB)


def test_what_one_side_saw_and_typed_is_told_to_the_other(cast: Cast) -> None:
    case = cast.raised()
    plan = cast.home.store.run(partial(messages.typing, by=ANN, command=wire.Typing(id=case.id(ANN))))
    assert isinstance(plan, Plan)
    assert Delivery(SCHOOL, wire.TypingNow(id=case.id(SCHOOL))) in plan.deliveries
    seen = wire.Seen(id=case.id(SCHOOL), seq=1, theirs=1)
    for _ in range(2):
        cast.run(partial(messages.seen, by=SCHOOL, command=seen))
    shown = answer(cast.home.store.ask(partial(reading.thread, by=ANN, id=case.id(ANN))))
    assert shown.thread.seen == 1
    handle = cast.home.one(HandleKey(SCHOOL, case.id(SCHOOL)))
    assert handle is not None
    assert handle.read == 1


def test_a_deleted_thread_is_gone_for_everyone_and_swept(cast: Cast) -> None:
    case, other = cast.raised(), cast.raised()
    wendys, walts = case.offload(WENDY), case.offload(WALT)
    ids = {by: case.id(by) for by in (ANN, SCHOOL)} | {WALT: walts, WENDY: wendys}
    for _ in range(30):
        cast.run(send(ANN, ids[ANN]))
    cast.run(partial(messages.seen, by=SCHOOL, command=wire.Seen(id=ids[SCHOOL], seq=9, theirs=9)))
    assert cast.refusal(calling(threads.delete, ANN, ids[ANN])) == "thread_open"
    cast.run(calling(threads.terminate, ANN, ids[ANN]))
    thread, log_before = case.thread, case.log()
    assert len(log_before) == 32
    for _ in range(2):
        cast.run(calling(threads.delete, ANN, ids[ANN]))
    for by, id in ids.items():
        assert cast.refusal(log(by, id)) == "not_found"
    left = [
        *(EntryKey(thread.id, entry.seq) for entry in log_before),
        *(PlacementKey(thread.id, worker) for worker in (WENDY, WALT)),
        PresenceKey(thread.id, Side.SCHOOL),
        HandleKey(WALT, walts),
        HandleKey(WENDY, wendys),
    ]
    assert all(cast.home.one(key) is not None for key in left)
    steps = 1
    while not cast.home.store.sweep(ThreadKey(thread.id), 10):
        steps += 1
    assert 4 <= steps <= 6
    assert cast.home.store.sweep(ThreadKey(thread.id), 10)
    assert [cast.home.one(key) for key in (*left, ThreadKey(thread.id))] == [None] * (len(left) + 1)
    assert cast.home.one(HandleKey(SCHOOL, ids[SCHOOL])) is None
    cast.run(calling(threads.delete, ANN, ids[ANN]))  # answered the same for ever
    assert len(other.log()) == 1


def test_what_is_due_is_done_and_struck_off(cast: Cast) -> None:
    case = cast.raised()
    case.offload()
    cast.run(calling(threads.terminate, ANN, case.id(ANN)))
    thread = case.thread.id
    cast.run(calling(threads.delete, ANN, case.id(ANN)))
    moved = cast.raised()
    moved.offload(WALT)
    cast.run(partial(workers.remove, by=SCHOOL, worker_id=WALT))
    assert Counter(type(todo.task) for todo in cast.home.jobs()) == {Assign: 2, Erase: 1, Return: 1}
    told: list[Delivery] = []
    assert run_due(cast.home.store, outside(told.extend)) == 4
    assert [todo.task for todo in cast.home.jobs()] == [Left(moved.thread.id)]
    assert run_due(cast.home.store, outside(told.extend)) == 1
    assert cast.home.all(DueBy(LATER, 9)) == ()
    assert cast.home.one(EntryKey(thread, 1)) is None
    assert moved.thread.worker is None
    assert WALT in {it.to for it in told}
    assert run_due(cast.home.store, outside(told.extend)) == 0


def test_a_todo_is_struck_off_once_or_twice_alike(cast: Cast) -> None:
    cast.run(partial(workers.remove, by=SCHOOL, worker_id=WALT))
    (todo,) = answer(cast.home.store.ask(todos.due))
    for _ in range(2):
        cast.run(partial(todos.finish, id=todo.id))
    assert answer(cast.home.store.ask(todos.due)) == ()


def asked(cast: Cast, who: accounts.Enter) -> list[str]:
    """The places that a person is asked about."""
    return [it.id for it in cast.ask(partial(invitations.pending, who=who)).invitations]


def test_a_worker_joined_by_mistake_leaves_and_joins_the_school_that_was_meant(cast: Cast) -> None:
    who = accounts.Enter(site=Kind.WORKER, issuer="i", subject="new", email="new@x", name="N")
    for school in (ACADEMY, SCHOOL):
        cast.run(partial(workers.invite, by=school, command=Invite(key=fresh(), email="new@x", name="New")))
    meant, mistake = asked(cast, who)
    cast.run(partial(invitations.accept, who=who, place=mistake))
    case = cast.raised()
    case.offload(mistake)
    cast.run(partial(closing.close, by=mistake))
    cast.work()
    assert case.thread.worker is None
    assert asked(cast, who) == [meant]
    cast.run(partial(invitations.accept, who=who, place=meant))
    card = cast.ask(partial(profiles.me, by=meant)).card
    assert card
    assert card.name == "Academy"


def test_a_worker_is_invited_enters_and_is_removed(cast: Cast) -> None:
    invite = Invite(key=fresh(), email="new@x", name="New")
    for _ in range(2):
        cast.run(partial(workers.invite, by=SCHOOL, command=invite))
    who = accounts.Enter(site=Kind.WORKER, issuer="i", subject="new", email="new@x", name="N")
    assert cast.refusal(partial(accounts.enter, command=who)) == "invited"
    party = asked(cast, who)[-1]
    for _ in range(2):
        cast.run(partial(invitations.accept, who=who, place=party))
    assert cast.run(partial(accounts.enter, command=who)) == party
    case = cast.raised()
    case.offload(party)
    cast.run(partial(workers.remove, by=SCHOOL, worker_id=party))
    assert cast.refusal(send(party, case.id(party))) == "account_ended"
    assert cast.refusal(offload(case.id(SCHOOL), party)) == "not_found"
    cast.run(partial(workers.invite, by=SCHOOL, command=Invite(key=fresh(), email="new@x", name="New")))
    (again,) = asked(cast, who)  # invited again, one is a new party
    cast.run(partial(invitations.accept, who=who, place=again))
    assert cast.run(partial(accounts.enter, command=who)) == again != party


def test_school_and_worker_note_beside_a_thread_and_its_raiser_never_sees(cast: Cast) -> None:
    case, key = cast.raised(), fresh()
    wendys = case.offload(WENDY)
    first = cast.run(note(WENDY, wendys, "I know this.", key))
    cast.run(note(SCHOOL, case.id(SCHOOL), "Good."))
    assert cast.run(note(WENDY, wendys, "another text", key)) == first
    cast.run(calling(threads.terminate, ANN, case.id(ANN)))
    assert cast.run(note(WENDY, wendys, "after the end", key)) == first
    cast.run(note(WENDY, wendys, "She was glad."))
    assert [it.seq for it in cast.ask(beside(WENDY, wendys)).entries] == [2, 3, 4]
    page = cast.ask(beside(SCHOOL, case.id(SCHOOL), 1, 2))
    assert ([it.seq for it in page.entries], page.next) == ([2, 3], 3)
    assert cast.refusal(beside(ANN, case.id(ANN))) == "not_found"
    assert cast.refusal(note(ANN, case.id(ANN))) == "not_found"
    assert [it.seq for it in case.log()] == [1, 2]
    asides = [AsideKey(case.thread.id, seq) for seq in range(1, 5)]
    assert all(cast.home.one(it) for it in asides)
    cast.run(calling(threads.delete, ANN, case.id(ANN)))
    run_due(cast.home.store, outside())
    assert not any(cast.home.one(it) for it in asides)


def test_a_policy_gives_new_threads_to_the_least_loaded_who_is_available(cast: Cast) -> None:
    def hands() -> list[str | None]:
        run_due(cast.home.store, outside())
        return [case.thread.worker.party if case.thread.worker else None for case in cases]

    def switch(worker: str, available: bool) -> None:
        cast.run(partial(profiles.switch, by=worker, command=Availability(available=available)))

    cases = [cast.raised()]
    assert hands() == [None]
    cast.run(partial(profiles.choose, by=SCHOOL, command=Policied(policy=Policy.AUTOMATIC)))
    for by in (ANN, BOB, ACADEMY):
        cases.append(cast.raised(by))
        hands()
    assert hands() == [None, WENDY, WALT, WENDY]
    switch(WALT, False)
    cases.append(cast.raised())
    assert hands()[-1] == WENDY
    switch(WENDY, False)
    cases.append(cast.raised())
    assert hands()[-1] is None
    switch(WENDY, True)
    assert hands()[-1] is None
    switch(WALT, True)
    cast.run(calling(handling.take_back, SCHOOL, cases[2].id(SCHOOL)))
    cases.append(cast.raised(BOB))
    assert hands() == [None, WENDY, None, WENDY, WENDY, None, WALT]


def test_a_school_shows_another_face(cast: Cast) -> None:
    face = Face(name="Zoology", about="🦉", hours=(OpenOn(day=1, opens=540, closes=720),), zone="Europe/Vienna")
    cast.run(partial(profiles.present, by=SCHOOL, command=face))
    shown: list[str] = []
    for image in (b"an owl" * 1000, b"a raven"):
        cast.run(partial(profiles.portray, by=SCHOOL, command=Portrait(image=image)))
        card = cast.ask(partial(reading.school, by=ANN, id=SCHOOL))
        assert (card.name, card.about, len(card.hours), card.zone) == ("Zoology", "🦉", 1, "Europe/Vienna")
        assert cast.ask(partial(profiles.picture, id=card.picture)) == image
        shown.append(card.picture)
    assert cast.refusal(partial(profiles.picture, id=shown[0])) == "not_found"
    directory = cast.ask(partial(reading.schools, by=ANN, after=None, most=9))
    assert [card.name for card in directory.schools] == ["Academy", "Zoology"]
    cast.run(partial(profiles.rename, by=SCHOOL, command=Name(name="Aardvarks")))
    directory = cast.ask(partial(reading.schools, by=ANN, after=None, most=9))
    assert [card.name for card in directory.schools] == ["Aardvarks", "Academy"]


def test_an_invited_worker_is_written_to_until_it_comes(cast: Cast) -> None:
    cast.run(partial(workers.invite, by=SCHOOL, command=Invite(key=fresh(), email="new@x", name="New")))
    post = Post()
    cast.work(post)
    worker = cast.ask(partial(workers.workers, by=SCHOOL)).workers[-1].id
    cast.run(partial(workers.resend, by=SCHOOL, worker_id=worker))
    cast.work(post)
    assert [(it.email, it.school, it.taken) for it in post.workers] == [("new@x", "School", False)] * 2
    who = accounts.Enter(site=Kind.WORKER, issuer="i", subject="new", email="new@x", name="N", place=worker)
    assert cast.run(partial(accounts.enter, command=who)) == worker
    assert cast.refusal(partial(workers.resend, by=SCHOOL, worker_id=worker)) == "not_found"


def test_a_login_goes_to_another_address_and_takes_its_party_along(cast: Cast) -> None:
    entering = accounts.Enter(site=Kind.USER, issuer="i", subject="new", email="old@x", name="N")
    party = cast.run(partial(accounts.enter, command=entering))
    for _ in range(2):
        cast.run(partial(accounts.moved, issuer="i", subject="new", email="new@x"))
    assert cast.run(partial(accounts.enter, command=entering)) == party
    found = cast.home.one(PartyKey(party))
    assert found is not None
    assert found.email == "new@x"
    other = accounts.Enter(site=Kind.SCHOOL, issuer="i", subject="other", email="old@x", name="O")
    assert cast.run(partial(accounts.enter, command=other)) != party


def test_what_cannot_be_done_is_put_off_and_the_rest_is_done(cast: Cast) -> None:
    class Down(Post):
        def invite_worker(self, invited: Invited) -> None:
            raise ConnectionError

    failed: list[Exception] = []
    cast.run(partial(workers.invite, by=SCHOOL, command=Invite(key=fresh(), email="new@x", name="New")))
    cast.raised()
    post = Down()
    assert run_due(cast.home.store, Outside(nobody, post, post, failed.append)) == 1
    assert len(failed) == 1
    (later,) = cast.home.all(DueBy(LATER, 9))
    assert later.due == cast.home.time.now + todos.LATER
    assert run_due(cast.home.store, outside()) == 0
    cast.home.time.now += todos.LATER
    assert run_due(cast.home.store, outside()) == 1


def test_a_ticket_opens_one_socket_in_its_time(cast: Cast) -> None:
    first, second = (cast.run(partial(tickets.issue, by=ANN)).ticket for _ in range(2))
    assert [cast.run(partial(tickets.redeem, ticket=first)) for _ in range(2)] == [Admitted(ANN, ""), None]
    cast.home.time.now += 30_000
    cast.home.store.forget_expired(cast.home.time.now)
    assert cast.run(partial(tickets.redeem, ticket=second)) is None


def test_a_long_log_is_read_in_pages(cast: Cast) -> None:
    case = cast.raised()
    cast.home.time.step = 1000
    for number in range(2, 120):
        cast.run(send(ANN, case.id(ANN), str(number)))
    found, after, more = list[int](), 0, True
    while more:
        page = answer(cast.home.store.ask(log(SCHOOL, case.id(SCHOOL), after)))
        found += [it.seq for it in page.entries]
        after, more = found[-1], page.more
    assert found == list(range(1, 120))
    assert all(isinstance(it, Message) for it in case.log())
