"""Counts a school's threads by week: how many were raised and ended, when, and how long people waited (decision 0056).

An act counts nothing. A first answer and an end write a job in their own transaction, and each raise leaves one anyway;
the job counts, once. A count has no author and no thread, and is the same whoever handles the thread (leak 37).

How long something took is counted in one of 14 classes: up to 5, 15 or 30 minutes; 1, 2, 4 or 8 hours; 1, 2 or 4 days;
1, 2 or 4 weeks; and longer. Each is about twice the one before, so a median is known to within a factor of two, from
counts alone. All hours count, also those in which the office is closed.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import accumulate, zip_longest

from msgspec import Struct
from msgspec.structs import replace

from uconnect.domain.authorization import load_calling_school
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import ReplyTime
from uconnect.domain.jobs import CountThread, Milestone, RefreshReplyTimes
from uconnect.domain.keys import JobKey, OwnerEndedKey, PartyKey, SchoolsOf, WeekFiguresKey
from uconnect.domain.models import Job, School, Times, WeekFigures
from uconnect.domain.usecases.job_steps import Raised, wake
from uconnect.domain.views.figures import FiguresShown, week_card

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000  # ms
LONGEST = (5, 15, 30, 60, 120, 240, 480, 1440, 2880, 5760, 10_080, 20_160, 40_320)
"""The longest time of each class in minutes, but of the last one."""

SHOWN_WEEKS = 26  # on the page of figures, the present one too
UTC = "UTC"  # the clock of a school that has named none, as on the sites
EAST = 14 * HOUR  # no clock is further ahead of UTC, and none is more than 12 hours behind

MEASURED_WEEKS = 8  # that a usual reply time is worked out of: whole ones, before the present one
LEAST_REPLIES = 20  # in these weeks; of fewer, nothing is said, for one answer or one worker could be told from it
USUALLY = 0.75  # of the answers came within a usual reply time
STEPS = ((60, ReplyTime.HOUR), (1440, ReplyTime.DAY), (10_080, ReplyTime.WEEK))  # minutes
EVERY = HOUR  # between two looks for schools in which a week has begun
PAGE = 25  # schools looked at in a step

LocalTime = Callable[[int, str], datetime]  # a time in ms by the clock of a zone
REFRESH = JobKey("refresh_reply_times")


# --- counting


def count(context: Context, id: str, task: CountThread, local_time: LocalTime) -> Plan[None]:
    """Count a milestone of a thread, once: the job `id` ends in the same transaction.

    It holds only while the school's account goes on, else it could be counted after the figures were erased.
    """
    job, party = JobKey(id), PartyKey(task.school)
    context.load(job, party)
    school = context.get(party)
    if context.get(job) is None:
        return Plan(None)  # it was cut short after it had counted
    if not isinstance(school, School) or school.ended:
        return Plan(None, deletes=(job,))
    figures, local = _figures_at(context, task.school, local_time(task.at, school.zone or UTC))
    took = bisect_left(LONGEST, task.took / MINUTE)
    if task.milestone is Milestone.REPLY:
        figures = replace(figures, replies=_one_more(figures.replies, took))
    else:
        settled = _one_more(figures.settled, took)
        figures = replace(figures, ended=_one_more_at(figures.ended, local), settled=settled)
    return Plan(None, puts=(figures,), deletes=(job,), guards=(party,))


def count_raised(context: Context, id: str, raised: Raised, local_time: LocalTime) -> Plan[None]:
    """Count a raise, once: its job `id` ends in the same transaction. Not if the school's account has ended since."""
    # The school and the thread are not loaded again: with workers, both are longer (leak 31).
    job, ended = JobKey(id), OwnerEndedKey(raised.school)
    context.load(job, ended)
    if context.get(job) is None:
        return Plan(None)
    if context.get(ended) is not None:
        return Plan(None, deletes=(job,))
    figures, local = _figures_at(context, raised.school, local_time(raised.at, raised.zone or UTC))
    figures = replace(figures, raised=_one_more_at(figures.raised, local))
    return Plan(None, puts=(figures,), deletes=(job,), guards=(ended,))


def _figures_at(context: Context, school: str, local: datetime) -> tuple[WeekFigures, datetime]:
    key = WeekFiguresKey(school, week_of(local))
    return context.get(key) or WeekFigures(party=school, week=key.week), local


def _one_more_at(times: Times, local: datetime) -> Times:
    return Times(_one_more(times.hours, local.hour), _one_more(times.days, local.weekday()))


