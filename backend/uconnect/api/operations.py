"""Each HTTP operation, once: both homes dispatch from this table, and OpenAPI and the sites' types are made of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from msgspec import Struct

from uconnect.api.inputs import LogQuery, Reached, SchoolsQuery, ThreadsQuery
from uconnect.core.commands import Invite, Nothing, Offload, Raise
from uconnect.core.decide import accounts, handling, reading, threads, tickets, workers
from uconnect.core.facts import Decision, Moment
from uconnect.core.terms import Kind
from uconnect.core.views import Listed
from uconnect.core.views.directory import Me
from uconnect.core.views.pages import Done, LogPage, SchoolPage, ThreadPage, ThreadShown, TicketShown, WorkerList

ALL = frozenset(Kind)
RAISERS = frozenset({Kind.USER, Kind.SCHOOL})
SCHOOLS = frozenset({Kind.SCHOOL})
WORKERS = frozenset({Kind.WORKER})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `by` are the kinds it is for: to the others it is not there."""

    name: str
    method: str
    path: str
    by: frozenset[Kind]
    reads: type[Struct]
    answers: Any
    use_case: Callable[[Moment, Reached], Decision[Any]]
    writes: bool
    summary: str


def _reads(
    route: str, name: str, summary: str, by: frozenset[Kind], takes: type[Struct], answers: Any, use_case: Any
) -> Operation:
    method, path = route.split()
    return Operation(name, method, path, by, takes, answers, use_case, writes=False, summary=summary)


def _writes(
    route: str, name: str, summary: str, by: frozenset[Kind], takes: type[Struct], answers: Any, use_case: Any
) -> Operation:
    return replace(_reads(route, name, summary, by, takes, answers, use_case), writes=True)


OPERATIONS: tuple[Operation, ...] = (
    _reads(
        "GET /api/me",
        "me",
        "Who the caller is, and its meter.",
        ALL,
        Nothing,
        Me,
        lambda at, to: accounts.me(at, to.by),
    ),
    _writes(
        "POST /api/tickets",
        "issueTicket",
        "A ticket to open one socket with.",
        ALL,
        Nothing,
        TicketShown,
        lambda at, to: tickets.issue(at, to.by),
    ),
    _reads(
        "GET /api/schools",
        "listSchools",
        "The directory of schools.",
        RAISERS,
        SchoolsQuery,
        SchoolPage,
        lambda at, to: reading.schools(at, to.by, to.body.after, to.body.most),
    ),
    _reads(
        "GET /api/threads",
        "listThreads",
        "The caller's threads on one shelf.",
        ALL,
        ThreadsQuery,
        ThreadPage,
        lambda at, to: reading.threads(at, to.by, to.body.shelf, to.body.before, to.body.most),
    ),
    _writes(
        "POST /api/threads",
        "raiseThread",
        "Raise a thread to a school.",
        RAISERS,
        Raise,
        Listed,
        lambda at, to: threads.raise_(at, to.by, to.body),
    ),
    _reads(
        "GET /api/threads/{id}",
        "showThread",
        "One thread.",
        ALL,
        Nothing,
        ThreadShown,
        lambda at, to: reading.thread(at, to.by, to.id),
    ),
    _reads(
        "GET /api/threads/{id}/log",
        "readLog",
        "A thread's entries in order.",
        ALL,
        LogQuery,
        LogPage,
        lambda at, to: reading.log(at, to.by, to.id, to.body.after, to.body.most),
    ),
    _writes(
        "POST /api/threads/{id}/terminate",
        "terminateThread",
        "End a thread.",
        RAISERS,
        Nothing,
        Done,
        lambda at, to: threads.terminate(at, to.by, to.id),
    ),
    _writes(
        "DELETE /api/threads/{id}",
        "deleteThread",
        "Delete a terminated thread.",
        RAISERS,
        Nothing,
        Done,
        lambda at, to: threads.delete(at, to.by, to.id),
    ),
    _writes(
        "POST /api/threads/{id}/offload",
        "offloadThread",
        "Give a thread to a worker.",
        SCHOOLS,
        Offload,
        Done,
        lambda at, to: handling.offload(at, to.by, to.id, to.body),
    ),
    _writes(
        "POST /api/threads/{id}/take-back",
        "takeBackThread",
        "Take a thread back.",
        SCHOOLS,
        Nothing,
        Done,
        lambda at, to: handling.take_back(at, to.by, to.id),
    ),
    _writes(
        "POST /api/threads/{id}/hand-back",
        "handBackThread",
        "Hand a thread back.",
        WORKERS,
        Nothing,
        Done,
        lambda at, to: handling.hand_back(at, to.by, to.id),
    ),
    _reads(
        "GET /api/workers",
        "listWorkers",
        "The school's workers.",
        SCHOOLS,
        Nothing,
        WorkerList,
        lambda at, to: workers.workers(at, to.by),
    ),
    _writes(
        "POST /api/workers",
        "inviteWorker",
        "Invite a worker.",
        SCHOOLS,
        Invite,
        Done,
        lambda at, to: workers.invite(at, to.by, to.body),
    ),
    _writes(
        "DELETE /api/workers/{id}",
        "removeWorker",
        "Remove a worker.",
        SCHOOLS,
        Nothing,
        Done,
        lambda at, to: workers.remove(at, to.by, to.id),
    ),
)
