"""Does the jobs that transactions left: each in steps that may be repeated. It is struck off when all are done."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from uconnect.application import retention_jobs
from uconnect.application.local_time import local_time
from uconnect.application.ports import Identity, Mail, Store
from uconnect.application.service import Blocking, complete, run_to_end
from uconnect.domain.context import Deliver, Plan, UseCase
from uconnect.domain.errors import Refusal
from uconnect.domain.jobs import (
    ApplyRetention,
    AssignThread,
    CountThread,
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
from uconnect.domain.models import Job, StoredJob
from uconnect.domain.usecases import account_closing, addresses, figures, job_steps, notices, retention
from uconnect.domain.views import admin

A = TypeVar("A")
log = logging.getLogger("uconnect")
PURGE_BATCH = 200  # rows a step erases: short enough to let others write in between


def run(store: Store, use_case: UseCase[A], deliver: Deliver) -> Plan[A] | Refusal:
    """`service.run_to_end` on a store that blocks. The caller delivers the last plan."""
    return complete(run_to_end(Blocking(store), use_case, lambda plan: deliver(plan.deliveries)))


@dataclass(frozen=True, slots=True)
class JobDependencies:
    """What jobs reach beyond the store.

    `failed` is called with the error of a job that is to be tried again, `set_aside` with the kind of one that is tried
    no more, and `progressed` whenever a runner has done something. `local_time` is the clock that quiet hours and
    figures go by.
    """

    deliver: Deliver
    mail: Mail
    identity: Identity
    failed: Callable[[Exception], None]
    set_aside: Callable[[str], None] = lambda _: None
    progressed: Callable[[], None] = lambda: None
    local_time: notices.LocalTime = local_time


def log_failure(error: Exception) -> None:
    """Log the kind of an error alone: its words may hold an address."""
    log.error("a job could not be done, and is tried again: %s", type(error).__name__)


def run_due_jobs(store: Store, dependencies: JobDependencies, lease: int = job_steps.LEASE) -> int:
    """Do the jobs that are due now. Returns how many were finished. Blocks; may be cut short and run again.

    Each job is claimed for `lease` ms before it is done, so any number of runners may run at once. Between two steps
    of a long job the lease is renewed.
    """
    done = 0
    for job in _ask(store, job_steps.due_jobs) or ():
        done += _finished(store, dependencies, job, lease)
        dependencies.progressed()
    return done


def _finished(store: Store, dependencies: JobDependencies, job: StoredJob, lease: int) -> bool:
    """Do one job, unless another runner has it. True if it is done. A job that fails keeps no other waiting."""
    if not isinstance(job, Job) or job_steps.is_poison(job):
        if _changed(store, partial(job_steps.set_aside, job=job)):
            dependencies.set_aside(admin.kind_of(job))
        return False
    if not _changed(store, partial(job_steps.claim, job=job, lease=lease)):
        return False
    try:
        done = _do(_Claimed(store, dependencies, job.id, lease), job.task)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other jobs are done
        dependencies.failed(error)
        if _changed(store, partial(job_steps.postpone_job, id=job.id)):
            dependencies.set_aside(admin.kind_of(job))
        return False
    if done:
        store.run(partial(job_steps.finish_job, id=job.id))
    return done


def _changed(store: Store, use_case: UseCase[bool]) -> bool:
    outcome = store.run(use_case)
    return isinstance(outcome, Plan) and outcome.answer


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A job that this runner has claimed, and how its steps are done."""

    store: Store
    dependencies: JobDependencies
    id: str
    lease: int

    def step(self, use_case: UseCase[A]) -> A | None:
        """Run one transaction and deliver its plan. Returns its answer, None if it was refused."""
        outcome = run(self.store, use_case, self.dependencies.deliver)
        if isinstance(outcome, Refusal):
            return None
        self.dependencies.deliver(outcome.deliveries)
        return outcome.answer

    def until_done(self, use_case: UseCase[bool]) -> None:
        """Repeat a step as long as it finds something to do."""
        while self.step(use_case):
            self.renew_lease()

    def purge(self, what: ThreadKey | PartyKey) -> None:
        while not self.store.purge(what, PURGE_BATCH):
            self.renew_lease()

    def renew_lease(self) -> None:
        """Called between two steps: the job stays this runner's."""
        self.dependencies.progressed()
        if _ask(self.store, partial(job_steps.runs_out, id=self.id, lease=self.lease)):
            self.store.run(partial(job_steps.renew, id=self.id, lease=self.lease))


