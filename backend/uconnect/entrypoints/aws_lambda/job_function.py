"""What the function of the jobs does: tell others what a call decided, do the jobs it is handed, do what is left."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from uconnect.adapters.dynamodb.store import DynamoStore
from uconnect.application.jobs import FindJobs, JobDependencies, run_due_jobs
from uconnect.application.ports import Unavailable
from uconnect.application.service import ask
from uconnect.domain.context import DueJob, UseCase
from uconnect.domain.keys import JobKey
from uconnect.domain.usecases import figures, job_steps, notices, retention
from uconnect.domain.views.admin import JobBacklog
from uconnect.entrypoints.aws_lambda.job_queue import JobQueue
from uconnect.entrypoints.aws_lambda.job_trigger import Handed

RECURRING: tuple[JobKey, ...] = (figures.REFRESH, notices.FIND_UNREAD, retention.FIND_SILENT)
MayGoOn = Callable[[], bool]


class JobFunction:
    """Runs of any number side by side do each job once: each is claimed before it is done.

    A call's jobs go into a queue, which hands them to runs by their ids, and bounds how many of these run at once. What
    such a run does not do, or not to the end, is found by the schedule's.
    """

    def __init__(self, store: DynamoStore, dependencies: JobDependencies, queue: JobQueue) -> None:
        self._store = store
        self._queue = queue
        self._dependencies = replace(dependencies, left=self.leave)

    def take_over(self, handed: Handed) -> None:
        """Tell others at once, and leave the jobs to the queue: nobody is paid to wait for their moments."""
        self._dependencies.deliver(handed.deliveries)
        self._queue.put(handed.jobs)

    def leave(self, jobs: tuple[DueJob, ...]) -> None:
        """Leave jobs to the queue that were written here."""
        self._queue.put(jobs)

    def do(self, jobs: Sequence[DueJob], may_go_on: MayGoOn) -> None:
        """Do these jobs. What others do, and what becomes due meanwhile, is not looked for."""
        self._run(partial(job_steps.handed_jobs, handed=tuple(jobs)), may_go_on)

    def do_late(self, begin: Sequence[UseCase[None]], may_go_on: MayGoOn) -> None:
        """Make the jobs that come again and again, if there are none, and do these and all that nobody has done."""
        moving = self._store.move_jobs()
        for each in begin:
            self._store.run(each)
        find = partial(job_steps.late_jobs, recurring=RECURRING)
        while may_go_on() and (self._run(find, may_go_on) or moving):
            moving = moving and self._store.move_jobs()
        self._store.count_threads(may_go_on)

    def backlog(self) -> JobBacklog | None:
        """How far the jobs are behind. None if it cannot be read."""
        return ask(self._store, job_steps.backlog)

    def _run(self, find: FindJobs, may_go_on: MayGoOn) -> int:
        """A store that stays busy fails no run: what could not be claimed is the next schedule's."""
        try:
            return run_due_jobs(self._store, self._dependencies, may_go_on=may_go_on, find=find)
        except Unavailable as error:
            self._dependencies.failed(error)
            return 0
