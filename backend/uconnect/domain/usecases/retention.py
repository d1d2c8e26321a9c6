"""Ends and deletes threads in which nobody has written for a number of days that the operator sets (decision 0075).

The moment follows from the last activity, which all parties of a thread are shown alike, from the setting, and from a
random part of a day. So it tells a raiser nothing of a worker, and a worker nothing of who owns the thread (leak 42).

A look at all threads is one job that does a page each time, and comes again. It changes no thread: it leaves a job for
each that is due before the next look.
"""

from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from uconnect.domain import protocol, rules
from uconnect.domain.authorization import visible_to_others
from uconnect.domain.context import Context, Plan, random_below
from uconnect.domain.enums import ThreadFilter, ThreadSort
from uconnect.domain.jobs import ApplyRetention, FindSilent, FindSilentOf, Retention, SweepPosition
from uconnect.domain.keys import (
    IdempotencyKey,
    JobKey,
    Mailbox,
    OpenThreadsOf,
    OwnerEndedKey,
    PartyKey,
    SchoolsOf,
    ThreadKey,
    ThreadReferenceKey,
    ThreadsOf,
)
from uconnect.domain.models import Job, Owner, Thread
from uconnect.domain.notifications import bump_all_revisions, notify_participants
from uconnect.domain.thread_status import OF_FILTER
from uconnect.domain.usecases.assignment import purge_job
from uconnect.domain.usecases.job_steps import wake
from uconnect.domain.usecases.threads import end
from uconnect.domain.views.pages import Done
from uconnect.domain.views.retention import RetentionShown

HOUR, DAY = 3_600_000, 86_400_000  # ms
NOTICE = 14 * DAY  # between the moment at which parties are first told of a rule and its first effect
AWAY = 7 * DAY  # without a look, after which parties are told anew: the server was off, or its clock is wrong
SPREAD = DAY  # in which the random part of a moment lies
EVERY = HOUR  # between two looks at all threads
AHEAD = 2 * EVERY  # a look leaves the jobs of so long, so that none is late when the next look is
SCHOOLS, PAGE = 25, 50  # schools and threads looked at in a step
FIND_SILENT = JobKey("find_silent")


# --- the rule


def begin(context: Context, days: tuple[int, int]) -> Plan[None]:
    """Let a rule hold from now on: the days after which an open thread ends, and those after which one that has ended
    is deleted; 0 is for ever. One that differs from the last is a new one, of which parties are told first."""
    end, erase = days
    found = context.get(FIND_SILENT)
    if not end and not erase:
        return Plan(None, deletes=(FIND_SILENT,) if found else ())
    known = rule(context)
    if found and known and (known.end, known.erase) == (end, erase):
        return Plan(None, puts=wake(found, context.now, EVERY))
    task = FindSilent(Retention(end, erase, context.now), looked=context.now)
    return Plan(None, puts=(Job(id=FIND_SILENT.id, due=context.now, task=task),))


def rule(context: Context) -> Retention | None:
    """The rule that holds, None if threads are kept for ever.

    After a week without a look it holds from now on, and parties are told first: by a clock that is years ahead, all
    threads would be old enough, and nobody can bring back what was deleted.
    """
    task = _task(context)
    if task is None:
        return None
    away = abs(context.now - task.looked) > AWAY
    return replace(task.retention, since=context.now) if away else task.retention


def shown(kept: Retention | None) -> RetentionShown | None:
    """The rule as everyone is told of it."""
    return RetentionShown(kept.end, kept.erase, earliest(kept)) if kept else None


def earliest(kept: Retention) -> int:
    """Before this moment nothing ends or is deleted, however old it is."""
    return kept.since + NOTICE


def applies_at(thread: Thread, kept: Retention | None) -> int | None:
    """When a thread ends, or is deleted if it has ended, unless somebody writes; None for never."""
    days = _days(kept, ended=not rules.is_open(thread))
    if kept is None or not days:
        return None
    return max(thread.at + days * DAY, earliest(kept)) + _random_part(thread)


