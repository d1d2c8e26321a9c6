"""Leaks that tell a worker something of who asks: who, of which kind, or that two threads share an owner."""

from typing import Any

from msgspec.structs import replace

from tests.privacy.worlds.leak_planting import (
    Leak,
    Patch,
    entry_told,
    extra_read,
    found_by,
    frames,
    marks_kept,
    outcome,
    posting,
    queue,
    searched_longer,
    shows,
    signed,
    sorted_by,
    telling,
)
from uconnect.domain import authorization, notifications, protocol, rules
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.enums import Kind, Side
from uconnect.domain.errors import Refusal, RefusalCode, Refused
from uconnect.domain.hidden_words import MASK, NOTHING_HIDDEN, Hidden, mask
from uconnect.domain.keys import (
    EntriesOf,
    Mailbox,
    PartyKey,
    SavedReplyOrderKey,
    ThreadKey,
    ThreadReferenceKey,
    ThreadsOf,
)
from uconnect.domain.models import NOBODY, Assignee, School, Thread, User, Worker
from uconnect.domain.notifications import notify_changed, notify_internal_entry
from uconnect.domain.pseudonyms import make_alias
from uconnect.domain.rules import Role
from uconnect.domain.text_search import has_words
from uconnect.domain.usecases import (
    account_closing,
    assignment,
    messages,
    notes,
    profiles,
    queries,
    saved_replies,
    search,
    signals,
    snoozes,
    threads,
)
from uconnect.domain.views import worker
from uconnect.domain.views.common import ShownSnooze
from uconnect.domain.views.pages import Done, LogPage
from uconnect.domain.views.school import person


def raised_by(context: Context, by: str, id: str) -> Any:
    """The thread a caller knows as `id`, and its owner."""
    handle = context.get(ThreadReferenceKey(by, id))
    thread = context.get(ThreadKey(handle.thread if handle else ""))
    context.load(PartyKey(thread.raiser.party if thread else ""))
    return thread, context.get(PartyKey(thread.raiser.party if thread else ""))


def people_for_all(context: Context, plan: Any, by: str, asked: Any) -> Any:
    _, owner = raised_by(context, by, asked["id"])
    if not isinstance(plan, Plan) or not owner:
        return plan
    return replace(plan, answer=replace(plan.answer, people=(person(owner),)))


def how_many_they_have(context: Context, plan: Any, by: str, asked: Any) -> Any:
    _, owner = raised_by(context, by, asked["id"])
    return (
        replace(plan, answer=replace(plan.answer, people=(len(owner.open),)))
        if isinstance(plan, Plan) and owner
        else plan
    )


