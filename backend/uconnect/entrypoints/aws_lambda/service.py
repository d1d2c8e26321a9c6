"""The application service of the function that answers HTTP calls. Another one does what callers must not wait for."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from uconnect.adapters.realtime.api_gateway import Gateway
from uconnect.application.ports import Store
from uconnect.application.service import ApplicationService, Blocking
from uconnect.domain.context import Delivery, DueJob, Plan
from uconnect.domain.errors import Refusal

if TYPE_CHECKING:
    from uconnect.entrypoints.aws_lambda.job_trigger import JobTrigger


class CallService(ApplicationService):
    """Delivers to the caller's own sockets. The job trigger delivers to the others, and does the jobs.

    A process serves one call at a time, so the jobs noted since the last `tell` are this call's.
    """

    def __init__(self, store: Store, gateway: Gateway, job_trigger: "Callable[[], JobTrigger]") -> None:
        super().__init__(Blocking(store), gateway)
        self._job_trigger = job_trigger
        self._jobs: tuple[DueJob, ...] = ()
        self._earlier: tuple[Delivery, ...] = ()  # of plans of this call that another followed

    def note_jobs(self, jobs: tuple[DueJob, ...]) -> None:
        self._jobs += jobs

    def tell(self, outcome: Plan[Any] | Refusal, exclude: Any = None) -> None:
        """Tell the first party, and leave the others and the jobs to another function.

        The answer to a call leaves when this function returns. A raiser must not wait for it until a worker's sockets
        have taken their frames, not even if the other function cannot be invoked (equal work: leak 30). The others then
        find the change when they ask next.
        """
        jobs, self._jobs = self._jobs, ()
        deliveries, self._earlier = self._earlier, ()
        deliveries += outcome.deliveries if isinstance(outcome, Plan) else ()
        others = [it for it in deliveries if it.to != deliveries[0].to]
        self.deliveries.deliver([it for it in deliveries if it.to == deliveries[0].to], exclude)
        if others or jobs:
            self._job_trigger()(others, jobs)

    def between(self, plan: Plan[Any]) -> None:
        self.note_jobs(plan.jobs)
        self._earlier += plan.deliveries
