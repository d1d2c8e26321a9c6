"""What each background job does, in slices: between two of them other jobs get their turns."""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from uconnect.application import retention_jobs
from uconnect.application.local_time import local_time
from uconnect.application.ports import Identity, Mail, Store
from uconnect.application.service import Blocking, ask, complete, run_to_end
from uconnect.domain.context import Deliver, DueJob, Plan, UseCase
from uconnect.domain.errors import Refusal
from uconnect.domain.jobs import (
    ApplyRetention,
    AssignThread,
    CloseSockets,
    CountThread,
    EndSignIns,
    FindSilent,
    FindSilentOf,
    FindUnread,
    FinishClosing,
    ForgetAddress,
    JobTask,
    MailNotice,
    MailSchoolInvitation,
    MailWorkerInvitation,
    PurgeLeftThread,
    PurgeThread,
    RefreshReplyTimes,
    ReturnThreads,
    TellUnread,
    TerminateReceived,
    UnassignThread,
)
from uconnect.domain.keys import PartyKey, ThreadKey
from uconnect.domain.usecases import account_closing, addresses, figures, job_steps, notices, retention, sign_out

A = TypeVar("A")
Counting = CountThread | job_steps.Raised
Slices = Generator[None, None, bool | Counting]  # a job in slices; it returns what `do` says
log = logging.getLogger("uconnect")
PURGE_BATCH = 200  # rows a step erases: short enough to let others write in between
THREADS_AT_ONCE = 10  # threads a step returns, parts or ends: where one transaction takes them all, others wait for it


def run(store: Store, use_case: UseCase[A], deliver: Deliver) -> Plan[A] | Refusal:
    """`service.run_to_end` on a store that blocks. The caller delivers the last plan."""
    return complete(run_to_end(Blocking(store), use_case, lambda plan: deliver(plan.deliveries)))


@dataclass(frozen=True, slots=True)
class JobDependencies:
    """What jobs reach beyond the store.

    `failed` is called with the error of a job that is to be tried again, `set_aside` with the kind of one that is tried
    no more, and `progressed` whenever a runner has done something. `local_time` is the clock that quiet hours and
    figures go by. `measured` is around each slice of a job of a kind. `left` is called with the jobs that jobs leave.
    """

    deliver: Deliver
    mail: Mail
    identity: Identity
    failed: Callable[[Exception], None]
    set_aside: Callable[[str], None] = lambda _: None
    progressed: Callable[[], None] = lambda: None
    local_time: notices.LocalTime = local_time
    measured: Callable[[str], AbstractContextManager[object]] = nullcontext
    left: Callable[[tuple[DueJob, ...]], None] = lambda _: None

    def tell(self, plan: Plan[Any]) -> None:
        """Deliver what a committed plan has for others, and say which jobs it left."""
        self.deliver(plan.deliveries)
        self.left(plan.jobs)


def log_failure(error: Exception) -> None:
    """Log the kind of an error alone: its words may hold an address."""
    log.error("a job could not be done, and is tried again: %s", type(error).__name__)


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this runner has claimed, and how its steps are done."""

    store: Store
    dependencies: JobDependencies
    id: str
    lease: int

    def step(self, use_case: UseCase[A]) -> A | None:
        """Run one transaction and deliver its plan. Returns its answer, None if it was refused."""
        outcome: Plan[A] | Refusal = complete(run_to_end(Blocking(self.store), use_case, self.dependencies.tell))
        if isinstance(outcome, Refusal):
            return None
        self.dependencies.tell(outcome)
        return outcome.answer

    def steps(self, use_cases: Sequence[UseCase[A]]) -> list[A | None]:
        """`step` for several, in their order: in one transaction, if the store can. No plan of theirs has a `then`."""
        outcomes = self.store.run_all(use_cases)
        for it in outcomes:
            if isinstance(it, Plan):
                assert it.then is None
                self.dependencies.tell(it)
        return [it.answer if isinstance(it, Plan) else None for it in outcomes]

    def until_done(self, use_case: UseCase[bool]) -> Generator[None, None, None]:
        """Repeat a step as long as it finds a thread."""
        while all(self.steps([use_case] * THREADS_AT_ONCE)):
            yield

    def purge(self, what: ThreadKey | PartyKey) -> Generator[None, None, None]:
        while not self.store.purge(what, PURGE_BATCH):
            yield

    def renew_lease(self) -> None:
        """The job stays this runner's: called often enough, its lease never runs out."""
        if ask(self.store, partial(job_steps.runs_out, id=self.id, lease=self.lease)):
            self.store.run(partial(job_steps.renew, id=self.id, lease=self.lease))


