"""As much of Lambda and SQS as background jobs meet, in virtual time.

Lambda runs as many of a function as are asked for. A queue holds each message for its delay, and hands those that are
there to runs of a function, BATCH at most to each, and so many runs at once as its event source mapping may
(https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html). What a run that fails was handed comes again
when the visibility timeout is over, which nobody here waits for.
"""

import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tests.support.virtual_time import VirtualTime

ANSWERED = (0.008, 0.020)  # s until Lambda or SQS has taken something
BEGUN = (0.005, 0.050)  # s until a run begins, or a message is found
BATCH = 10
TIMEOUT = 300.0  # s

Handler = Callable[[dict[str, Any], Callable[[], float]], None]  # an event, and how many s are left


class VirtualLambda:
    """Stands in for the SDK's client. `most` is how many runs of a function there were at once, at most, and `paid` how
    many seconds they took together."""

    def __init__(self, time: VirtualTime, functions: Mapping[str, Handler]) -> None:
        self._time = time
        self._functions = functions
        self._running: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.paid: defaultdict[str, float] = defaultdict(float)
        self.failures: Counter[str] = Counter()

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> None:  # noqa: N803 - as the SDK spells it
        assert InvocationType == "Event"
        self._time.take(*ANSWERED)
        self.start(FunctionName, json.loads(Payload))

    def start(self, name: str, event: dict[str, Any], ended: Callable[[], None] = lambda: None) -> None:
        """Let a run begin. `ended` is called when it has ended, well or not."""

        def run() -> None:
            self._running[name] += 1
            self.most[name] = max(self.most[name], self._running[name])
            begun = self._time.now
            try:
                self._functions[name](event, lambda: begun + TIMEOUT - self._time.now)
            except Exception as error:  # noqa: BLE001 - the run fails, and no other
                self.failures[type(error).__name__] += 1
            finally:
                self._running[name] -= 1
                self.paid[name] += self._time.now - begun
                ended()

        self._time.start(run, self._time.now + self._time.random.uniform(*BEGUN))


class Queue:
    """Stands in for the SDK's client of SQS, and for the event source mapping."""

    def __init__(self, time: VirtualTime, functions: VirtualLambda, name: str, most: int) -> None:
        self._time = time
        self._functions = functions
        self._name = name
        self._free = most
        self._messages: deque[str] = deque()

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:  # noqa: N803 - (the same)
        self._time.take(*ANSWERED)
        self._time.start(partial(self._arrive, MessageBody), self._time.now + DelaySeconds)

    def _arrive(self, body: str) -> None:
        self._messages.append(body)
        self._time.take(*BEGUN)
        self._hand_over()

    def _hand_over(self) -> None:
        if not self._messages or not self._free:
            return
        self._free -= 1
        records = [{"body": self._messages.popleft()} for _ in range(min(BATCH, len(self._messages)))]
        self._functions.start(self._name, {"Records": records}, self._ended)

    def _ended(self) -> None:
        self._free += 1
        self._hand_over()
