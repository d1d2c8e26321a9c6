"""Leaves to the function of the jobs what a call must not wait for: posts to other parties, and jobs."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from uconnect.domain import protocol
from uconnect.domain.context import Delivery, DueJob

if TYPE_CHECKING:
    from types_boto3_lambda.client import LambdaClient

log = logging.getLogger("uconnect")


class Handed(Struct, frozen=True):
    """The payload of an invocation: whom to tell what, and the jobs that the call left."""

    tell: tuple[tuple[str, protocol.ServerFrame | None], ...] = ()
    jobs: tuple[DueJob, ...] = ()

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        return tuple(Delivery(to, frame) for to, frame in self.tell)


class JobTrigger:
    """Invokes the function without waiting for it (equal work: leak 30).

    A caller waits for one invocation, whatever the school's policy, and however many sockets the others have.
    """

    def __init__(self, client: "Callable[[], LambdaClient]", function: str) -> None:
        self._make = client
        self._function = function

    @cached_property
    def _client(self) -> "LambdaClient":
        return self._make()  # most calls leave no job, and the client takes a while to make

    def __call__(self, others: Sequence[Delivery], jobs: Sequence[DueJob]) -> None:
        """Invoke it. If that fails, the schedule finds the jobs, and the others find the change when they ask next."""
        payload = msgspec.json.encode({"tell": [(it.to, it.frame) for it in others], "jobs": jobs})
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=payload)
        except (ClientError, BotoCoreError) as error:
            log.warning("others are not told, and jobs wait for their minute: %s", type(error).__name__)


def unpacked(event: Mapping[str, Any]) -> Handed:
    """What a call has handed over."""
    return msgspec.convert(event, Handed)
