"""Says whose turn an open thread is and who handles it: all counts, filters and sorts of an inbox follow from this."""

from collections.abc import Callable

from uconnect.domain.enums import Side, State, ThreadFilter, ThreadSort, Turn
from uconnect.domain.models import Thread

WORKER, SCHOOL = "worker", "school"
SCHOOLS_SIDE, OPEN, NEW, US, THEM = Side.SCHOOL, State.OPEN, Turn.NEW, Turn.US, Turn.THEM  # read at each send
STATUSES = {turn: (f"{turn}.{SCHOOL}", f"{turn}.{WORKER}") for turn in Turn}

# The statuses of each filter. Those of NEW, US, WORKER and THEM share none, and together are those of OPEN.
OF_FILTER: dict[ThreadFilter, tuple[str, ...]] = {
    ThreadFilter.OPEN: tuple(it for pair in STATUSES.values() for it in pair),
    ThreadFilter.WAITING: STATUSES[Turn.NEW] + STATUSES[Turn.US],
    ThreadFilter.NEW: STATUSES[Turn.NEW][:1],
    ThreadFilter.US: STATUSES[Turn.US][:1],
    ThreadFilter.WORKER: tuple(pair[1] for pair in STATUSES.values()),
    ThreadFilter.THEM: STATUSES[Turn.THEM][:1],
}
# Those of a worker's threads that wait for its answer.
WAITING_FOR_WORKER = tuple(it for it in OF_FILTER[ThreadFilter.WAITING] if it.endswith(f".{WORKER}"))


def turn(thread: Thread) -> Turn:
    """Whose answer the thread waits for, were it open."""
    if thread.last is not None and thread.last.side is SCHOOLS_SIDE:
        return THEM
    return US if thread.answered.messages else NEW


def turn_since(thread: Thread) -> int:
    """Since when it waits: the time of the first message that the other side has not answered."""
    return thread.turn_since or thread.at


def thread_status(thread: Thread) -> str | None:
    """What an open thread is listed by; None once it has ended."""
    return None if thread.state is not OPEN else STATUSES[turn(thread)][thread.worker is not None]


def awaits_them(thread_status: str) -> bool:
    return thread_status in STATUSES[Turn.THEM]


ListPosition = tuple[bool, int, str]
"""Where a thread stands in a list. The first is False in every order but that of who has waited longest."""


def waiting_order(thread: Thread) -> ListPosition:
    """Sorts open threads: those that wait for the school's side first, then by who has waited longest."""
    return turn(thread) is Turn.THEM, turn_since(thread), thread.id


def newest_order(thread: Thread) -> ListPosition:
    """Sorts threads by when they were raised. A list has the last place first."""
    return False, thread.since, thread.id


def activity_order(thread: Thread) -> ListPosition:
    """Sorts threads by their last activity. A list has the last place first."""
    return False, thread.at, thread.id


ORDERS: dict[ThreadSort, Callable[[Thread], ListPosition]] = {
    ThreadSort.WAITING: waiting_order,
    ThreadSort.NEWEST: newest_order,
    ThreadSort.ACTIVITY: activity_order,
}
