"""Each HTTP operation, once: both homes dispatch from this table, and OpenAPI and the sites' types are made of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from uconnect.api.inputs import LogQuery, Reached, SchoolsQuery, ThreadsQuery
from uconnect.core.commands import Invite, Nothing, Offload, Raise
from uconnect.core.decide import accounts, handling, reading, threads, tickets, workers
from uconnect.core.facts import Decision, Moment
from uconnect.core.terms import Kind
from uconnect.core.views import Row
from uconnect.core.views.common import Listed
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
    writes: bool = True


def _op(
    name: str, route: str, by: frozenset[Kind], reads: type[Struct], answers: Any, use_case: Any, writes: bool = True
) -> Operation:
    method, path = route.split()
    return Operation(name, method, path, by, reads, answers, use_case, writes)


OPERATIONS: tuple[Operation, ...] = (
    _op("me", "GET /api/me", ALL, Nothing, Me, lambda at, r: accounts.me(at, r.by), writes=False),
    _op("issueTicket", "POST /api/tickets", ALL, Nothing, TicketShown, lambda at, r: tickets.issue(at, r.by)),
    _op(
        "listSchools",
        "GET /api/schools",
        RAISERS,
        SchoolsQuery,
        SchoolPage,
        lambda at, r: reading.schools(at, r.by, r.body.after, r.body.most),
        writes=False,
    ),
    _op(
        "listThreads",
        "GET /api/threads",
        ALL,
        ThreadsQuery,
        ThreadPage,
        lambda at, r: reading.threads(at, r.by, r.body.shelf, r.body.before, r.body.most),
        writes=False,
    ),
    _op(
        "raiseThread", "POST /api/threads", RAISERS, Raise, Listed[Row], lambda at, r: threads.raise_(at, r.by, r.body)
    ),
    _op(
        "showThread",
        "GET /api/threads/{id}",
        ALL,
        Nothing,
        ThreadShown,
        lambda at, r: reading.thread(at, r.by, r.id),
        writes=False,
    ),
    _op(
        "readLog",
        "GET /api/threads/{id}/log",
        ALL,
        LogQuery,
        LogPage,
        lambda at, r: reading.log(at, r.by, r.id, r.body.after, r.body.most),
        writes=False,
    ),
    _op(
        "terminateThread",
        "POST /api/threads/{id}/terminate",
        RAISERS,
        Nothing,
        Done,
        lambda at, r: threads.terminate(at, r.by, r.id),
    ),
    _op(
        "deleteThread", "DELETE /api/threads/{id}", RAISERS, Nothing, Done, lambda at, r: threads.delete(at, r.by, r.id)
    ),
    _op(
        "offloadThread",
        "POST /api/threads/{id}/offload",
        SCHOOLS,
        Offload,
        Done,
        lambda at, r: handling.offload(at, r.by, r.id, r.body),
    ),
    _op(
        "takeBackThread",
        "POST /api/threads/{id}/take-back",
        SCHOOLS,
        Nothing,
        Done,
        lambda at, r: handling.take_back(at, r.by, r.id),
    ),
    _op(
        "handBackThread",
        "POST /api/threads/{id}/hand-back",
        WORKERS,
        Nothing,
        Done,
        lambda at, r: handling.hand_back(at, r.by, r.id),
    ),
    _op(
        "listWorkers",
        "GET /api/workers",
        SCHOOLS,
        Nothing,
        WorkerList,
        lambda at, r: workers.workers(at, r.by),
        writes=False,
    ),
    _op("inviteWorker", "POST /api/workers", SCHOOLS, Invite, Done, lambda at, r: workers.invite(at, r.by, r.body)),
    _op(
        "removeWorker", "DELETE /api/workers/{id}", SCHOOLS, Nothing, Done, lambda at, r: workers.remove(at, r.by, r.id)
    ),
)
