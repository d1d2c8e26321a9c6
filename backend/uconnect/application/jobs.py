"""Does the jobs that transactions left, by turns: a long one keeps no other waiting. Each is struck off when done."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from uconnect.application.job_tasks import ClaimedJob, Counting, JobDependencies, Slices, do, log_failure, run
from uconnect.application.ports import Store, Unavailable
from uconnect.application.service import ask
from uconnect.domain.context import Plan, UseCase
from uconnect.domain.jobs import FindUnread, RefreshReplyTimes
from uconnect.domain.models import Job, StoredJob
from uconnect.domain.usecases import figures, job_steps
from uconnect.domain.views import admin

__all__ = ["JobDependencies", "JobRunner", "log_failure", "run", "run_due_jobs"]

LONG_AT_ONCE = 16  # long jobs that take turns; each keeps its lease, at a read a turn of any of them
COUNT_TRIES = 4
FindJobs = UseCase[tuple[StoredJob, ...]]
KEEPS_ITS_PLACE = FindUnread | RefreshReplyTimes  # begun again, they would begin from the start


def run_due_jobs(
    store: Store,
    dependencies: JobDependencies,
    lease: int = job_steps.LEASE,
    may_go_on: Callable[[], bool] = lambda: True,
    find: FindJobs = job_steps.due_jobs,
) -> int:
    """Do the jobs that `find` finds to their end, and whatever it finds meanwhile. Returns how many were finished.

    Blocks; may be cut short and run again. Once `may_go_on` says no, long jobs are left for whoever comes next. Raises
    Unavailable if a job could not be claimed: the others were done, and none waits for the end of a lease.
    """
    runner = JobRunner(store, dependencies, lease, may_go_on, find)
    try:
        done = runner.take_turns()
        while runner.has_long_jobs and may_go_on():
            done += runner.take_turns()
    finally:
        runner.let_go()
    return done


@dataclass(frozen=True, slots=True)
class _LongJob:
    """A job that was not done in its first turn, and the rest of it."""

    job: ClaimedJob
    kind: str
    slices: Slices


@dataclass(frozen=True, slots=True)
class _Uncounted:
    """A job that has done what it was for, and ends when it is counted."""

    id: str
    kind: str
    counts: Counting


class JobRunner:
    """Does jobs by turns. In a turn a job does one slice, a few transactions at most.

    Each job that has become due gets its first turn, in which most are done; then one long job gets another, and so
    on. So a job that has become due waits for one slice, and for the first turns of those that are due before it; and
    a long job has a share, however many others come.

    Each job is claimed for `lease` ms before it is done, so any number of runners may run at once. A long job's lease
    is renewed.
    """

    def __init__(
        self,
        store: Store,
        dependencies: JobDependencies,
        lease: int = job_steps.LEASE,
        may_go_on: Callable[[], bool] = lambda: True,
        find: FindJobs = job_steps.due_jobs,
    ) -> None:
        self._store = store
        self._find = find
        self._dependencies = dependencies
        self._lease = lease
        self._may_go_on = may_go_on
        self._long: deque[_LongJob] = deque()
        self._uncounted: list[_Uncounted] = []

    @property
    def has_long_jobs(self) -> bool:
        """Whether jobs wait for their next turn."""
        return bool(self._long)

    def take_turns(self) -> int:
        """A first turn for each job that is found, and one more for one long job. Then all that they counted is kept.
        Returns how many jobs were finished. Raises Unavailable, once all that is done is counted, if one could not be
        begun."""
        done, busy = 0, None
        for turn in self._turns():
            if not self._may_go_on():
                break
            try:
                self._keep_leases()
                done += turn()
            except Unavailable as error:
                busy = error
        done += self._count()
        if busy is not None:
            raise busy
        return done

    def _turns(self) -> Iterator[Callable[[], bool]]:
        ours = {it.job.id for it in self._long}
        for job in ask(self._store, self._find) or ():
            if job.id not in ours:
                yield partial(self._begin, job)
        if self._long:
            yield lambda: self._take_turn(self._long.popleft())

    def let_go(self) -> None:
        """Leave the long jobs to whoever comes next: at once, or when their leases are over if the store is busy."""
        while self._long:
            try:
                self._leave(self._long.popleft())
            except Unavailable as error:
                self._dependencies.failed(error)

    def _keep_leases(self) -> None:
        """Called before each turn, whosever: the long jobs stay this runner's."""
        for long in self._long:
            long.job.renew_lease()

    def _begin(self, job: StoredJob) -> bool:
        """Give a job its first turn, unless another runner has it. True if it is done."""
        if not isinstance(job, Job) or job_steps.is_poison(job):
            if _changed(self._store, partial(job_steps.set_aside, job=job)):
                self._dependencies.set_aside(admin.kind_of(job))
            return False
        if not _changed(self._store, partial(job_steps.claim, job=job, lease=self._lease)):
            return False
        claimed = ClaimedJob(self._store, self._dependencies, job.id, self._lease)
        long = _LongJob(claimed, admin.kind_of(job), do(claimed, job.task))
        done = self._take_turn(long)
        if len(self._long) > LONG_AT_ONCE and self._long[-1] is long and not isinstance(job.task, KEEPS_ITS_PLACE):
            self._leave(self._long.pop())
        return done

    def _take_turn(self, long: _LongJob) -> bool:
        """Do a slice of a job; True if it is done. If there is more of it, it waits for its next turn, behind the other
        long ones. A job that fails keeps no other waiting."""
        try:
            with self._dependencies.measured(long.kind):
                next(long.slices)
        except StopIteration as ended:
            if ended.value is True:
                self._store.run(partial(job_steps.finish_job, id=long.job.id))
            elif ended.value:
                self._uncounted.append(_Uncounted(long.job.id, long.kind, ended.value))
            self._dependencies.progressed()
            return ended.value is True
        except Exception as error:  # noqa: BLE001 - whatever it is, the other jobs are done
            self._postpone(error, long.job.id, long.kind)
            self._dependencies.progressed()
            return False
        self._long.append(long)
        self._dependencies.progressed()
        return False

    def _count(self) -> int:
        """Count what jobs found, of each school together, which ends them. Returns how many."""
        kinds = {it.id: it.kind for it in self._uncounted}
        groups = figures.grouped((it.id, it.counts) for it in self._uncounted)
        self._uncounted, done = [], 0
        for group in groups:
            try:
                self._count_group(group)
                done += len(group)
            except Exception as error:  # noqa: BLE001 - (the same)
                for id, _ in group:
                    self._postpone(error, id, kinds[id])
            self._dependencies.progressed()
        return done

    def _count_group(self, group: tuple[figures.JobCount, ...]) -> None:
        """Of many runners that count for one school at once, one may find others in its way more often than a store
        tries."""
        for tries_left in reversed(range(COUNT_TRIES)):
            try:
                self._store.run(partial(figures.count, counts=group, local_time=self._dependencies.local_time))
            except Unavailable:
                if not tries_left:
                    raise
            else:
                return

    def _postpone(self, error: Exception, id: str, kind: str) -> None:
        """If the store is too busy for it, the end of the lease does the same."""
        self._dependencies.failed(error)
        try:
            if _changed(self._store, partial(job_steps.postpone_job, id=id)):
                self._dependencies.set_aside(kind)
        except Unavailable as busy:
            self._dependencies.failed(busy)

    def _leave(self, long: _LongJob) -> None:
        long.slices.close()
        outcome = self._store.run(partial(job_steps.release, id=long.job.id))
        if isinstance(outcome, Plan):
            self._dependencies.left(outcome.jobs)


def _changed(store: Store, use_case: UseCase[bool]) -> bool:
    outcome = store.run(use_case)
    return isinstance(outcome, Plan) and outcome.answer
