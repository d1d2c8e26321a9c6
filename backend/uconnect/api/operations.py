"""Each HTTP operation, once: both homes dispatch from this table, and OpenAPI and the sites' types are made of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from msgspec import Struct

from uconnect.api.requests import InternalEntriesQuery, LogQuery, Request, SchoolsQuery, ThreadsQuery
from uconnect.domain.context import Context, Plan
from uconnect.domain.enums import Kind
from uconnect.domain.request_bodies import (
    AvailabilityUpdate,
    EmptyBody,
    Invite,
    NameUpdate,
    Offload,
    PictureUpload,
    PolicyUpdate,
    ProfileUpdate,
    Raise,
    WriteNote,
)
from uconnect.domain.usecases import (
    account_closing,
    assignment,
    invitations,
    notes,
    profiles,
    queries,
    threads,
    tickets,
    workers,
)
from uconnect.domain.views import Listed
from uconnect.domain.views.directory import Me, SchoolCard
from uconnect.domain.views.pages import (
    Done,
    InternalEntryPage,
    InvitationList,
    LogPage,
    NoteShown,
    Overview,
    SchoolPage,
    ThreadPage,
    ThreadShown,
    TicketShown,
    WorkerList,
)

ALL = frozenset(Kind)
RAISERS = frozenset({Kind.USER, Kind.SCHOOL})
SCHOOLS = frozenset({Kind.SCHOOL})
WORKERS = frozenset({Kind.WORKER})
INSIDE = SCHOOLS | WORKERS


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `by` are the kinds it is for: to the others it is not there.

    `recent`: it is done only for who proved a moment ago who they are, so that a phone found signed in cannot do it.
    `newcomers`: it is also for people who have signed in and are no party yet, and does not make them one by itself.
    """

    name: str
    method: str
    path: str
    by: frozenset[Kind]
    reads: type[Struct]
    answers: Any
    use_case: Callable[[Context, Request], Plan[Any]]
    summary: str
    writes: bool = False
    recent: bool = False
    newcomers: bool = False

    @property
    def read_paced(self) -> bool:
        """Whether it goes by `application.read_rate_limit`. What a party writes has a pace of its own, in the store."""
        return self.newcomers or not self.writes


