"""Leaves to the function of the jobs what a call must not wait for: posts to other parties, and jobs."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from uconnect.domain import protocol
from uconnect.domain.context import Delivery

if TYPE_CHECKING:
    from types_boto3_lambda.client import LambdaClient

log = logging.getLogger("uconnect")


class Handed(Struct, frozen=True):
    """The payload of an invocation. `at` is when the function shall do the jobs, ms since 1970; 0: at once."""

    tell: tuple[tuple[str, protocol.ServerFrame | None], ...] = ()
    at: int = 0


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

    def __call__(self, others: Sequence[Delivery], dues: Sequence[int]) -> None:
        """Invoke it. If that fails, the schedule finds the jobs, and the others find the change when they ask next."""
        handed = {"tell": [(it.to, it.frame) for it in others], "at": max(dues, default=0)}
        payload = msgspec.json.encode(handed)
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=payload)
        except (ClientError, BotoCoreError) as error:
            log.warning("others are not told, and jobs wait for their minute: %s", type(error).__name__)


def unpacked(event: Mapping[str, Any]) -> tuple[tuple[Delivery, ...], int]:
    """The deliveries of an invocation, and when its jobs shall be done. The schedule's invocation has none."""
    handed = msgspec.convert(event if "tell" in event else {}, Handed)
    return tuple(Delivery(to, frame) for to, frame in handed.tell), handed.at
