"""Leaks that tell whoever raised a thread something of who handles it."""

from functools import partial
from typing import Any

from msgspec.structs import replace

from tests.privacy.worlds.leak_planting import (
    Leak,
    Patch,
    Plant,
    attempt,
    entry_told,
    extra_read,
    found_by,
    frames,
    insist,
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
from uconnect.domain import authorization, notifications, protocol, views
from uconnect.domain.context import Context, Delivery, Plan
from uconnect.domain.enums import MessageKind, Policy, Side, ThreadFilter
from uconnect.domain.errors import Refusal, RefusalCode, Refused
from uconnect.domain.hidden_from_worker import load_hidden
from uconnect.domain.keys import (
    HiddenWordsKey,
    InternalEntriesOf,
    Mailbox,
    PartyKey,
    SavedReplyOrderKey,
    SideActivityKey,
    ThreadKey,
    ThreadReferenceKey,
    ThreadsOf,
)
from uconnect.domain.models import Assignee, AssignmentChange, Note, Preview, School, SideActivity, SideCounters, Thread
from uconnect.domain.rules import Role
from uconnect.domain.usecases import (
    assignment,
    hidden_words,
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
from uconnect.domain.views import common, raiser, school


def handler(thread: Thread) -> str:
    return (thread.worker or thread.school).party


def slowed(thread: Thread) -> SideCounters:
    return replace(thread.answered, due=thread.at + 15_000)


def by_worker(thread: Thread, by: str) -> bool:
    return by not in (thread.raiser.party, thread.school.party)


def at_the_head(where: Any, **change: Any) -> Plant:
    """What is done behind the school's door changes the head where the raiser sees it; a change is given the head."""

    def plant(patch: Patch) -> None:
        def bump(record: Any, **new: Any) -> Any:
            more = {name: of(record) for name, of in change.items()} if isinstance(record, Thread) else {}
            return replace(record, **new, **more)

        patch.setattr(where, "replace", bump)

    return plant


at_a_hand_off, at_a_note = partial(at_the_head, assignment), partial(at_the_head, notes)


def a_hand_off_is_told(patch: Patch) -> None:
    rows = assignment._notify_rows

    def notify(thread: Thread, assigned: AssignmentChange) -> tuple[Delivery, ...]:
        row = protocol.RowChanged(row=views.row(thread, Role.RAISER))
        return (Delivery(thread.raiser.party, row), *rows(thread, assigned)[1:])

    patch.setattr(assignment, "_notify_rows", notify)


def a_note_is_told(patch: Patch) -> None:
    with_note = notifications.notify_internal_entry

    def notify(thread: Thread, note: Any) -> tuple[Delivery, ...]:
        frame = protocol.InternalEntryAdded(id=thread.raiser.id, entry=school.internal_entry(note, thread.raiser.party))
        return (Delivery(thread.raiser.party, frame), *with_note(thread, note))

    patch.setattr(notes, "notify_internal_entry", notify)


def a_mention_is_told(patch: Patch) -> None:
    """Whoever raised the thread hears that a note mentions somebody."""
    without_raiser = notifications.notify_internal_entry

    def notify(thread: Thread, note: Any) -> tuple[Delivery, ...]:
        row = Delivery(thread.raiser.party, protocol.RowChanged(row=views.row(thread, Role.RAISER)))
        return (*([row] if "@" in note.text else ()), *without_raiser(thread, note))

    patch.setattr(notes, "notify_internal_entry", notify)


def notes_are_for_all(patch: Patch) -> None:
    patch.setattr(notes, "load_membership_inside", authorization.load_membership)
    patch.setattr(
        views, "internal_entry", lambda internal_entry, role, viewer, _: school.internal_entry(internal_entry, viewer)
    )


def policy_first(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """What is raised to a school with a policy waits until its workers were looked at."""
    school = PartyKey(asked["command"].school)
    found = context.get(school)
    if isinstance(found, School) and found.policy is Policy.AUTOMATIC:
        context.load(*(PartyKey(id) for id in found.workers))
    return plan


def meter_moves(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """An offload is written into the raiser's own record."""
    if not isinstance(plan, Plan) or not plan.puts:
        return plan
    owner = next(it.raiser.party for it in plan.puts if isinstance(it, Thread))
    party: Any = context.get(PartyKey(owner))
    return replace(plan, puts=(*plan.puts, replace(party, rev=party.rev + 1)))


def counts_the_schools_own(post: Any, thread: Thread, side: Any, by: str, *what: Any) -> Any:
    posted = post(thread, side, by, *what)
    if posted is None or not by_worker(thread, by):
        return posted
    return replace(posted[0], answered=replace(posted[0].answered, messages=thread.answered.messages)), posted[1]


def with_its_own_pace(post: Any, thread: Thread, side: Any, by: str, *what: Any) -> Any:
    own = replace(thread, answered=replace(thread.answered, due=0)) if by_worker(thread, by) else thread
    return post(own, side, by, *what)


def by_its_own_clock(post: Any, thread: Thread, side: Any, by: str, key: str, text: str, now: int) -> Any:
    return post(thread, side, by, key, text, now + 7 if by_worker(thread, by) else now)


def a_worker_is_told_first(thread: Thread, notify: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    return (notify[1], notify[0], notify[2]) if thread.worker else notify


def without_the_look_up(thread: Thread, notify: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    return notify if thread.worker else (notify[0], notify[2])


def refused_by_handler(patch: Patch) -> None:
    """Who may not hand a thread out is told whether it was handed out."""
    load_received = assignment.load_received

    def telling(context: Context, by: str, id: str) -> Any:
        place = attempt(load_received, context, by, id)
        handle = context.get(ThreadReferenceKey(by, id))
        if not isinstance(place, Refusal) or handle is None:
            return insist(place)
        thread = context.get(ThreadKey(handle.thread))
        if thread and thread.worker:
            raise Refused(RefusalCode.THREAD_OPEN)
        return insist(place)

    patch.setattr(assignment, "load_received", telling)


def a_workers_id_is_answered(patch: Patch) -> None:
    """Who asks for a thread by a worker's id is told that there is such a one."""
    load_membership = authorization.load_membership
    known: set[str] = set()

    def with_note(**fields: Any) -> Any:
        known.add(fields["id"])
        return Assignee(**fields)

    def telling(context: Context, by: str, id: str) -> Any:
        place = attempt(load_membership, context, by, id)
        if isinstance(place, Refusal) and id in known:
            raise Refused(RefusalCode.THREAD_OPEN)
        return insist(place)

    patch.setattr(assignment, "Assignee", with_note)
    patch.setattr(queries, "load_membership", telling)


def told_if_with_us(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """Of a school's new profile only those hear whose threads no worker has."""
    found = context.list(ThreadsOf(by, Mailbox.RECEIVED, None, 9))
    handed_out = {it.raiser.party for it in found if it.worker}
    return replace(plan, deliveries=tuple(it for it in plan.deliveries if it.to not in handed_out))


def lists_by_handler(patch: Patch) -> None:
    """Whoever raised threads may list those that a worker has."""
    patch.setattr(queries, "FILTERS_OF", dict.fromkeys(Mailbox, frozenset(ThreadFilter)))
    raised = queries._raised_open
    patch.setattr(queries, "_raised_open", lambda *it: tuple(thread for thread in raised(*it) if thread.worker))


def told_who_writes(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """Whoever raised the thread is told too that an answer is being written, if a worker has it."""
    thread = _named(context, by, asked)
    if not isinstance(plan, Plan) or thread is None or not plan.deliveries:
        return plan
    frame = protocol.ComposingNow(id=thread.raiser.id, open=True)
    return replace(plan, deliveries=(Delivery(thread.raiser.party, frame), *plan.deliveries))


def counts_as_typing(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """An answer that is being written uses up its side's pace of typing, and says nothing."""
    thread = _named(context, by, asked)
    if not isinstance(plan, Plan) or thread is None or not plan.puts:
        return plan
    key = SideActivityKey(thread.id, Side.SCHOOL)
    activity = context.get(key) or SideActivity(thread=thread.id, side=Side.SCHOOL)
    return replace(plan, puts=(*plan.puts, replace(activity, typed=context.now)))


def _named(context: Context, by: str, asked: Any) -> Thread | None:
    handle = context.get(ThreadReferenceKey(by, asked["command"].id))
    return context.get(ThreadKey(handle.thread)) if handle else None


def told_of_saved_replies(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """Whoever has asked the school is told that its replies are others now."""
    if not isinstance(plan, Plan):
        return plan
    raisers = [it.raiser.party for it in context.list(ThreadsOf(by, Mailbox.RECEIVED, None, 9))]
    what = protocol.ChangedSubject.SAVED_REPLIES
    return replace(plan, deliveries=(*plan.deliveries, *notifications.notify_changed(*raisers, what=what)))


def saved_replies_for_raisers(patch: Patch) -> None:
    """Whoever has asked a school may read its replies."""
    own = saved_replies._school_of

    def of_the_asked(context: Context, by: str) -> str:
        asked = context.list(ThreadsOf(by, Mailbox.RAISED, None, 1))
        return asked[0].school.party if asked else own(context, by)

    patch.setattr(saved_replies, "_school_of", of_the_asked)


def use_is_marked(patch: Patch) -> None:
    """A message says that its author has read the saved replies before."""
    readers: set[str] = set()

    def read(_: Context, plan: Any, by: str, __: Any) -> Any:
        readers.add(by)
        return plan

    def append_message(append_message: Any, thread: Thread, side: Any, by: str, key: str, text: str, now: int) -> Any:
        return append_message(thread, side, by, key, f"{text} (saved)" if by in readers else text, now)

    outcome(saved_replies, "saved_replies", read)(patch)
    posting(append_message)(patch)


def counted_in_the_directory(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """The directory says how many replies a school has saved."""
    if not isinstance(plan, Plan):
        return plan
    orders = [context.get(SavedReplyOrderKey(it.id)) for it in plan.answer.schools]
    return replace(plan, answer=telling(plan.answer, saved=[len(it.replies) if it else 0 for it in orders]))


def notes_are_found(patch: Patch) -> None:
    """Whoever raised a thread finds the notes on it."""
    read = search._read

    def with_notes(context: Context, by: str, role: Role, part: Any, *more: Any) -> Any:
        yield from read(context, by, role, part, *more)
        if role is Role.RAISER:
            beside = context.list(InternalEntriesOf(part.thread.id, 0, 9))
            yield from (school.internal_entry(it, by) for it in beside if isinstance(it, Note))

    patch.setattr(search, "_read", with_notes)


def name_of_the_handler(context: Context, thread: Thread) -> str:
    hand = context.get(PartyKey(handler(thread)))
    return hand.name if hand else ""


def asked_by(text: Any) -> Plant:
    """The question says whose it is."""
    post = messages._post

    def posted(context: Context, membership: Any, key: str, said: str, kind: Any, *more: Any) -> Any:
        asks = kind is MessageKind.ASK_TO_END
        return post(context, membership, key, text(membership.party.id) if asks else said, kind, *more)

    return lambda patch: patch.setattr(messages, "_post", posted)


def kind_by_hand(patch: Patch) -> None:
    """A worker's question has no button."""
    post = messages._post

    def posted(context: Context, membership: Any, key: str, text: str, kind: Any, *more: Any) -> Any:
        return post(context, membership, key, text, MessageKind.TEXT if by_role(membership) else kind, *more)

    patch.setattr(messages, "_post", posted)


def asked_without_end(patch: Patch) -> None:
    """What a worker has asked is not asked by the head."""
    asked = common.asked_seq
    patch.setattr(raiser, "asked_seq", lambda thread: 0 if thread.worker else asked(thread))


def another_read(context: Context, plan: Any, by: str, asked: Any) -> Any:
    if by_role(authorization.load_membership(context, by, asked["id"])):
        context.load(SideActivityKey("nothing", Side.SCHOOL))
    return plan


def by_role(membership: Any) -> bool:
    return membership.role is Role.WORKER


def told_of_snooze(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """Everybody at a thread is told that somebody has put it off."""
    if not isinstance(plan, Plan):
        return plan
    frames = [it.frame for it in plan.deliveries if isinstance(it.frame, protocol.SnoozeChanged)]
    thread = authorization.load_membership(context, by, asked["id"]).thread
    told = [Delivery(thread.raiser.party, replace(it, id=thread.raiser.id)) for it in frames]
    return replace(plan, deliveries=(*plan.deliveries, *told))


def snooze_in_the_head(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """A snooze is a change of the thread, as any other is."""
    if not isinstance(plan, Plan):
        return plan
    thread = authorization.load_membership(context, by, asked["id"]).thread
    return replace(plan, puts=(*plan.puts, notifications.bump_all_revisions(thread)))


def a_send_wakes(context: Context, by: str, *thread: str) -> Any:
    """A message reads once more where it ends a snooze."""
    found = authorization.load_membership(context, by, *thread)
    reference = context.get(ThreadReferenceKey(found.thread.school.party, found.thread.school.id))
    if reference and reference.snooze:
        context.load(SideActivityKey("nothing", Side.SCHOOL))
    return found


def sees_by_itself(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """Who puts a thread off has seen it."""
    if not isinstance(plan, Plan):
        return plan
    membership = authorization.load_membership(context, by, asked["id"])
    thread = membership.thread
    told = notifications.notify_side(thread, Side.RAISER, protocol.SeenBy, seq=thread.seq)
    return replace(plan, deliveries=(*plan.deliveries, *told))


def told_what_is_hidden(context: Context, plan: Any, by: str, asked: Any) -> Any:
    """Everybody at a thread is told that words are hidden."""
    if not isinstance(plan, Plan):
        return plan
    thread = authorization.load_membership(context, by, asked["id"]).thread
    told = protocol.Reload(id=thread.raiser.id, rev=thread.raiser.rev, texts=True)
    return replace(plan, deliveries=(*plan.deliveries, Delivery(thread.raiser.party, told)))


def hidden_for_all(load: Any, context: Context, membership: Any, *last: Any) -> Any:
    """Whoever writes looks up what is hidden."""
    if membership.thread.hides:
        context.load(HiddenWordsKey(membership.thread.id))
    return load(context, membership, *last)


LEAKS = [
    Leak("fields", "a row names the handler", shows(raiser, "row", lambda it: {"handler": handler(it)})),
    Leak("fields", "a message names its author", entry_told(raiser, author=lambda it: it.author)),
    Leak("fields", "a key returns to others", entry_told(raiser, key=lambda it: it.key)),
    Leak("flags", "what one may do follows the handler", shows(raiser, "row", lambda it: {"call": not it.worker})),
    Leak("typing", "it names who types", frames(signals, "typing", lambda by: {"by": by})),
    Leak("typing", "each person has a signal of its own", marks_kept(lambda thread, by: thread.id + by)),
    Leak("typing", "a second typist is heard at once", lambda patch: patch.setattr(protocol, "TYPING_EVERY", 0)),
    Leak("seen", "it names who read", frames(signals, "seen", lambda by: {"by": by})),
    Leak("hand-off", "the raiser is told a row", a_hand_off_is_told),
    Leak("hand-off", "it takes a number of the log", at_a_hand_off(seq=lambda it: it.seq + 1)),
    Leak("hand-off", "it is the latest activity", at_a_hand_off(at=lambda it: it.at + 1)),
    Leak(
        "hand-off", "it turns the raiser's row", at_a_hand_off(raiser=lambda it: notifications.bump_revision(it.raiser))
    ),
    Leak("hand-off", "it moves the meter", outcome(assignment, "offload", meter_moves)),
    Leak("notes", "the raiser is told of one", a_note_is_told),
    Leak("notes", "the raiser may read them", notes_are_for_all),
    Leak("notes", "the raiser is told of a mention", a_mention_is_told),
    Leak("notes", "one takes a number of the log", at_a_note(seq=lambda it: it.seq + 1)),
    Leak("notes", "one is the latest activity", at_a_note(at=lambda it: it.at + 1)),
    Leak("notes", "one turns the raiser's row", at_a_note(raiser=lambda it: notifications.bump_revision(it.raiser))),
    Leak("notes", "one is shown as the last line", at_a_note(last=lambda it: Preview(Side.SCHOOL, "A note"))),
    Leak("notes", "one uses up the pace of answers", at_a_note(answered=slowed)),
    Leak("policy", "the directory tells it", shows(queries, "directory_card", lambda it: {"policy": it.policy})),
    Leak("policy", "it is carried out before the answer", outcome(threads, "raise_", policy_first)),
    Leak("numbers", "one revision for all", shows(raiser, "row", lambda it: {"rev": it.school.rev})),
    Leak("numbers", "only the school's own messages count", posting(counts_the_schools_own)),
    Leak(
        "numbers", "the directory counts workers", shows(queries, "directory_card", lambda it: {"of": len(it.workers)})
    ),
    Leak("numbers", "one may list what a worker has", lists_by_handler),
    Leak("sorts", "what a worker has comes first", sorted_by(Role.RAISER, lambda it: it.worker is None)),
    Leak("time", "a message is dated by its author's clock", posting(by_its_own_clock)),
    Leak("profiles", "who hears of a new one has no worker", outcome(profiles, "update_profile", told_if_with_us)),
    Leak("text", "messages are signed", signed(lambda thread, by: "worker" if by_worker(thread, by) else "")),
    Leak("pace", "a worker has its own", posting(with_its_own_pace)),
    Leak("refusals", "what may not be handed out tells who has it", refused_by_handler),
    Leak("existence", "a worker's id is answered otherwise", a_workers_id_is_answered),
    Leak("saved replies", "the raiser is told of a change", outcome(saved_replies, "add", told_of_saved_replies)),
    Leak("saved replies", "the raiser may read them", saved_replies_for_raisers),
    Leak("saved replies", "a message says that it may be one", use_is_marked),
    Leak("saved replies", "the directory counts them", outcome(queries, "schools", counted_in_the_directory)),
    Leak("lease", "the raiser is told of it", outcome(signals, "composing", told_who_writes)),
    Leak("lease", "it counts as typing", outcome(signals, "composing", counts_as_typing)),
    Leak("search", "the raiser finds notes", notes_are_found),
    Leak("search", "the handler's name finds a thread", found_by(name_of_the_handler)),
    Leak("search", "it reads one record more for a worker", searched_longer(lambda it: it.worker is not None)),
    Leak("asking", "the question names who asks", asked_by(lambda by: f"Is this settled? - {by}")),
    Leak("asking", "a worker's question is of another kind", kind_by_hand),
    Leak("asking", "a worker's question is not a week's one", asked_without_end),
    Leak("asking", "a worker asks later", outcome(messages, "ask_to_end", another_read)),
    Leak("snoozes", "the raiser is told", outcome(snoozes, "snooze", told_of_snooze)),
    Leak("snoozes", "the raiser's row changes", outcome(snoozes, "snooze", snooze_in_the_head)),
    Leak("snoozes", "it counts as having seen", outcome(snoozes, "snooze", sees_by_itself)),
    Leak("snoozes", "a message reads more", lambda patch: patch.setattr(messages, "load_membership", a_send_wakes)),
    Leak("redaction", "the raiser is told", outcome(hidden_words, "hide", told_what_is_hidden)),
    Leak("redaction", "the raiser's row says it", shows(raiser, "row", lambda it: {"hides": it.hides})),
    Leak("redaction", "the raiser's row changes", outcome(hidden_words, "hide", snooze_in_the_head)),
    Leak(
        "redaction",
        "a message reads what is hidden",
        lambda patch: patch.setattr(messages, "load_hidden", partial(hidden_for_all, load_hidden)),
    ),
    Leak("latency", "one read more for a worker", extra_read(lambda it: getattr(it, "role", None) is Role.WORKER)),
    Leak("order", "a worker is told before the raiser", queue(a_worker_is_told_first)),
    Leak("order", "nobody is looked up in a worker's place", queue(without_the_look_up)),
]