def do(job: ClaimedJob, task: JobTask) -> Slices:
    """Do a job, in slices. Returns False if it was left for later, which is no failure; or what is to be counted in a
    school's figures, which ends it (`figures.count`).

    Each slice is kept when it ends. A job that is begun again goes on where the last one ended; only a sweep of all
    schools begins from the start.
    """
    match task:
        case PurgeThread(thread):
            yield from job.purge(ThreadKey(thread))
        case ReturnThreads(worker):
            yield from job.until_done(partial(job_steps.return_next, worker=worker))
            job.dependencies.identity.withdraw(worker)
            job.step(partial(job_steps.erase_removed_worker, worker=worker))
            yield from job.purge(PartyKey(worker))
        case AssignThread(thread):
            return job.step(partial(job_steps.assign_by_policy, thread=thread)) or True
        case UnassignThread(thread):
            job.step(partial(account_closing.unassign_detached, thread=thread))
        case PurgeLeftThread(thread):
            job.step(partial(job_steps.settle_left, thread=thread))
        case TerminateReceived(school):
            return (yield from _terminate_received(job, school))
        case FinishClosing(party):
            yield from _close(job, party)
        case MailWorkerInvitation(worker):
            return _write(job, worker)
        case MailSchoolInvitation(email):
            job.dependencies.mail.invite_school(email)
        case ForgetAddress(email):
            job.step(partial(addresses.forget, email=email))
        case FindUnread(after):
            return (yield from _find_unread(job, after))
        case TellUnread():
            return _tell_unread(job, task)
        case MailNotice(party):
            _mail_notice(job, party)
        case CountThread():
            return task
        case RefreshReplyTimes():
            return (yield from _refresh_reply_times(job))
        case FindSilent():
            return retention_jobs.find_silent(job.store, job.step)
        case FindSilentOf():
            return retention_jobs.find_silent_of(job.store, job.step, job.id, task)
        case ApplyRetention(thread):
            job.step(partial(retention.apply, thread=thread))
        case EndSignIns(party, issuer, subject):
            job.dependencies.identity.end_sign_ins(issuer, subject)
            job.step(partial(sign_out.close_sockets, party=party))
        case CloseSockets(party):
            job.step(partial(sign_out.close_sockets_again, party=party))
    return True


def _terminate_received(job: ClaimedJob, school: str) -> Slices:
    """They are listed by a question, not in the steps: nobody's write waits for a list. What is counted and not listed
    yet is ended once this runner's lease is over."""
    end = partial(account_closing.terminate_received, school=school)
    while (threads := ask(job.store, partial(account_closing.open_received, school=school))) is not None:
        if not threads:
            return False
        for first in range(0, len(threads), THREADS_AT_ONCE):
            job.steps([partial(end, thread=it) for it in threads[first : first + THREADS_AT_ONCE]])
            yield
    return True


def _find_unread(job: ClaimedJob, after: int) -> Slices:
    """Look at the threads of every school. It is never done: it comes again."""
    until = ask(job.store, notices.sweep_end)
    place: tuple[str, str] | None = None
    while until is not None and (schools := ask(job.store, partial(notices.schools_after, after=place))):
        for _, school in schools:
            yield from _find_unread_at(job, school, after, until)
        place = schools[-1]
        yield
    if until is not None:
        job.step(partial(notices.sweep_again, until=until))
    return False


def _find_unread_at(job: ClaimedJob, school: str, after: int, until: int) -> Generator[None, None, None]:
    before: tuple[int, str] | None = None
    while True:
        page = partial(notices.unread_at, school=school, after=after, until=until, before=before)
        found = ask(job.store, page)
        if found and found.tasks:
            job.step(partial(notices.leave, tasks=found.tasks))
        if not found or found.next is None:
            return
        before = found.next
        yield


def _refresh_reply_times(job: ClaimedJob) -> Slices:
    """Look at every school in which a week has begun. It is never done: it comes again."""
    local_time = job.dependencies.local_time
    after: tuple[str, str] | None = None
    while schools := ask(job.store, partial(figures.schools_after, after=after)):
        for school in schools:
            if ask(job.store, partial(figures.is_due, school=school, local_time=local_time)):
                job.step(partial(figures.refresh, school=school.after[1], local_time=local_time))
                yield
        after = schools[-1].after
        yield
    job.step(figures.refresh_again)
    return False


def _tell_unread(job: ClaimedJob, task: TellUnread) -> bool:
    verdict = job.step(partial(notices.decide, id=job.id, task=task, local_time=job.dependencies.local_time))
    if verdict is notices.Verdict.TELL:
        _mail_notice(job, task.party)
    return verdict is not notices.Verdict.WAIT


def _mail_notice(job: ClaimedJob, party: str) -> None:
    letter = ask(job.store, partial(notices.notice, party=party))
    if letter is not None:
        job.dependencies.mail.tell_of_message(letter)


def _write(job: ClaimedJob, worker: str) -> bool:
    letter = ask(job.store, partial(job_steps.invitation_letter, worker=worker))
    if letter is not None and letter.wait > 0:
        job.step(partial(job_steps.wait_for_letters, id=job.id, wait=letter.wait))
        return False
    if letter is not None:
        job.dependencies.mail.invite_worker(letter.invited)
        job.step(partial(job_steps.letter_written, worker=worker))
    return True


def _close(job: ClaimedJob, party: str) -> Generator[None, None, None]:
    job.step(partial(account_closing.finish_closing, school=party))
    if ask(job.store, partial(account_closing.is_active, party=party)):
        return
    yield from job.until_done(partial(account_closing.detach_next, party=party))
    for login in ask(job.store, partial(account_closing.logins_of, party=party)) or ():
        job.dependencies.identity.forget(login.issuer, login.subject)
    job.store.run(partial(account_closing.purge_party, party=party))
    yield from job.purge(PartyKey(party))
