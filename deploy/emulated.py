"""ministack as it is, but for what API Gateway does by its documentation and ministack does not. Runs in its own venv.

- a binary frame closes the socket with 1003, one above 32 KB with 1009 (Developer Guide, "WebSocket API status codes")
- the 401 of an HTTP API is written without a space
- a frame that no JSON parser can read goes to $default
"""

import sys
from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app
from ministack.services import apigateway

FRAME_BYTES = 32 * 1024
Message = dict[str, Any]

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


def unauthorized(message: str = "Unauthorized") -> tuple[int, dict[str, str], bytes]:
    return 401, {"Content-Type": "application/json"}, b'{"message":"%s"}' % message.encode()


apigateway.handle_websocket = handle_websocket
apigateway._evaluate_route_selection = evaluate_route_selection  # noqa: SLF001 - (the same)
apigateway._jwt_unauthorized = unauthorized  # noqa: SLF001 - (the same)

if __name__ == "__main__":
    sys.exit(app.main())