def _do(job: _Claimed, task: JobTask) -> bool:
    """Do a job. False if it was left for later, which is no failure."""
    match task:
        case PurgeThread(thread):
            job.purge(ThreadKey(thread))
        case ReturnThreads(worker):
            job.until_done(partial(job_steps.return_next, worker=worker))
            job.dependencies.identity.withdraw(worker)
            job.step(partial(job_steps.erase_removed_worker, worker=worker))
            job.purge(PartyKey(worker))
        case AssignThread(thread):
            raised = job.step(partial(job_steps.assign_by_policy, thread=thread))
            if raised is not None:
                local_time = job.dependencies.local_time
                job.step(partial(figures.count_raised, id=job.id, raised=raised, local_time=local_time))
        case UnassignThread(thread):
            job.step(partial(account_closing.unassign_detached, thread=thread))
        case PurgeLeftThread(thread):
            job.step(partial(job_steps.settle_left, thread=thread))
        case TerminateReceived(school):
            return _terminate_received(job, school)
        case FinishClosing(party):
            _close(job, party)
        case MailWorkerInvitation(worker):
            return _write(job, worker)
        case MailSchoolInvitation(email):
            job.dependencies.mail.invite_school(email)
        case ForgetAddress(email):
            job.step(partial(addresses.forget, email=email))
        case FindUnread(after):
            return _find_unread(job, after)
        case TellUnread():
            return _tell_unread(job, task)
        case MailNotice(party):
            _mail_notice(job, party)
        case CountThread():
            job.step(partial(figures.count, id=job.id, task=task, local_time=job.dependencies.local_time))
        case RefreshReplyTimes():
            return _refresh_reply_times(job)
        case FindSilent():
            return retention_jobs.find_silent(job.store, job.step)
        case FindSilentOf():
            return retention_jobs.find_silent_of(job.store, job.step, job.id, task)
        case ApplyRetention(thread):
            job.step(partial(retention.apply, thread=thread))
    return True


def _terminate_received(job: _Claimed, school: str) -> bool:
    """They are listed by a question, not in the steps: nobody's write waits for a list. What is counted and not listed
    yet is ended once this runner's lease is over."""
    while (threads := _ask(job.store, partial(account_closing.open_received, school=school))) is not None:
        if not threads:
            return False
        for thread in threads:
            job.step(partial(account_closing.terminate_received, school=school, thread=thread))
            job.renew_lease()
    return True


def _find_unread(job: _Claimed, after: int) -> bool:
    """Look at the threads of every school. It is never done: it comes again."""
    until = _ask(job.store, notices.sweep_end)
    place: tuple[str, str] | None = None
    while until is not None and (schools := _ask(job.store, partial(notices.schools_after, after=place))):
        for _, school in schools:
            _find_unread_at(job, school, after, until)
        place = schools[-1]
        job.renew_lease()
    if until is not None:
        job.step(partial(notices.sweep_again, until=until))
    return False


def _find_unread_at(job: _Claimed, school: str, after: int, until: int) -> None:
    before: tuple[int, str] | None = None
    while True:
        page = partial(notices.unread_at, school=school, after=after, until=until, before=before)
        found = _ask(job.store, page)
        if found and found.tasks:
            job.step(partial(notices.leave, tasks=found.tasks))
        if not found or found.next is None:
            return
        before = found.next


def _refresh_reply_times(job: _Claimed) -> bool:
    """Look at every school in which a week has begun. It is never done: it comes again."""
    local_time = job.dependencies.local_time
    after: tuple[str, str] | None = None
    while schools := _ask(job.store, partial(figures.schools_after, after=after)):
        for school in schools:
            if _ask(job.store, partial(figures.is_due, school=school, local_time=local_time)):
                job.step(partial(figures.refresh, school=school.after[1], local_time=local_time))
        after = schools[-1].after
        job.renew_lease()
    job.step(figures.refresh_again)
    return False


def _tell_unread(job: _Claimed, task: TellUnread) -> bool:
    verdict = job.step(partial(notices.decide, id=job.id, task=task, local_time=job.dependencies.local_time))
    if verdict is notices.Verdict.TELL:
        _mail_notice(job, task.party)
    return verdict is not notices.Verdict.WAIT


def _mail_notice(job: _Claimed, party: str) -> None:
    letter = _ask(job.store, partial(notices.notice, party=party))
    if letter is not None:
        job.dependencies.mail.tell_of_message(letter)


def _write(job: _Claimed, worker: str) -> bool:
    letter = _ask(job.store, partial(job_steps.invitation_letter, worker=worker))
    if letter is not None and letter.wait > 0:
        job.step(partial(job_steps.wait_for_letters, id=job.id, wait=letter.wait))
        return False
    if letter is not None:
        job.dependencies.mail.invite_worker(letter.invited)
        job.step(partial(job_steps.letter_written, worker=worker))
    return True


def _close(job: _Claimed, party: str) -> None:
    job.step(partial(account_closing.finish_closing, school=party))
    if _ask(job.store, partial(account_closing.is_active, party=party)):
        return
    job.until_done(partial(account_closing.detach_next, party=party))
    login = _ask(job.store, partial(account_closing.login_of, party=party))
    if login is not None:
        job.dependencies.identity.forget(login.issuer, login.subject)
    job.store.run(partial(account_closing.purge_party, party=party))
    job.purge(PartyKey(party))


def _ask(store: Store, use_case: UseCase[A]) -> A | None:
    outcome = store.ask(use_case)
    return outcome.answer if isinstance(outcome, Plan) else None
