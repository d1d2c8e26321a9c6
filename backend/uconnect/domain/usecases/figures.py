"""Counts a school's threads by week: how many were raised and ended, when, and how long people waited (decision 0056).

An act counts nothing. A first answer and an end write a job in their own transaction, and each raise leaves one anyway;
the job is counted, once. A count has no author and no thread, and is the same whoever handles the thread (leak 37).

How long something took is counted in one of 14 classes: up to 5, 15 or 30 minutes; 1, 2, 4 or 8 hours; 1, 2 or 4 days;
1, 2 or 4 weeks; and longer. Each is about twice the one before, so a median is known to within a factor of two, from
counts alone. All hours count, also those in which the office is closed.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
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
MOST_AT_ONCE = 50  # jobs that one transaction counts: on AWS it may name a hundred records
EVERY = HOUR  # between two looks for schools in which a week has begun
PAGE = 25  # schools looked at in a step

LocalTime = Callable[[int, str], datetime]  # a time in ms by the clock of a zone
REFRESH = JobKey("refresh_reply_times")


# --- counting


JobCount = tuple[str, CountThread | Raised]  # the id of a job, and what it counts


def grouped(counts: Iterable[JobCount]) -> list[tuple[JobCount, ...]]:
    """What may be counted in one transaction: of one school, and of one type, MOST_AT_ONCE at most."""
    groups: dict[tuple[str, type], list[JobCount]] = {}
    for each in counts:
        groups.setdefault((each[1].school, type(each[1])), []).append(each)
    return [
        tuple(group[first : first + MOST_AT_ONCE])
        for group in groups.values()
        for first in range(0, len(group), MOST_AT_ONCE)
    ]


def count(context: Context, counts: tuple[JobCount, ...], local_time: LocalTime) -> Plan[None]:
    """Count what several jobs found at one school, all of one type, each once: they end in the same transaction.

    All who count for a school write one record, so one transaction counts for many (decision 0087). It holds only while
    the school's account goes on, else it could be counted after the figures were erased.
    """
    school = counts[0][1].school
    # The school is not loaded for raises, which know its zone, nor a thread: with workers, both are longer (leak 31).
    is_raise = isinstance(counts[0][1], Raised)
    gate = OwnerEndedKey(school) if is_raise else PartyKey(school)
    raised = (it for _, it in counts if isinstance(it, Raised))
    weeks_raised = dict.fromkeys(_week_key(school, local_time(it.at, it.zone or UTC)) for it in raised)
    context.load(*(JobKey(id) for id, _ in counts), gate, *weeks_raised)
    # A job that has gone was cut short after it had counted.
    left = [(id, what) for id, what in counts if context.get(JobKey(id)) is not None]
    deletes = tuple(JobKey(id) for id, _ in left)
    found = context.get(gate)
    ended = found is not None if is_raise else not isinstance(found, School) or found.ended
    if ended or not left:
        return Plan(None, deletes=deletes)
    zone = found.zone if isinstance(found, School) else ""
    weeks: dict[int, WeekFigures] = {}
    for _, what in left:
        local = local_time(what.at, (what.zone if isinstance(what, Raised) else zone) or UTC)
        key = _week_key(school, local)
        figures = weeks.get(key.week) or context.get(key) or WeekFigures(party=school, week=key.week)
        weeks[key.week] = _with(figures, what, local)
    return Plan(None, puts=tuple(weeks.values()), deletes=deletes, guards=(gate,))


def _week_key(school: str, local: datetime) -> WeekFiguresKey:
    return WeekFiguresKey(school, week_of(local))


def _with(figures: WeekFigures, what: CountThread | Raised, local: datetime) -> WeekFigures:
    if isinstance(what, Raised):
        return replace(figures, raised=_one_more_at(figures.raised, local))
    took = bisect_left(LONGEST, what.took / MINUTE)
    if what.milestone is Milestone.REPLY:
        return replace(figures, replies=_one_more(figures.replies, took))
    return replace(figures, ended=_one_more_at(figures.ended, local), settled=_one_more(figures.settled, took))


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
