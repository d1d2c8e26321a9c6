"""The table of HTTP operations, one row each: both homes route by it; OpenAPI and the sites' types are made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from uconnect.api.requests import ActsQuery, InternalEntriesQuery, LogQuery, SchoolsQuery, ThreadsQuery
from uconnect.domain import rate_limit
from uconnect.domain.context import Plan
from uconnect.domain.enums import Kind
from uconnect.domain.errors import RefusalCode
from uconnect.domain.protocol import Ack
from uconnect.domain.rate_limit import RateLimit
from uconnect.domain.request_bodies import (
    AddSavedReply,
    AvailabilityUpdate,
    EmptyBody,
    HandBack,
    HideWords,
    Invite,
    NameUpdate,
    NoticeUpdate,
    Offload,
    PictureUpload,
    PolicyUpdate,
    ProfileUpdate,
    Raise,
    SavedReplyUpdate,
    SearchThreads,
    SendMessage,
    SnoozeThread,
    WriteNote,
)
from uconnect.domain.usecases import (
    account_closing,
    assignment,
    figures,
    hidden_words,
    invitations,
    messages,
    notes,
    notices,
    profiles,
    queries,
    saved_replies,
    school_acts,
    search,
    sign_out,
    snoozes,
    threads,
    tickets,
    workers,
)
from uconnect.domain.views import Listed
from uconnect.domain.views.directory import DirectoryCard, Me
from uconnect.domain.views.figures import FiguresShown
from uconnect.domain.views.pages import (
    Done,
    HiddenWordsShown,
    InternalEntryPage,
    InvitationList,
    LogPage,
    NoteShown,
    NoticeSetting,
    Overview,
    SchoolPage,
    ThreadPage,
    ThreadShown,
    TicketShown,
    WorkerList,
)
from uconnect.domain.views.saved_replies import SavedReplyList
from uconnect.domain.views.school_acts import ActPage
from uconnect.domain.views.search import SearchPage

ALL = frozenset(Kind)
RAISERS = frozenset({Kind.USER, Kind.SCHOOL})
SCHOOLS = frozenset({Kind.SCHOOL})
WORKERS = frozenset({Kind.WORKER})
INSIDE = SCHOOLS | WORKERS

R = RefusalCode
# Any operation can be refused so: for its form, its size, its pace, by the store, or for who calls.
BY_ANY = {R.MALFORMED, R.TOO_LARGE, R.TOO_FAST, R.BUSY, R.ACCOUNT_ENDED, R.UNREACHABLE_ADDRESS}
# Where the caller is looked up as a party, and registered at its first call, it can be refused so.
BY_PARTY = {R.SITE_IS_SCHOOL, R.SITE_IS_WORKER, R.SITE_IS_USER, R.ADDRESS_TAKEN}
BY_PARTY |= {R.NOT_INVITED, R.INVITED, R.SCHOOLS_INVITED_ONLY}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `by` are the kinds of party that it is for: all others are told `not_found`.

    `use_case` is called with the context, the caller, the id if the path has one, and what it reads: the body, or the
    fields of the query by name. `refuses` are the refusals of its own, beside those that follow from the other columns.
    `recent`: the caller has to have signed in a moment ago, so that a phone found signed in cannot do it.
    `newcomers`: it is for people who have signed in and are no party yet, and it does not register them by itself.
    `session`: the use case is also told in which session the caller is signed in, which the identity provider must say
    goes on. `login`: it is also told by which login the caller came.
    `asks`: it reads, and its question is a body, so that it is in no address, and so in no log.
    """

    method: str
    path: str
    name: str
    by: frozenset[Kind]
    reads: type[Struct]
    answers: Any
    use_case: Callable[..., Plan[Any]]
    summary: str
    refuses: tuple[RefusalCode, ...] = ()
    recent: bool = False
    newcomers: bool = False
    session: bool = False
    login: bool = False
    asks: bool = False

    @property
    def writes(self) -> bool:
        return self.method != "GET" and not self.asks

    @property
    def read_limit(self) -> RateLimit | None:
        """How `application.read_rate_limit` limits it. None for a party's writes: they are limited in the store."""
        if self.asks:
            return rate_limit.SEARCH
        return rate_limit.READ if self.newcomers or not self.writes else None

    @property
    def refusals(self) -> tuple[RefusalCode, ...]:
        """Every refusal that it can answer, in the order of `RefusalCode`."""
        found = BY_ANY | set(self.refuses) | (set() if self.newcomers else BY_PARTY)
        found |= {R.NOT_FOUND} if self.by != ALL or "{id}" in self.path else set()
        found |= {R.SIGN_IN_AGAIN} if self.recent else set()
        return tuple(each for each in RefusalCode if each in found)


