"""Says that a call left work: the function that does it begins now, and not at the next minute."""

import logging
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from types_boto3_lambda.client import LambdaClient

log = logging.getLogger("uconnect")


class Nudge:
    """Whoever raises a thread waits for this alike, whatever its school's policy: each raise leaves work."""

    def __init__(self, client: "Callable[[], LambdaClient]", function: str) -> None:
        self._make = client
        self._function = function

    @cached_property
    def _client(self) -> "LambdaClient":
        return self._make()  # most calls leave no work, and its client takes a while to make

    def __call__(self) -> None:
        """Nothing is lost if it fails: the schedule finds the work too."""
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=b"{}")
        except (ClientError, BotoCoreError) as error:
            log.warning("todos wait for their minute: %s", type(error).__name__)