def _one_more(counts: tuple[int, ...], place: int) -> tuple[int, ...]:
    one = (*(0,) * place, 1)
    return _sum((counts, one))


def _sum(rows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip_longest(*rows, fillvalue=0)))


def week_of(local: datetime) -> int:
    """The number of a week, which begins on Monday: see `WeekFigures`."""
    return (local.toordinal() - 1) // 7


def _week_at(ms: int) -> int:
    """The number of a week by the clock of UTC."""
    return (date(1970, 1, 1).toordinal() - 1 + ms // DAY) // 7


# --- the school's own page


def figures(context: Context, by: str) -> Plan[FiguresShown]:
    """The calling school's figures of the last SHOWN_WEEKS weeks, from the first one in which something was counted.

    It reads as many records as there are weeks, however many threads there are. Refusals: account_ended, not_found.
    """
    school = load_calling_school(context, by)
    # The present week of a zone in the east may have begun, and that of one in the west may not have.
    begun, latest = _week_at(context.now - DAY // 2), _week_at(context.now + EAST)
    keys = [WeekFiguresKey(by, week) for week in range(latest - SHOWN_WEEKS, latest + 1)]
    context.load(*keys)
    kept = {key.week: it for key in keys if (it := context.get(key)) is not None}
    weeks = range(min(kept), max(begun, *kept) + 1) if kept else range(0)
    cards = tuple(week_card(kept.get(it) or WeekFigures(party=by, week=it), len(LONGEST) + 1) for it in weeks)
    return Plan(
        FiguresShown(
            weeks=cards[-SHOWN_WEEKS:],
            longest=LONGEST,
            reply_time=school.reply_time,
            measured_weeks=MEASURED_WEEKS,
            least_replies=LEAST_REPLIES,
        )
    )


# --- the usual reply time, which everybody may see


class ListedZone(Struct, frozen=True):
    """A school in the directory: its place there, its zone, and when its usual reply time was worked out."""

    after: tuple[str, str]
    zone: str
    reply_week: int


def begin(context: Context) -> Plan[None]:
    """Make the job that works out usual reply times, if there is none."""
    found = context.get(REFRESH)
    if found is not None:
        return Plan(None, puts=wake(found, context.now, EVERY))
    return Plan(None, puts=(Job(id=REFRESH.id, due=context.now, task=RefreshReplyTimes()),))


def schools_after(context: Context, after: tuple[str, str] | None) -> Plan[tuple[ListedZone, ...]]:
    """A page of the directory."""
    found = context.list(SchoolsOf(after, PAGE))
    return Plan(tuple(ListedZone((it.name.lower(), it.id), it.zone, it.reply_week) for it in found))


def is_due(context: Context, school: ListedZone, local_time: LocalTime) -> Plan[bool]:
    """Whether a week has begun there since."""
    return Plan(week_of(local_time(context.now, school.zone or UTC)) != school.reply_week)


def refresh(context: Context, school: str, local_time: LocalTime) -> Plan[None]:
    """Work out how soon a school usually answers, from the whole weeks before the present one.

    It changes at the beginning of a week and at no other time, whatever happens. So nobody can tell from a change that
    somebody has just answered, or that a thread went to another hand (leak 37).
    """
    found = context.get(PartyKey(school))
    if not isinstance(found, School):
        return Plan(None)
    week = week_of(local_time(context.now, found.zone or UTC))
    keys = [WeekFiguresKey(school, it) for it in range(week - MEASURED_WEEKS, week)]
    context.load(*keys)
    replies = _sum([it.replies for key in keys if (it := context.get(key)) is not None])
    return Plan(None, puts=(replace(found, reply_time=usual_reply_time(replies), reply_week=week),))


def usual_reply_time(replies: tuple[int, ...]) -> ReplyTime | None:
    """How soon the first answer usually comes, by how many took how long; None if they are too few to say."""
    total = sum(replies)
    if total < LEAST_REPLIES:
        return None
    took = next(place for place, so_many in enumerate(accumulate(replies)) if so_many >= USUALLY * total)
    within = LONGEST[took] if took < len(LONGEST) else float("inf")
    return next((name for minutes, name in STEPS if within <= minutes), ReplyTime.LONGER)


def refresh_again(context: Context) -> Plan[None]:
    """The next look comes in an hour."""
    if context.get(REFRESH) is None:
        return Plan(None)
    return Plan(None, puts=(Job(id=REFRESH.id, due=context.now + EVERY, task=RefreshReplyTimes()),))
