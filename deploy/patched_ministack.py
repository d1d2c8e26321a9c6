"""Runs ministack with patches, in its own environment. They close gaps between it and AWS's documentation:

- A binary frame closes the socket with 1003, one above 32 KB with 1009 (Developer Guide, "WebSocket API status codes").
- The 401 of an HTTP API is written without a space.
- A frame that no JSON parser can read goes to $default.
- SAM is told the parameters that were given, and not their defaults alone.
- It has no CodeDeploy, so DeploymentPreference is taken out: an update moves all calls at once.

Three patches are for the tests:

- While a function works on a call, there is a file `working` in STATE_DIR. Tests wait until it is gone, because no
  answer says when the function of the jobs is done. A run for the queue does not count.
- Two runs at once do the jobs of a queue, not five: each is a process, and is slow to begin.
- After an invocation it waits 50 ms for lines of the log only if the function failed: ours log nothing else.
"""

import contextvars
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core.lambda_runtime import Worker
from ministack.services import apigateway, lambda_svc
from ministack.services.cloudformation import changesets, engine, handlers
from samtranslator.translator import transform as sam

FRAME_BYTES = 32 * 1024
Message = dict[str, Any]

drain = Worker._drain_stderr_bounded  # noqa: SLF001 - it is pinned
drive, select = apigateway.handle_websocket, apigateway._evaluate_route_selection  # noqa: SLF001 - it is pinned


async def handle_websocket(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
    *rest: Any,
    **named: Any,
) -> None:
    async def heard() -> Message:
        message = await receive()
        code = refused(message)
        if not code:
            return message
        await send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}

    await drive(scope, heard, send, *rest, **named)


def refused(message: Message) -> int:
    """The code a message closes its socket with; 0 if none."""
    if message["type"] != "websocket.receive":
        return 0
    if message.get("text") is None:
        return 1003
    return 1009 if len(message["text"].encode()) > FRAME_BYTES else 0


def evaluate_route_selection(expression: str, payload: str) -> str:
    try:
        return str(select(expression, payload))
    except RecursionError:
        return "$default"


apply, transform = engine._apply_transforms, sam.transform  # noqa: SLF001 - (the same)
parameters: contextvars.ContextVar[Message] = contextvars.ContextVar("parameters")
execute, invoke = lambda_svc._execute_function, lambda_svc.invoke_async_with_retry  # noqa: SLF001 - (the same)
WORKING = Path(os.environ["STATE_DIR"]) / "working"
working, one_at_a_time = 0, threading.Lock()


def count(change: int) -> None:
    global working  # noqa: PLW0603
    with one_at_a_time:
        working += change
        if working and change > 0:
            WORKING.touch()
        elif not working:
            WORKING.unlink(missing_ok=True)


@contextmanager
def counting() -> Iterator[None]:
    count(1)
    try:
        yield
    finally:
        count(-1)


def tells(event: Any) -> bool:
    return isinstance(event, dict) and bool(event.get("tell"))


def execute_function(function: Message, event: Any, *rest: Any, **named: Any) -> Message:
    if isinstance(event, dict) and "Records" in event:
        return dict(execute(function, event, *rest, **named))
    with counting():
        return dict(execute(function, event, *rest, **named))


def invoke_async(function: Message, event: Any) -> None:
    if not tells(event):
        invoke(function, event)
        return

    def tell() -> None:
        try:
            told = lambda_svc._execute_function_with_config_scope(function, event)  # noqa: SLF001 - (the same)
        finally:
            count(-1)
        if told.get("error"):
            invoke(function, event)

    count(1)  # before the call that left this is answered
    threading.Thread(target=contextvars.copy_context().run, args=(tell,), daemon=True).start()


def transformed(template: Message, _: Message, *rest: Any) -> Message:
    for resource in template["Resources"].values():
        resource.get("Properties", {}).pop("DeploymentPreference", None)
    return dict(transform(template, parameters.get(), *rest))


def apply_transforms(template: Message, provided: Any = None, previous: Any = None) -> Any:
    before = parameters.set(engine._transform_parameters(template, provided, previous))  # noqa: SLF001 - (the same)
    try:
        return apply(template, provided, previous)
    finally:
        parameters.reset(before)


def unauthorized(message: str = "Unauthorized") -> tuple[int, dict[str, str], bytes]:
    return 401, {"Content-Type": "application/json"}, b'{"message":"%s"}' % message.encode()


def drain_stderr(worker: Worker, first_line_wait: float = 0.05, **waits: float) -> str:
    has_failed = worker._proc is None  # noqa: SLF001 - (the same)
    return str(drain(worker, first_line_wait=first_line_wait if has_failed else 0.0, **waits))


sam.transform = transformed
for module in (engine, handlers, changesets):
    module._apply_transforms = apply_transforms  # noqa: SLF001 - (the same)
Worker._drain_stderr_bounded = drain_stderr  # noqa: SLF001 - (the same)
lambda_svc._execute_function = execute_function  # noqa: SLF001 - (the same)
lambda_svc.invoke_async_with_retry = invoke_async
lambda_svc._ESM_SQS_DEFAULT_CONCURRENCY = 2  # noqa: SLF001 - (the same)
apigateway.handle_websocket = handle_websocket
apigateway._evaluate_route_selection = evaluate_route_selection  # noqa: SLF001 - (the same)
apigateway._jwt_unauthorized = unauthorized  # noqa: SLF001 - (the same)

if __name__ == "__main__":
    sys.exit(app.main())
