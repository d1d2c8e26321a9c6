"""Tells a party by e-mail that a message waits at its site, and nothing else (decision 0053).

A send writes nothing for it. The job `FindUnread` looks once a minute at the threads with messages that were left for
UNREAD ms, and leaves one `TellUnread` for each, due at a random moment. That job decides at its moment: what has been
read, taken back, ended or deleted by then causes no letter.

Whoever wrote, and whoever handles the thread, the same records are loaded and as many are written (leak 38).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from uconnect.domain import rate_limit, rules
from uconnect.domain.authorization import load_caller
from uconnect.domain.context import Context, Plan, random_below
from uconnect.domain.enums import Kind, Side
from uconnect.domain.jobs import FindUnread, MailNotice, TellUnread
from uconnect.domain.keys import (
    JobKey,
    Mailbox,
    NoticeStateKey,
    OwnerEndedKey,
    PartyKey,
    RateLimitKey,
    SchoolsOf,
    ThreadKey,
    ThreadReferenceKey,
    ThreadsOf,
)
from uconnect.domain.models import (
    KIND_OF,
    NOBODY,
    Job,
    NoticeState,
    Participant,
    Party,
    School,
    SideCounters,
    StoredJob,
    Thread,
    ThreadReference,
    Worker,
)
from uconnect.domain.request_bodies import NoticeUpdate
from uconnect.domain.thread_status import turn_since
from uconnect.domain.usecases import tickets
from uconnect.domain.usecases.job_steps import wake
from uconnect.domain.usecases.rate_limits import consume
from uconnect.domain.views.mail import NewMessageNotice
from uconnect.domain.views.pages import Done, NoticeSetting

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000  # ms
UNREAD = 10 * MINUTE  # that a message is left to be read at the site
EVERY = MINUTE  # between two looks for such messages
SPREAD = 5 * MINUTE  # in which the random moment of a letter lies
BETWEEN = {Kind.USER: 0, Kind.SCHOOL: HOUR, Kind.WORKER: HOUR}  # two letters to one party
LATEST_HOUR, EARLIEST_HOUR = 21, 7  # of the day: from one until the other nobody is written to
PAGE = 25  # schools, or threads, looked at in a step

LocalTime = Callable[[int, str], datetime]  # a time in ms by the clock of a zone
FIND_UNREAD = JobKey("find_unread")


# --- the look for what is unread


def begin(context: Context) -> Plan[None]:
    """Make the job that looks for unread messages, if there is none. Older messages cause no letter."""
    found = context.get(FIND_UNREAD)
    if found is not None:
        return Plan(None, puts=wake(found, context.now, EVERY))
    return Plan(None, puts=(Job(id=FIND_UNREAD.id, due=context.now, task=FindUnread(context.now - UNREAD)),))


def schools_after(context: Context, after: tuple[str, str] | None) -> Plan[tuple[tuple[str, str], ...]]:
    """A page of the schools whose threads are looked at, each by its place in the directory (its name and its id)."""
    return Plan(tuple((it.name.lower(), it.id) for it in context.list(SchoolsOf(after, PAGE))))


def sweep_end(context: Context) -> Plan[int]:
    """Until when messages have been left unread for long enough."""
    return Plan(context.now - UNREAD)


class Found(Struct, frozen=True):
    """What is to be decided on about a page of a school's threads, and where the next page begins; None if there is
    none."""

    tasks: tuple[TellUnread, ...]
    next: tuple[int, str] | None


def unread_at(
    context: Context, school: str, after: int, until: int, before: tuple[int, str] | None = None
) -> Plan[Found]:
    """The threads of a school in which the last message, or the first that waits for an answer, was written after
    `after` and not after `until`.

    One query a page, of the threads with messages since `after`: however many there are beside them.
    """
    threads = context.list(ThreadsOf(school, Mailbox.RECEIVED, before, PAGE, since=after + 1))
    tasks = tuple(
        TellUnread(thread.id, _recipient(thread).party)
        for thread in threads
        if rules.is_open(thread) and any(after < at <= until for at in (thread.at, turn_since(thread)))
    )
    return Plan(Found(tasks, (threads[-1].at, threads[-1].id) if len(threads) == PAGE else None))


def leave(context: Context, tasks: tuple[TellUnread, ...]) -> Plan[None]:
    """Leave a job for each, due at a random moment of its own."""
    return Plan(None, puts=tuple(_job(context, task, context.now) for task in tasks))


def sweep_again(context: Context, until: int) -> Plan[None]:
    """The next look begins where this one ended; at most a day is looked at, after a server was off for long."""
    found = context.get(FIND_UNREAD)
    if not isinstance(found, Job):
        return Plan(None)
    following = Job(id=FIND_UNREAD.id, due=context.now + EVERY, task=FindUnread(max(until, context.now - DAY)))
    return Plan(None, puts=(following,))


def tell_worker_of_detached(context: Context, thread: Thread) -> tuple[Job, ...]:
    """The job of a thread that loses its owner and its school, so that no look finds it any more, before its last
    message was looked at: else a worker who waits for a letter in vain would learn that the owner has gone (leak 26).
    """
    waits_for_worker = rules.is_open(thread) and _recipient(thread) is thread.worker
    if not waits_for_worker or thread.at <= context.now - UNREAD - EVERY:
        return ()
    return (_job(context, TellUnread(thread.id, _recipient(thread).party), max(thread.at + UNREAD, context.now)),)


def _job(context: Context, task: TellUnread, earliest: int) -> Job:
    return Job(id=context.new_id(), due=earliest + random_below(SPREAD, context.new_id()), task=task)


def _recipient(thread: Thread) -> Participant:
    """Who is told that a message waits: the side that did not write the last one, by who handles the thread now."""
    if thread.last is not None and thread.last.side is Side.SCHOOL:
        return thread.raiser
    return thread.worker or thread.school


# --- the decision


class Verdict(Enum):
    """What comes of a job: the letter is to be written, it waits for a later moment, or there is nothing to tell."""

    TELL = auto()
    WAIT = auto()
    NOTHING = auto()


class Facts(Struct, frozen=True):
    """What a decision depends on. `reading` is the party's reference to the thread. `last_told` is the thread that it
    was last told of, with the reference to that. `visited` is when it last opened its site."""

    job: StoredJob | None
    thread: Thread | None
    party: Party | None
    state: NoticeState
    reading: ThreadReference | None
    last_told: tuple[Thread | None, ThreadReference | None]
    visited: int
    owner_ended: bool
    zone: str


def decide(context: Context, id: str, task: TellUnread, local_time: LocalTime) -> Plan[Verdict]:
    """Decide whether a party is told, at the moment of the job `id`. The job becomes a `MailNotice` if so."""
    facts = _facts(context, id, task)
    job, thread, party, state = facts.job, facts.thread, facts.party, facts.state
    if not isinstance(job, Job):
        return Plan(Verdict.NOTHING)
    if thread is None or party is None or not _waits(facts, thread, party):
        return Plan(Verdict.NOTHING, puts=(state, job))
    moment = _letter_time(context, party, state, local_time(context.now, facts.zone))
    if moment > context.now:
        return Plan(Verdict.WAIT, puts=(state, Job(id=id, due=moment, task=task)))
    reference, written = _recipient(thread).id, _counters(thread).messages
    told = replace(state, sent=context.now, thread=thread.id, reference=reference, messages=written)
    return Plan(Verdict.TELL, puts=(told, replace(job, task=MailNotice(task.party))))


def _facts(context: Context, id: str, task: TellUnread) -> Facts:
    job_key, thread_key, party_key = JobKey(id), ThreadKey(task.thread), PartyKey(task.party)
    state_key, visits = NoticeStateKey(task.party), RateLimitKey(task.party, tickets.RATE_LIMIT)
    context.load(job_key, thread_key, party_key, state_key, visits)
    thread, party, visited = context.get(thread_key), context.get(party_key), context.get(visits)
    state = context.get(state_key) or NoticeState(party=task.party, stop=context.new_id())
    recipient = _recipient(thread) if thread else None
    reading = ThreadReferenceKey(task.party, recipient.id if recipient else task.thread)
    # equal work: leak 38. So many keys whoever is to be told, whatever is left of the thread, and also if it is the one
    # that the party was last told of.
    again = state.thread == task.thread
    told_thread = ThreadKey(NOBODY if again else state.thread)
    told = ThreadReferenceKey(NOBODY if again else task.party, state.reference)
    owner_ended = OwnerEndedKey(thread.raiser.party if thread else NOBODY)
    works_for = PartyKey(party.school if isinstance(party, Worker) else NOBODY)
    context.load(reading, told_thread, told, owner_ended, works_for)
    school = context.get(works_for) if isinstance(party, Worker) else party
    return Facts(
        job=context.get(job_key),
        thread=thread,
        party=party,
        state=state,
        reading=context.get(reading),
        last_told=(thread, context.get(reading)) if again else (context.get(told_thread), context.get(told)),
        visited=visited.at if visited else 0,
        owner_ended=context.get(owner_ended) is not None,
        zone=school.zone if isinstance(school, School) else "",
    )


def _waits(facts: Facts, thread: Thread, party: Party) -> bool:
    """Whether a message waits of which the party is to be told."""
    return (
        rules.may_act(party)
        and _is_theirs(thread, party.id, hidden=facts.owner_ended)
        and _is_unread(thread, facts.reading)
        and not facts.state.off
        and _may_tell_again(facts)
    )


def _is_theirs(thread: Thread, party: str, *, hidden: bool) -> bool:
    """Whether a thread waits for this party now, and not for another. A school is `hidden` the threads of an owner
    whose account has ended; a worker must not notice."""
    role = rules.role_of(thread, party)
    return rules.is_open(thread) and _recipient(thread).party == party and not (hidden and role is rules.SCHOOL)


def _counters(thread: Thread) -> SideCounters:
    """What was written by the side that wrote last."""
    return thread.answered if thread.last is not None and thread.last.side is Side.SCHOOL else thread.asked


def _is_unread(thread: Thread, reference: ThreadReference | None) -> bool:
    return reference is not None and not reference.gone and reference.read < _counters(thread).messages


def _may_tell_again(facts: Facts) -> bool:
    """Whether the party was told of nothing yet, or has been at its site since, or has read what it was told of, or has
    that no more."""
    state, (thread, reference) = facts.state, facts.last_told
    if not state.sent or facts.visited > state.sent:
        return True
    if thread is None or rules.role_of(thread, state.party) is None or not rules.is_open(thread):
        return True
    return reference is None or reference.read >= state.messages


def _letter_time(context: Context, party: Party, state: NoticeState, local: datetime) -> int:
    """When the letter may be written: now, or a random moment after the pause or the night."""
    free = state.sent + BETWEEN[KIND_OF[type(party)]] if state.sent else context.now
    later = free + random_below(SPREAD, context.new_id()) if free > context.now else context.now
    if EARLIEST_HOUR <= local.hour < LATEST_HOUR:
        return later
    day = local + timedelta(days=1) if local.hour >= LATEST_HOUR else local
    morning = day.replace(hour=EARLIEST_HOUR, minute=0, second=0, microsecond=0)
    return int(morning.timestamp() * 1000) + random_below(HOUR, context.new_id())


# --- the letter


def notice(context: Context, party: str) -> Plan[NewMessageNotice | None]:
    """The letter that was decided on; None if its party has gone, or has switched it off meanwhile."""
    party_key, state_key = PartyKey(party), NoticeStateKey(party)
    context.load(party_key, state_key)
    found, state = context.get(party_key), context.get(state_key)
    if found is None or not rules.may_act(found) or state is None or state.off:
        return Plan(None)
    return Plan(NewMessageNotice(found.email, KIND_OF[type(found)], f"{party}.{state.stop}"))


# --- the switch


def setting(context: Context, by: str) -> Plan[NoticeSetting]:
    """Whether the caller is written to when a message waits. Refusals: account_ended."""
    load_caller(context, by)
    state = context.get(NoticeStateKey(by))
    return Plan(NoticeSetting(by_email=state is None or not state.off))


def update_setting(context: Context, by: str, command: NoticeUpdate) -> Plan[Done]:
    """Switch it. Refusals: account_ended, too_fast."""
    load_caller(context, by)
    used = consume(context, RateLimitKey(by, "profile"), rate_limit.PROFILE)
    state = context.get(NoticeStateKey(by)) or NoticeState(party=by, stop=context.new_id())
    return Plan(Done(), puts=(replace(state, off=not command.by_email), used))


def has_stop_link(context: Context, link: str) -> Plan[bool]:
    """Whether a link stops letters that are switched on. To be asked first: who has none makes nobody write."""
    state = _linked(context, link)
    return Plan(state is not None and not state.off)


def stop(context: Context, link: str) -> Plan[None]:
    """Switch it off for the party whose letters have this link. Nobody needs to sign in for it (RFC 8058)."""
    state = _linked(context, link)
    return Plan(None, puts=(replace(state, off=True),) if state else ())


def _linked(context: Context, link: str) -> NoticeState | None:
    party, _, secret = link.partition(".")
    state = context.get(NoticeStateKey(party))
    return state if state and _digest(state.stop) == _digest(secret) else None


def _digest(secret: str) -> bytes:
    """What secrets are compared by, so that the time tells nothing of how much of a guess was right."""
    return sha256(secret.encode("utf-8", "replace")).digest()