def _random_part(thread: Thread) -> int:
    """Of the thread's own id, which nobody is told: two looks find the same, and nobody can foresee it."""
    drawn = sha256(f"{thread.id}.{thread.state}".encode()).digest()
    return int.from_bytes(drawn) % SPREAD


def _days(kept: Retention | None, *, ended: bool) -> int:
    if kept is None:
        return 0
    return kept.erase if ended else kept.end


def _task(context: Context) -> FindSilent | None:
    found = context.get(FIND_SILENT)
    return found.task if isinstance(found, Job) and isinstance(found.task, FindSilent) else None


# --- the look for what is silent


class Silent(Struct, frozen=True):
    """Threads of a page that are due before the next look, each with its moment; and where to go on, None at the end.
    `left` says whether there may be any thread later."""

    due: tuple[tuple[str, int], ...]
    position: SweepPosition | None
    left: bool = True


def look(context: Context) -> Plan[Silent]:
    """The next page of all threads."""
    task, kept = _task(context), rule(context)
    if task is None or kept is None or context.now + AHEAD < earliest(kept):
        return Plan(Silent((), None))
    threads, position = _next_page(context, task)
    return Plan(Silent(_due(context, threads, kept), position))


def look_at(context: Context, task: FindSilentOf) -> Plan[Silent]:
    """The next page of what was raised to a school that has closed."""
    kept = rule(context)
    if not context.list(ThreadsOf(task.school, Mailbox.RECEIVED, None, 1)):
        return Plan(Silent((), None, left=False))
    if kept is None or not kept.erase:
        return Plan(Silent((), None))
    threads = _page(context, kept, task.school, task.before, ended=True)
    return Plan(Silent(_due(context, threads, kept), _rest(threads, SweepPosition(ended=True))))


def leave(context: Context, due: tuple[tuple[str, int], ...]) -> Plan[None]:
    """Leave a job for each thread that has none yet."""
    context.load(*(JobKey(_job_id(thread)) for thread, _ in due))
    return Plan(None, puts=tuple(job for it in due for job in _jobs(context, *it, EVERY)))


def go_on(context: Context, position: SweepPosition | None) -> Plan[None]:
    """The next page is looked at soon, or all threads again later."""
    kept = rule(context)
    if kept is None:
        return Plan(None)
    following = FindSilent(kept, context.now, position or SweepPosition())
    return Plan(None, puts=(Job(id=FIND_SILENT.id, due=_next(context, position), task=following),))


def go_on_at(context: Context, id: str, task: FindSilentOf, position: SweepPosition | None) -> Plan[None]:
    """The same for a school that has closed; `id` is its job's."""
    if context.get(JobKey(id)) is None:
        return Plan(None)
    following = replace(task, before=position.before if position else None)
    return Plan(None, puts=(Job(id=id, due=_next(context, position), task=following),))


def job_of_closed(context: Context, school: str) -> tuple[Job, ...]:
    """The job that looks at what was raised to a school that has closed, if it has none yet."""
    key = JobKey(f"silent_of.{school}")
    return () if context.get(key) else (Job(id=key.id, due=context.now, task=FindSilentOf(school)),)


def jobs_of_detached(context: Context, thread: Thread, until: int) -> tuple[Job, ...]:
    """The job of a thread that its worker keeps `until` then, after its owner's account has ended.

    No look finds it any more. If it stayed open beyond the moment of which its worker was told, the worker would learn
    that the owner has gone (leak 26).
    """
    at = applies_at(thread, rule(context))
    if at is None or at > until:
        return ()
    return _jobs(context, thread.id, at, min(EVERY, until - context.now))


