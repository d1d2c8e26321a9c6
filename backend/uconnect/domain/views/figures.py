"""What a school is shown of its own figures; nobody else is shown any.

There is no field for a person, a thread or a worker. What everybody may see of them is `DirectoryCard.reply_time`.
"""

from datetime import date

from msgspec import Struct

from uconnect.domain.enums import ReplyTime
from uconnect.domain.models import Times, WeekFigures


class TimesShown(Struct, frozen=True):
    """How often something came, by the hour of the day (24, from 0:00) and by the day of the week (7, from Monday)."""

    hours: tuple[int, ...]
    days: tuple[int, ...]


class WeekCard(Struct, frozen=True):
    """One week by the school's clock. `begins` is its Monday, as ISO 8601 writes a date.

    `replies` counts the first answers that were given in it, and `settled` the threads that were ended in it, by how
    long that took: a count for each of `FiguresShown.longest`, and one for all that is longer.
    """

    begins: str
    raised: TimesShown
    ended: TimesShown
    replies: tuple[int, ...]
    settled: tuple[int, ...]


class FiguresShown(Struct, frozen=True):
    """A school's figures by week, the oldest first and the present one last, from the first week that was counted.

    `longest` are minutes. `reply_time` is what everybody is shown, null while there are fewer than `least_replies`
    first answers in `measured_weeks`.
    """

    weeks: tuple[WeekCard, ...]
    longest: tuple[int, ...]
    reply_time: ReplyTime | None
    measured_weeks: int
    least_replies: int


def week_card(figures: WeekFigures, classes: int) -> WeekCard:
    return WeekCard(
        begins=date.fromordinal(figures.week * 7 + 1).isoformat(),
        raised=_times(figures.raised),
        ended=_times(figures.ended),
        replies=_filled(figures.replies, classes),
        settled=_filled(figures.settled, classes),
    )


def _times(times: Times) -> TimesShown:
    return TimesShown(hours=_filled(times.hours, 24), days=_filled(times.days, 7))


def _filled(counts: tuple[int, ...], classes: int) -> tuple[int, ...]:
    """A kept count ends with its last class that has any."""
    return (*counts, *(0,) * (classes - len(counts)))