# fmt: off
OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/api/me", "me", ALL, EmptyBody, Me, profiles.me,
              "Read your own profile and how many threads you have open."),
    Operation("PUT", "/api/me", "rename", ALL, NameUpdate, Done, profiles.rename,
              "Change your name."),
    Operation("DELETE", "/api/me", "closeAccount", ALL, EmptyBody, Done, account_closing.close,
              "Close your account. A worker can do this only before its first answer.",
              (R.NOT_FOUND, R.STILL_ASKED), recent=True),
    Operation("PUT", "/api/availability", "setAvailability", WORKERS, AvailabilityUpdate, Done,
              profiles.update_availability, "Say whether your school may give you new threads automatically."),
    Operation("PUT", "/api/face", "setFace", SCHOOLS, ProfileUpdate, Done, profiles.update_profile,
              "Change what your school shows in the directory."),
    Operation("PUT", "/api/picture", "setPicture", SCHOOLS, PictureUpload, Done, profiles.update_picture,
              "Change or remove your school's picture.", (R.NO_PICTURE,)),
    Operation("PUT", "/api/policy", "setPolicy", SCHOOLS, PolicyUpdate, Done, profiles.update_policy,
              "Choose what your school does with new threads."),
    Operation("GET", "/api/overview", "overview", SCHOOLS, EmptyBody, Overview, queries.overview,
              "Count your school's open threads."),
    Operation("GET", "/api/figures", "figures", SCHOOLS, EmptyBody, FiguresShown, figures.figures,
              "Read your school's figures by week: threads raised and ended, and how long people waited."),
    Operation("GET", "/api/acts", "acts", SCHOOLS, ActsQuery, ActPage, school_acts.own_acts,
              "Read what your school changed in its account and its workers, and what an operator did."),
    Operation("GET", "/api/notices", "notices", ALL, EmptyBody, NoticeSetting, notices.setting,
              "Read whether you get an e-mail when a message waits."),
    Operation("PUT", "/api/notices", "setNotices", ALL, NoticeUpdate, Done, notices.update_setting,
              "Choose whether you get an e-mail when a message waits."),
    Operation("POST", "/api/tickets", "issueTicket", ALL, EmptyBody, TicketShown, tickets.issue,
              "Get a ticket that opens one WebSocket.", session=True),
    Operation("POST", "/api/sign-out", "signOut", ALL, EmptyBody, Done, sign_out.sign_out,
              "Sign out on every browser that you are signed in on.", login=True),
    Operation("GET", "/api/schools", "listSchools", RAISERS, SchoolsQuery, SchoolPage, queries.schools,
              "List the schools by name."),
    Operation("GET", "/api/schools/{id}", "showSchool", RAISERS, EmptyBody, DirectoryCard, queries.school,
              "Show one school, also after it has closed."),
    Operation("GET", "/api/threads", "listThreads", ALL, ThreadsQuery, ThreadPage, queries.threads,
              "List the threads that you raised, received or handle, in an order."),
    Operation("POST", "/api/threads", "raiseThread", RAISERS, Raise, Listed, threads.raise_,
              "Raise a thread to a school.", (R.FIVE_THREADS,)),
    Operation("POST", "/api/search", "searchThreads", ALL, SearchThreads, SearchPage, search.search,
              "Find words in the threads that you raised, received or handle, the latest first.", asks=True),
    Operation("GET", "/api/threads/{id}", "showThread", ALL, EmptyBody, ThreadShown, queries.thread,
              "Show one thread."),
    Operation("GET", "/api/threads/{id}/log", "readLog", ALL, LogQuery, LogPage, queries.log,
              "Read the messages of a thread in their order."),
    Operation("POST", "/api/threads/{id}/messages", "sendMessage", ALL, SendMessage, Ack, messages.send_by_http,
              "Write a message in a thread, where a network lets no WebSocket through.", (R.THREAD_TERMINATED,)),
    Operation("POST", "/api/threads/{id}/ask-to-end", "askToEnd", INSIDE, EmptyBody, Done, messages.ask_to_end,
              "Ask the person who raised a thread whether it is settled, once a week at most.",
              (R.THREAD_TERMINATED, R.ASKED_LATELY)),
    Operation("POST", "/api/threads/{id}/not-yet", "answerNotYet", RAISERS, EmptyBody, Done, messages.answer_not_yet,
              "Say that a thread that you raised is not settled yet.", (R.THREAD_TERMINATED,)),
    Operation("POST", "/api/threads/{id}/terminate", "terminateThread", RAISERS, EmptyBody, Done, threads.terminate,
              "Terminate a thread that you raised. No one can add messages after that."),
    Operation("DELETE", "/api/threads/{id}", "deleteThread", RAISERS, EmptyBody, Done, threads.delete,
              "Delete a terminated thread for everyone.", (R.THREAD_OPEN,)),
    Operation("POST", "/api/threads/{id}/offload", "offloadThread", SCHOOLS, Offload, Done, assignment.offload,
              "Give a thread to one of your workers.", (R.THREAD_TERMINATED,)),
    Operation("POST", "/api/threads/{id}/take-back", "takeBackThread", SCHOOLS, EmptyBody, Done, assignment.take_back,
              "Take a thread back from its worker."),
    Operation("POST", "/api/threads/{id}/hand-back", "handBackThread", WORKERS, HandBack, Done, assignment.hand_back,
              "Hand a thread back to your school, with a reason for it or without."),
    Operation("GET", "/api/threads/{id}/hidden-words", "readHiddenWords", SCHOOLS, EmptyBody, HiddenWordsShown,
              hidden_words.hidden_words, "Read which words of a thread you hide from your workers."),
    Operation("POST", "/api/threads/{id}/hide-words", "hideWords", SCHOOLS, HideWords, HiddenWordsShown,
              hidden_words.hide, "Hide words of a thread from the worker who has it, and from each who gets it.",
              (R.HIDDEN_WORDS_FULL,)),
    Operation("POST", "/api/threads/{id}/show-words", "showWords", SCHOOLS, HideWords, HiddenWordsShown,
              hidden_words.show, "Show words of a thread again that you have hidden from your workers."),
    Operation("PUT", "/api/threads/{id}/snooze", "snoozeThread", INSIDE, SnoozeThread, Done, snoozes.snooze,
              "Snooze a thread until a time or their next message. Only you can see that.",
              (R.THREAD_TERMINATED, R.SNOOZED_FULL)),
    Operation("DELETE", "/api/threads/{id}/snooze", "wakeThread", INSIDE, EmptyBody, Done, snoozes.wake,
              "Wake a thread that you snoozed."),
    Operation("GET", "/api/threads/{id}/notes", "readNotes", INSIDE, InternalEntriesQuery, InternalEntryPage,
              notes.notes, "Read the internal notes of a thread. A school also sees which workers had it."),
    Operation("POST", "/api/threads/{id}/notes", "writeNote", INSIDE, WriteNote, NoteShown, notes.write,
              "Write an internal note on a thread."),
    Operation("GET", "/api/saved-replies", "listSavedReplies", INSIDE, EmptyBody, SavedReplyList,
              saved_replies.saved_replies, "List your school's saved replies."),
    Operation("POST", "/api/saved-replies", "addSavedReply", SCHOOLS, AddSavedReply, Done, saved_replies.add,
              "Write a text that you and your workers can insert in messages.", (R.SAVED_REPLIES_FULL,)),
    Operation("PUT", "/api/saved-replies/{id}", "changeSavedReply", SCHOOLS, SavedReplyUpdate, Done,
              saved_replies.change, "Change a saved reply, or move it to another folder."),
    Operation("DELETE", "/api/saved-replies/{id}", "deleteSavedReply", SCHOOLS, EmptyBody, Done, saved_replies.delete,
              "Delete a saved reply."),
    Operation("GET", "/api/invitations", "listInvitations", WORKERS, EmptyBody, InvitationList, invitations.pending,
              "List the invitations that wait for your answer.", (R.SITE_IS_SCHOOL, R.SITE_IS_USER), newcomers=True),
    Operation("POST", "/api/invitations/{id}", "acceptInvitation", WORKERS, EmptyBody, Done, invitations.accept,
              "Accept an invitation: you become a worker of that school.",
              (R.SITE_IS_SCHOOL, R.SITE_IS_USER, R.ADDRESS_TAKEN), newcomers=True),
    Operation("GET", "/api/workers", "listWorkers", SCHOOLS, EmptyBody, WorkerList, workers.workers,
              "List your school's workers, and the people it invited."),
    Operation("POST", "/api/workers", "inviteWorker", SCHOOLS, Invite, Done, workers.invite,
              "Invite a person to be a worker of your school.", (R.FIVE_WORKERS,)),
    Operation("POST", "/api/workers/{id}/resend", "resendInvitation", SCHOOLS, EmptyBody, Done, workers.resend,
              "Send the invitation of a worker again."),
    Operation("DELETE", "/api/workers/{id}", "removeWorker", SCHOOLS, EmptyBody, Done, workers.remove,
              "Remove a worker from your school. Its threads return to the school."),
)
# fmt: on