def _next_page(context: Context, task: FindSilent) -> tuple[tuple[Thread, ...], SweepPosition | None]:
    """A page of one school's threads, passing over schools that have none, and where the next one begins."""
    position = task.position
    schools = context.list(SchoolsOf(position.school, SCHOOLS))
    for school in schools:
        done = SweepPosition(school=(school.name.lower(), school.id))
        for ended, following in ((False, replace(position, ended=True, before=None)), (True, done)):
            if ended or not position.ended:
                found = _page(context, task.retention, school.id, position.before, ended=ended)
                if found:
                    return found, _rest(found, replace(position, ended=ended)) or following
                position = following
    return (), position if len(schools) == SCHOOLS else None


def _page(
    context: Context, kept: Retention, school: str, before: tuple[int, str] | None, *, ended: bool
) -> tuple[Thread, ...]:
    """Some threads raised to a school in which nobody has written for so long, the latest first."""
    days = _days(kept, ended=ended)
    if not days:
        return ()
    position = before or (context.now + AHEAD - days * DAY, "")
    if ended:
        return context.list(ThreadsOf(school, Mailbox.RECEIVED, position, PAGE, ended=True))
    open_ones = OF_FILTER[ThreadFilter.OPEN]
    return context.list(
        OpenThreadsOf(school, Mailbox.RECEIVED, open_ones, (False, *position), PAGE, sort=ThreadSort.ACTIVITY)
    )


def _rest(found: tuple[Thread, ...], position: SweepPosition) -> SweepPosition | None:
    """Where the page after a full one begins."""
    return replace(position, before=(found[-1].at, found[-1].id)) if len(found) == PAGE else None


def _due(context: Context, threads: tuple[Thread, ...], kept: Retention) -> tuple[tuple[str, int], ...]:
    moments = ((it.id, applies_at(it, kept)) for it in threads)
    return tuple((id, at) for id, at in moments if at is not None and at < context.now + AHEAD)


def _next(context: Context, position: SweepPosition | None) -> int:
    return context.now + (0 if position else EVERY)


def _jobs(context: Context, thread: str, at: int, late: int) -> tuple[Job, ...]:
    """The job of a thread, unless it has one. What is late comes at a random moment within `late` ms."""
    id = _job_id(thread)
    if context.get(JobKey(id)) is not None:
        return ()
    due = at if at > context.now else context.now + random_below(late, context.new_id())
    return (Job(id=id, due=due, task=ApplyRetention(thread)),)


def _job_id(thread: str) -> str:
    return f"silent.{thread}"


# --- the act


def apply(context: Context, thread: str) -> Plan[Done]:
    """End or delete a thread whose moment has come, if nobody has written meanwhile, and the rule still holds."""
    head = context.get(ThreadKey(thread))
    at = applies_at(head, rule(context)) if head else None
    if head is None or at is None or at > context.now:
        return Plan(Done())
    context.load(PartyKey(head.raiser.party), OwnerEndedKey(head.raiser.party))
    if not rules.is_open(head):
        return _erase(context, head)
    owner = context.get(PartyKey(head.raiser.party))
    return end(context, owner if isinstance(owner, Owner) else None, head)


def _erase(context: Context, thread: Thread) -> Plan[Done]:
    """Delete it for everyone. Who has it is told as when its owner deletes it. The handles of both sides go, and with
    them what was read and snoozed; a job erases the rest."""
    gone = bump_all_revisions(thread)
    raiser, assignee, school = gone.raiser, gone.worker, gone.school
    return Plan(
        Done(),
        puts=(purge_job(context, thread.id),),
        deletes=(
            ThreadKey(thread.id),
            ThreadReferenceKey(raiser.party, raiser.id),
            ThreadReferenceKey(school.party, school.id),
            IdempotencyKey(raiser.party, thread.key),
        ),
        deliveries=notify_participants(
            visible_to_others(context, gone),
            protocol.Gone(id=raiser.id, rev=raiser.rev),
            protocol.Gone(id=assignee.id, rev=assignee.rev) if assignee else None,
            protocol.Gone(id=school.id, rev=school.rev),
        ),
    )