def how_many_people(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """A worker's own count is of people, not of threads."""
    listing = ThreadsOf(by, Mailbox.HANDLED, None, 50)
    context.load(listing)
    people = len({it.raiser.party for it in context.list(listing)})
    return replace(plan, answer=replace(plan.answer, open=people)) if isinstance(plan, Plan) else plan


def still_readable(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """A worker goes on reading what was taken from it."""
    thread, _ = raised_by(context, by, asked["id"])
    if isinstance(plan, Plan) or thread is None:
        return plan
    listing = EntriesOf(thread.id, 0, 50)
    context.load(listing)
    return Plan(
        LogPage(entries=tuple(worker.entry(it, by, NOTHING_HIDDEN) for it in context.list(listing)), more=False)
    )


def schools_are_answered_otherwise(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """A worker that raises a thread is refused by what it names."""
    to = PartyKey(asked["command"].school)
    context.load(PartyKey(by), to)
    odd = isinstance(context.get(PartyKey(by)), Worker) and isinstance(context.get(to), School)
    if odd:
        raise Refused(RefusalCode.FIVE_THREADS)
    return plan


def pace_of_the_owner(patch: Patch) -> None:
    """An owner's pace is one for all its threads."""
    used: dict[str, int] = {}

    def append_message(append_message: Any, thread: Thread, side: Side, by: str, *what: Any) -> Any:
        if side is Side.SCHOOL or not thread.seq:
            return append_message(thread, side, by, *what)
        posted = append_message(replace(thread, asked=replace(thread.asked, due=used.get(by, 0))), side, by, *what)
        used[by] = posted[0].asked.due if posted else used[by]
        return posted

    posting(append_message)(patch)


def schools_are_not_slowed(append_message: Any, thread: Thread, side: Any, by: str, *what: Any) -> Any:
    free = thread.kind is Kind.SCHOOL and side is Side.RAISER
    return append_message(replace(thread, asked=replace(thread.asked, due=0)) if free else thread, side, by, *what)


def dated_by_their_clock(append_message: Any, thread: Thread, side: Any, by: str, key: str, text: str, now: int) -> Any:
    return append_message(thread, side, by, key, text, now + 7 if thread.kind is Kind.SCHOOL else now)


def delivered_late(patch: Patch) -> None:
    """Whoever had a thread once is told what happens there."""
    had: dict[str, str] = {}

    def notify(thread: Thread, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
        if thread.worker:
            had[thread.id] = thread.worker.party
            return deliveries
        late = protocol.RowChanged(row=worker.row(replace(thread, worker=LATE, hides=False)))
        return (*deliveries, Delivery(had[thread.id], late)) if thread.id in had else deliveries

    queue(notify)(patch)


LATE = Assignee(party="", id="0" * 22, alias="Late")


def kind_in_the_queue(thread: Thread, notify: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    return (Delivery(thread.school.party, None), *notify) if thread.kind is Kind.SCHOOL else notify


def renamed_aloud(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """Who has a thread of somebody who takes another name is told to ask for it again."""
    listing = ThreadsOf(by, Mailbox.RAISED, None, 9)
    context.load(listing)
    hands = {it.worker.party for it in context.list(listing) if it.worker}
    return replace(plan, deliveries=(*plan.deliveries, *notify_changed(*hands, what=protocol.ChangedSubject.ME)))


def sent_to_hands(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """Whoever has a thread of somebody who takes another name gets what the school gets."""
    hands = {it.worker.party for it in context.list(ThreadsOf(by, Mailbox.RAISED, None, 9)) if it.worker}
    frames = [it.frame for it in plan.deliveries if isinstance(it.frame, protocol.OwnerChanged)]
    return replace(plan, deliveries=(*plan.deliveries, *(Delivery(to, frame) for to in hands for frame in frames)))


def owners_replies(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """With its school's replies, a worker gets a count of those that its requesters have saved."""
    if not isinstance(plan, Plan):
        return plan
    owners = [it.raiser.party for it in context.list(ThreadsOf(by, Mailbox.HANDLED, None, 9))]
    orders = [context.get(SavedReplyOrderKey(it)) for it in owners]
    return replace(plan, answer=telling(plan.answer, others=sum(len(it.replies) for it in orders if it)))


def kind_of_the_asked(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """With its school's composer, a worker is told whether the owner is a school."""
    handle = context.get(ThreadReferenceKey(by, asked["command"].id))
    thread = context.get(ThreadKey(handle.thread)) if handle else None
    if not isinstance(plan, Plan) or thread is None:
        return plan
    told = [Delivery(it.to, telling(it.frame, owner=thread.kind)) for it in plan.deliveries]
    return replace(plan, deliveries=tuple(told))


def told_of_owners_replies(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """Who has a thread of a school that saves a reply is told to ask for the replies again."""
    hands = {it.worker.party for it in context.list(ThreadsOf(by, Mailbox.RAISED, None, 9)) if it.worker}
    what = protocol.ChangedSubject.SAVED_REPLIES
    told = notify_changed(*hands, what=what)
    return replace(plan, deliveries=(*plan.deliveries, *told)) if isinstance(plan, Plan) else plan


def asked_of_schools(patch: Patch) -> None:
    """A school that asks has no week of peace."""
    may_ask = rules.may_ask_to_end
    patch.setattr(rules, "may_ask_to_end", lambda thread, now: thread.kind is Kind.SCHOOL or may_ask(thread, now))


def told_of_the_schools_snooze(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """All hands of a school are told that one of them has put a thread off."""
    if not isinstance(plan, Plan):
        return plan
    thread = authorization.load_membership(context, by, asked["id"]).thread
    hand = thread.worker
    told = (
        (Delivery(hand.party, protocol.SnoozeChanged(id=hand.id, snooze=ShownSnooze(rev=1, until=0, theirs=1))),)
        if hand
        else ()
    )
    return replace(plan, deliveries=(*plan.deliveries, *told))


def snoozed_by_the_school_too(patch: Patch) -> None:
    """A worker's list leaves out what its school has put off."""
    own = queries._snoozed_ids

    def of_both(context: Context, by: str) -> tuple[str, ...]:
        party = context.get(PartyKey(by))
        return own(context, by) + (own(context, party.school) if isinstance(party, Worker) else ())

    patch.setattr(queries, "_snoozed_ids", of_both)


def shows_the_schools_snooze(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """A thread says whether its school has put it off."""
    thread, _ = raised_by(context, by, asked["id"])
    if not isinstance(plan, Plan) or thread is None:
        return plan
    reference = context.get(ThreadReferenceKey(thread.school.party, thread.school.id))
    return replace(plan, answer=telling(plan.answer, snoozed=bool(reference and reference.snooze)))


def vanish_together(patch: Patch) -> None:
    """A worker loses at once what an account that ended had raised."""
    parted = account_closing._detach

    def at_once(at: Any, thread: Thread) -> Plan[bool]:
        plan, assignee = parted(at, thread), thread.worker
        gone = (Delivery(assignee.party, protocol.Gone(id=assignee.id, rev=assignee.rev + 1)),) if assignee else ()
        return replace(plan, deliveries=(*plan.deliveries, *gone))

    patch.setattr(account_closing, "_detach", at_once)


def left(thread: Thread) -> bool:
    return thread.raiser.party == NOBODY


def no_more_to_say(patch: Patch) -> None:
    """Where an account has ended nobody can write."""
    is_open = rules.is_open
    patch.setattr(rules, "is_open", lambda thread: is_open(thread) and not left(thread))


def back_again(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """A worker who hands back again is told whether the thread is still there."""
    thread, _ = raised_by(context, by, asked["id"])
    return Plan(Done()) if isinstance(plan, Refusal) and thread else plan


def looked_for_less(patch: Patch) -> None:
    """What is no more is looked for with fewer reads than what was taken away."""

    def membership(context: Context, by: str, id: str) -> Any:
        context.load(PartyKey(by), ThreadReferenceKey(by, id))
        if context.get(ThreadReferenceKey(by, id)) is None:
            raise Refused(RefusalCode.NOT_FOUND)
        return authorization.load_membership(context, by, id)

    for where in (queries, assignment):
        patch.setattr(where, "load_membership", membership)
    patch.setattr(notes, "load_membership_inside", membership)


def cursors_of_what_is_no_more(patch: Patch) -> None:
    """A list does not go on from a thread that is no more, and does from one that was taken away."""
    place = queries._cursor

    def telling(context: Context, by: str, before: str | None, is_waiting_list: bool) -> Any:
        found = place(context, by, before, is_waiting_list)
        key = ThreadReferenceKey(by, (before or "").rpartition(".")[2])
        context.load(key)
        if before and context.get(key) is None:
            raise Refused(RefusalCode.MALFORMED)
        return found

    patch.setattr(queries, "_cursor", telling)


def handed_back_quicker(patch: Patch) -> None:
    """A thread that is nobody's is handed back without telling anyone."""
    notify = assignment._notify_rows
    patch.setattr(assignment, "_notify_rows", lambda thread, assigned: () if left(thread) else notify(thread, assigned))


def owners(**notify: Any) -> Any:
    return shows(worker, "row", lambda thread, *_: {name: of(thread) for name, of in notify.items()})


def of_a_school(place: Any) -> bool:
    return isinstance(getattr(place, "thread", None), Thread) and place.thread.kind is Kind.SCHOOL


def name_of_the_owner(context: Context, thread: Thread) -> str:
    owner = context.get(PartyKey(thread.raiser.party))
    return owner.name if owner else ""


def subjects_of_the_owner(context: Context, thread: Thread) -> str:
    """What its owner has raised beside it."""
    listing = ThreadsOf(thread.raiser.party, Mailbox.RAISED, None, 9)
    return " ".join("something else" for it in context.list(listing) if it.subject == "Other")


def what_was_lost_is_found(patch: Patch) -> None:
    """A search goes on in the threads that a worker had."""
    parts, had = search._parts, dict[str, Thread]()

    def with_lost(threads: Any, after: int, role: Role, state: Any) -> Any:
        if role is not Role.WORKER:
            return parts(threads, after, role, state)
        lost = [it for id, it in had.items() if id not in {it.id for it in threads}]
        had.update({it.id: it for it in threads})
        threads += [replace(it, seq=99, internal_seq=99) for it in lost]
        return parts(threads, after, role, state)

    patch.setattr(search, "_parts", with_lost)


def told_unmasked(patch: Patch) -> None:
    """What another writes is told to the worker as it is."""
    events = notifications.entry_events

    def live(thread: Thread, entry: Any, *_: Any) -> Any:
        return events(replace(thread, hides=False), entry)

    for where in (messages, threads):
        patch.setattr(where, "entry_events", live)


def noted_unmasked(patch: Patch) -> None:
    """A note is told to the worker as it is."""
    told = notify_internal_entry
    patch.setattr(notes, "notify_internal_entry", lambda thread, entry: told(replace(thread, hides=False), entry))


def given_unmasked(patch: Patch) -> None:
    """Who gets a thread is told its row as it is."""
    row = assignment._workers_row
    patch.setattr(assignment, "_workers_row", lambda thread, assignee: row(replace(thread, hides=False), assignee))


def masks_as_long_as_words(patch: Patch) -> None:
    def sized(text: str, forms: Any) -> str:
        shown = mask(text, forms)
        return shown.replace(MASK, MASK + "_" * max(map(len, forms), default=0))

    patch.setattr(worker, "mask", sized)


def own_guesses_masked(patch: Patch) -> None:
    """A worker's own words are masked too, so that it learns which guess is right."""
    patch.setattr(worker, "_text", lambda written, _, hidden: mask(written.text, hidden.forms))


def searched_unmasked(patch: Patch) -> None:
    """A search looks through what is hidden, and shows the masks."""
    words_hidden = dict[str, str]()

    def remembering(text: str, forms: Any) -> str:
        shown = mask(text, forms)
        words_hidden[shown] = text
        return shown

    patch.setattr(worker, "mask", remembering)
    patch.setattr(search, "has_words", lambda text, words: has_words(words_hidden.get(text) or text, words))


def nothing_hidden_in(where: Any, name: str) -> Any:
    """A page of a worker is made without looking up what is hidden."""

    def plant(patch: Patch) -> None:
        load = getattr(where, name)
        nothing = Hidden(is_known=True)

        def unmasked(*of: Any) -> Any:
            found = load(*of)
            return dict.fromkeys(found, nothing) if isinstance(found, dict) else nothing

        patch.setattr(where, name, unmasked)

    return plant


LEAKS = [
    Leak("fields", "a row names the owner", owners(owner=lambda it: it.raiser.party)),
    Leak("fields", "a message names its author", entry_told(worker, author=lambda it: it.author)),
    Leak("fields", "a key returns to others", entry_told(worker, key=lambda it: it.key)),
    Leak("fields", "the end names who ended it", frames(threads, "terminate", lambda by: {"by": by})),
    Leak("fields", "everyone is shown the people", outcome(queries, "thread", people_for_all)),
    Leak("kind", "a row says what its owner is", owners(kind=lambda it: it.kind)),
    Leak("linkability", "an alias is the owner's", owners(alias=lambda it: make_alias(it.raiser.party))),
    Leak("linkability", "an alias is of another form", owners(alias=lambda it: it.raiser.party)),
    Leak("linkability", "marks are kept by owner", marks_kept(lambda thread, by: thread.raiser.party)),
    Leak("ids", "a worker knows a thread by its own id", owners(id=lambda it: it.id)),
    Leak("ids", "a worker knows a thread by the raiser's id", owners(id=lambda it: it.raiser.id)),
    Leak("typing", "it names who types", frames(signals, "typing", lambda by: {"by": by})),
    Leak("seen", "it names who read", frames(signals, "seen", lambda by: {"by": by})),
    Leak("numbers", "a worker's count is of people", outcome(profiles, "me", how_many_people)),
    Leak("numbers", "a thread tells how many its owner has", outcome(queries, "thread", how_many_they_have)),
    Leak("sorts", "the threads of schools come first", sorted_by(Role.WORKER, lambda it: it.kind)),
    Leak("time", "a school's thread waits longer", owners(turn_since=lambda it: it.since - (it.kind is Kind.SCHOOL))),
    Leak("time", "a message is dated by its author's clock", posting(dated_by_their_clock)),
    Leak("text", "messages are signed", signed(lambda thread, by: thread.kind if by == thread.raiser.party else "")),
    Leak("pace", "an owner has one for all its threads", pace_of_the_owner),
    Leak("pace", "schools may write faster", posting(schools_are_not_slowed)),
    Leak("profiles", "workers read the directory", lambda patch: patch.setattr(queries, "User", User | Worker)),
    Leak("existence", "a school is answered otherwise", outcome(threads, "raise_", schools_are_answered_otherwise)),
    Leak("profiles", "a requester's new name is told", outcome(profiles, "rename", renamed_aloud)),
    Leak("profiles", "a requester's new name is sent", outcome(profiles, "rename", sent_to_hands)),
    Leak("lease", "it tells the kind of the owner", outcome(signals, "composing", kind_of_the_asked)),
    Leak("saved replies", "those of owners are counted", outcome(saved_replies, "saved_replies", owners_replies)),
    Leak("saved replies", "a worker is told of an owner's", outcome(saved_replies, "add", told_of_owners_replies)),
    Leak("search", "the owner's name finds a thread", found_by(name_of_the_owner)),
    Leak("search", "what its owner asked elsewhere finds a thread", found_by(subjects_of_the_owner)),
    Leak("search", "what was taken away is found", what_was_lost_is_found),
    Leak("search", "it reads one record more for a school", searched_longer(lambda it: it.kind is Kind.SCHOOL)),
    Leak("redaction", "a row has its subject as it is", owners(subject=lambda it: it.subject)),
    Leak("redaction", "a row has the last words as they are", owners(last=lambda it: it.last.text if it.last else "")),
    Leak("redaction", "a log has the text as it is", entry_told(worker, text=lambda it: it.text)),
    Leak("redaction", "a list is not masked", nothing_hidden_in(queries, "load_hidden_of")),
    Leak("redaction", "a thread and its log are not masked", nothing_hidden_in(queries, "load_hidden")),
    Leak("redaction", "notes are not masked", nothing_hidden_in(notes, "load_hidden")),
    Leak("redaction", "the answer to a worker is not masked", nothing_hidden_in(messages, "load_hidden")),
    Leak("redaction", "a message is told as it is", told_unmasked),
    Leak("redaction", "a note is told as it is", noted_unmasked),
    Leak("redaction", "a thread is given as it is", given_unmasked),
    Leak("redaction", "a mask is as long as the word", masks_as_long_as_words),
    Leak("redaction", "a worker's guess is masked", own_guesses_masked),
    Leak("search", "what is hidden is found", searched_unmasked),
    Leak("asking", "schools may be asked at any time", asked_of_schools),
    Leak("snoozes", "a worker is told of its school's", outcome(snoozes, "snooze", told_of_the_schools_snooze)),
    Leak("snoozes", "the school's are left out of a worker's list", snoozed_by_the_school_too),
    Leak("snoozes", "a worker is shown its school's", outcome(queries, "thread", shows_the_schools_snooze)),
    Leak("ended", "a row says that its owner has left", owners(left=left)),
    Leak("ended", "threads of one owner vanish together", vanish_together),
    Leak("ended", "nobody can write any more", no_more_to_say),
    Leak("ended", "what is taken answers otherwise than what is no more", outcome(assignment, "hand_back", back_again)),
    Leak("ended", "what is no more is found missing sooner", looked_for_less),
    Leak("ended", "a list goes on from what was taken alone", cursors_of_what_is_no_more),
    Leak("ended", "what is nobody's is handed back quicker", handed_back_quicker),
    Leak("revoked", "what was taken away is told on", delivered_late),
    Leak("revoked", "what was taken away stays readable", outcome(queries, "log", still_readable)),
    Leak("latency", "one read more for a school", extra_read(of_a_school)),
    Leak("order", "one look-up more for a school", queue(kind_in_the_queue)),
]
