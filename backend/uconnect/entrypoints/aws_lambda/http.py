"""The function behind the HTTP API. API Gateway has matched the route and verified the token."""

import base64
import time
from collections.abc import Callable, Mapping
from functools import cache
from hmac import compare_digest
from http import HTTPStatus
from math import inf
from typing import Any

from uconnect.api import http, stop_page
from uconnect.api.health import Reason, Report
from uconnect.api.http import EncodedAnswer
from uconnect.api.http_calls import HttpCalls
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.application.service import complete
from uconnect.domain.context import Plan
from uconnect.domain.usecases import job_steps
from uconnect.entrypoints.aws_lambda import dependencies
from uconnect.entrypoints.aws_lambda.entry_point import entry_point
from uconnect.entrypoints.aws_lambda.gateway_event import body_of
from uconnect.entrypoints.aws_lambda.service import CallService

Event = Mapping[str, Any]
Response = dict[str, Any]

FRESH = 5.0  # seconds that a report of health is answered again
ROUTES = {f"{operation.method} {operation.path}": operation for operation in OPERATIONS}
SERVICE = CallService(dependencies.store(), dependencies.gateway(), dependencies.job_trigger)
AUTHENTICATION = dependencies.authentication(SERVICE)
FRONT = dependencies.front_secret()
FRONT_SECRET = "x-front-secret"  # noqa: S105 - a header's name; the template has it, too
CALLS = HttpCalls(SERVICE, AUTHENTICATION, time.time)


@entry_point
def handler(event: Event, _: object) -> Response:
    """Answer one call (HTTP API event, payload format 2.0)."""
    answer = _answer(event) if _came_by_the_front(event) else http.FORBIDDEN
    text = answer.media_type == http.JSON
    return {
        "statusCode": answer.status.value,
        "headers": {**answer.headers, "Content-Type": answer.media_type},
        "body": answer.body.decode() if text else base64.b64encode(answer.body).decode(),
        "isBase64Encoded": not text,
    }


def _came_by_the_front(event: Event) -> bool:
    """Whether CloudFront has passed a call on, where it is in front: who calls the gateway itself would pass by the
    operator's web ACL. In equal time, whatever is shown."""
    shown = event["headers"].get(FRONT_SECRET, "") if FRONT else ""
    return not FRONT or compare_digest(shown.encode(errors="replace"), FRONT.encode())


def _answer(event: Event) -> EncodedAnswer:
    open_to_all = OPEN.get(event["routeKey"])
    return open_to_all(event) if open_to_all else _call(ROUTES[event["routeKey"]], event)


def _call(operation: Operation, event: Event) -> EncodedAnswer:
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    who = AUTHENTICATION.principal(claims, event["headers"]["authorization"])
    if who is None:
        return http.UNAUTHORIZED
    query = event.get("rawQueryString", "")
    return complete(CALLS.answer(operation, _id(event), who, query, body_of(event)))


def _id(event: Event) -> str:
    return str((event.get("pathParameters") or {}).get("id", ""))


# --- for everybody


class Health:
    """As the server answers, of what is seen from here: the store and its jobs. AWS's alarms see the rest.

    The table is asked once in FRESH seconds at most, so a flood of questions is no load on it.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._found, self._at = http.encode_health(Report()), -inf

    def answer(self) -> EncodedAnswer:
        if self._now() - self._at >= FRESH:
            self._found, self._at = http.encode_health(Report(_reasons())), self._now()
        return self._found


def _reasons() -> tuple[Reason, ...]:
    outcome = complete(SERVICE.ask(job_steps.health))
    if not isinstance(outcome, Plan):
        return (Reason.READ_FAILS,)
    if outcome.answer.overdue:
        return (Reason.JOBS_OVERDUE,)
    return (Reason.JOBS_SET_ASIDE,) if outcome.answer.set_aside else ()


HEALTH = Health()


@cache
def _openapi() -> EncodedAnswer:
    import msgspec  # noqa: PLC0415 - people ask for the description, and seldom

    from uconnect.api.openapi import document  # noqa: PLC0415 - (the same)

    return EncodedAnswer(HTTPStatus.OK, msgspec.json.encode(document(dependencies.url())))


OPEN: dict[str, Callable[[Event], EncodedAnswer]] = {
    "GET /api/health": lambda _: HEALTH.answer(),
    "GET /api/openapi.json": lambda _: _openapi(),
    "GET /api/pictures/{id}": lambda event: complete(CALLS.picture(_id(event))),
    "GET /api/invitations/{id}": lambda event: complete(CALLS.invitation(_id(event))),
    "GET /api/notices/{id}": lambda _: stop_page.QUESTION,
    "POST /api/notices/{id}": lambda event: complete(CALLS.stop(_id(event))),
}
