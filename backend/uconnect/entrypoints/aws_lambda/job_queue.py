"""The queue that hands each job to a run of the function, at its random moment (decision 0086).

A message names a job and when it becomes due, and nothing else. What is to be done stays in the table, so a message may
be lost or come twice: the schedule finds the job, and who comes second finds it taken.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from uconnect.domain.context import JOBS_WITHIN, DueJob

log = logging.getLogger("uconnect")


class JobQueue:
    """Puts jobs into the queue, each with the delay until it is due."""

    def __init__(self, client: Callable[[], Any], url: str, now: Callable[[], int]) -> None:
        self._make = client
        self._url = url
        self._now = now

    @cached_property
    def _client(self) -> Any:
        return self._make()

    def put(self, jobs: Sequence[DueJob]) -> None:
        """Jobs that are due later than JOBS_WITHIN are the schedule's, and so are all if they cannot be put."""
        now = self._now()
        soon = [(job, max(0, job[1] - now)) for job in jobs if job[1] - now <= JOBS_WITHIN]
        for job, wait in soon:
            body = msgspec.json.encode(job).decode()
            seconds = -(-wait // 1000)  # rounded up: a job is not handed over before it is due
            try:
                self._client.send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=seconds)
            except (ClientError, BotoCoreError) as error:
                log.warning("a job waits for its minute: %s", type(error).__name__)


def received(event: Mapping[str, Any]) -> tuple[DueJob, ...]:
    """The jobs of the messages that a run is invoked with."""
    return tuple(msgspec.json.decode(it["body"], type=DueJob) for it in event["Records"])