def _reads(
    route: str, name: str, summary: str, by: frozenset[Kind], takes: type[Struct], answers: Any, use_case: Any
) -> Operation:
    method, path = route.split()
    return Operation(name, method, path, by, takes, answers, use_case, summary)


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
        EmptyBody,
        Me,
        lambda at, to: profiles.me(at, to.by),
    ),
    _writes(
        "PUT /api/me",
        "rename",
        "Take another name.",
        ALL,
        NameUpdate,
        Done,
        lambda at, to: profiles.rename(at, to.by, to.body),
    ),
    replace(
        _writes(
            "DELETE /api/me",
            "closeAccount",
            "End the caller's account; a worker's only before its first answer.",
            ALL,
            EmptyBody,
            Done,
            lambda at, to: account_closing.close(at, to.by),
        ),
        recent=True,
    ),
    _writes(
        "PUT /api/availability",
        "setAvailability",
        "Whether the policy may give the caller threads.",
        WORKERS,
        AvailabilityUpdate,
        Done,
        lambda at, to: profiles.update_availability(at, to.by, to.body),
    ),
    _writes(
        "PUT /api/face",
        "setFace",
        "What the school shows of itself.",
        SCHOOLS,
        ProfileUpdate,
        Done,
        lambda at, to: profiles.update_profile(at, to.by, to.body),
    ),
    _writes(
        "PUT /api/picture",
        "setPicture",
        "Another picture for the school.",
        SCHOOLS,
        PictureUpload,
        Done,
        lambda at, to: profiles.update_picture(at, to.by, to.body),
    ),
    _writes(
        "PUT /api/policy",
        "setPolicy",
        "What the school does with new threads.",
        SCHOOLS,
        PolicyUpdate,
        Done,
        lambda at, to: profiles.update_policy(at, to.by, to.body),
    ),
    _reads(
        "GET /api/overview",
        "overview",
        "The school's open threads, counted.",
        SCHOOLS,
        EmptyBody,
        Overview,
        lambda at, to: queries.overview(at, to.by),
    ),
    _writes(
        "POST /api/tickets",
        "issueTicket",
        "A ticket to open one socket with.",
        ALL,
        EmptyBody,
        TicketShown,
        lambda at, to: tickets.issue(at, to.by, to.session),
    ),
    _reads(
        "GET /api/schools",
        "listSchools",
        "The directory of schools.",
        RAISERS,
        SchoolsQuery,
        SchoolPage,
        lambda at, to: queries.schools(at, to.by, to.body.after, to.body.most),
    ),
    _reads(
        "GET /api/schools/{id}",
        "showSchool",
        "One school, also one that has closed.",
        RAISERS,
        EmptyBody,
        SchoolCard,
        lambda at, to: queries.school(at, to.by, to.id),
    ),
    _reads(
        "GET /api/threads",
        "listThreads",
        "The caller's threads on one shelf.",
        ALL,
        ThreadsQuery,
        ThreadPage,
        lambda at, to: queries.threads(at, to.by, to.body.shelf, to.body.before, to.body.most),
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
        EmptyBody,
        ThreadShown,
        lambda at, to: queries.thread(at, to.by, to.id),
    ),
    _reads(
        "GET /api/threads/{id}/log",
        "readLog",
        "A thread's entries in order.",
        ALL,
        LogQuery,
        LogPage,
        lambda at, to: queries.log(at, to.by, to.id, to.body.after, to.body.most),
    ),
    _writes(
        "POST /api/threads/{id}/terminate",
        "terminateThread",
        "End a thread.",
        RAISERS,
        EmptyBody,
        Done,
        lambda at, to: threads.terminate(at, to.by, to.id),
    ),
    _writes(
        "DELETE /api/threads/{id}",
        "deleteThread",
        "Delete a terminated thread.",
        RAISERS,
        EmptyBody,
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
        lambda at, to: assignment.offload(at, to.by, to.id, to.body),
    ),
    _writes(
        "POST /api/threads/{id}/take-back",
        "takeBackThread",
        "Take a thread back.",
        SCHOOLS,
        EmptyBody,
        Done,
        lambda at, to: assignment.take_back(at, to.by, to.id),
    ),
    _writes(
        "POST /api/threads/{id}/hand-back",
        "handBackThread",
        "Hand a thread back.",
        WORKERS,
        EmptyBody,
        Done,
        lambda at, to: assignment.hand_back(at, to.by, to.id),
    ),
    _reads(
        "GET /api/threads/{id}/notes",
        "readNotes",
        "What stands beside a thread's log.",
        INSIDE,
        InternalEntriesQuery,
        InternalEntryPage,
        lambda at, to: notes.notes(at, to.by, to.id, to.body.after, to.body.most),
    ),
    _writes(
        "POST /api/threads/{id}/notes",
        "writeNote",
        "Note something beside a thread.",
        INSIDE,
        WriteNote,
        NoteShown,
        lambda at, to: notes.write(at, to.by, to.id, to.body),
    ),
    replace(
        _reads(
            "GET /api/invitations",
            "listInvitations",
            "The invitations that wait for the caller's answer.",
            WORKERS,
            EmptyBody,
            InvitationList,
            lambda at, to: invitations.pending(at, to.newcomer),
        ),
        newcomers=True,
    ),
    replace(
        _writes(
            "POST /api/invitations/{id}",
            "acceptInvitation",
            "Accept an invitation, and become that school's worker.",
            WORKERS,
            EmptyBody,
            Done,
            lambda at, to: invitations.accept(at, to.newcomer, to.id),
        ),
        newcomers=True,
    ),
    _reads(
        "GET /api/workers",
        "listWorkers",
        "The school's workers.",
        SCHOOLS,
        EmptyBody,
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
        "POST /api/workers/{id}/resend",
        "resendInvitation",
        "Write to an invited worker again.",
        SCHOOLS,
        EmptyBody,
        Done,
        lambda at, to: workers.resend(at, to.by, to.id),
    ),
    _writes(
        "DELETE /api/workers/{id}",
        "removeWorker",
        "Remove a worker.",
        SCHOOLS,
        EmptyBody,
        Done,
        lambda at, to: workers.remove(at, to.by, to.id),
    ),
)
