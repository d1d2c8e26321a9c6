"""Counts the jobs that wait in the data file."""

import sqlite3
from dataclasses import dataclass

from uconnect.domain.usecases.job_steps import SET_ASIDE


@dataclass(frozen=True, slots=True)
class JobQueue:
    """`due` jobs may run now, the oldest for `waited` seconds; jobs that are `set_aside` are tried no more."""

    due: int
    waited: float
    set_aside: int


def status(connection: sqlite3.Connection, now: int) -> JobQueue:
    """The jobs at `now`, in Unix milliseconds."""
    due, oldest = connection.execute("SELECT count(*), min(due) FROM job WHERE due <= ?", (now,)).fetchone()
    (set_aside,) = connection.execute("SELECT count(*) FROM job WHERE due = ?", (SET_ASIDE,)).fetchone()
    return JobQueue(due, (now - oldest) / 1000 if due else 0.0, set_aside)
