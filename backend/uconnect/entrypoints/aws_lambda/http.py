"""The function behind the HTTP API. API Gateway has matched the route and verified the token."""

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from http import HTTPStatus
from typing import Any

from uconnect.api import http
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.api.read_rate_limit import ReadPace
from uconnect.domain.context import Delivery, Plan
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.usecases import job_steps, profiles
from uconnect.domain.usecases.registration import Registration
from uconnect.entrypoints.aws_lambda import dependencies, service

Event = Mapping[str, Any]
Response = dict[str, Any]

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Type": "application/json",
}
PICTURE_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",  # another picture has another id
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Content-Type": "image/webp",
}
ROUTES = {f"{operation.method} {operation.path}": operation for operation in OPERATIONS}

STORE = dependencies.store()
AUTHENTICATION = dependencies.authentication()
GATEWAY = dependencies.gateway()
READS = ReadPace()  # of this process: see docs/decisions/0021-by-the-clock.md


def handler(event: Event, _: object) -> Response:
    """Answer one call (HTTP API event, payload format 2.0)."""
    open_to_all = OPEN.get(event["routeKey"])
    return open_to_all(event) if open_to_all else _call(ROUTES[event["routeKey"]], event)


def _call(operation: Operation, event: Event) -> Response:
    """In the order of the server: is there a token, is the body too long, is it too fast, whose is it, is it
    well formed."""
    authorization = event["headers"]["authorization"]
    who = AUTHENTICATION.principal(event["requestContext"]["authorizer"]["jwt"]["claims"])
    if who is None or not authorization.lower().startswith("bearer "):  # the gateway takes a token without it, too
        return _response(*http.UNAUTHORIZED)
    body = _body(event)
    if len(body) > http.BODY_BYTES:
        return _answer(RefusalCode.TOO_LARGE.refusal)
    if operation.read_paced and not READS.admits(who.subject):
        return _sent(http.TOO_FAST)
    if operation.newcomers:
        newcomer = AUTHENTICATION.who(who, authorization)
        if isinstance(newcomer, Refusal):
            return _answer(newcomer)
        return _answer(_outcome(operation, "", event, body, newcomer))
    by = AUTHENTICATION.caller(who, authorization)
    if isinstance(by, Refusal):
        return _answer(by)
    refusal = http.check_recent_sign_in(operation, who.authenticated, time.time())
    return _answer(refusal or _outcome(operation, by, event, body))


def _outcome(operation: Operation, by: str, event: Event, body: bytes, who: Registration | None = None) -> http.Outcome:
    use_case = http.prepare_use_case(operation, by, _id(event), event.get("rawQueryString", ""), body, who=who)
    if isinstance(use_case, Refusal):
        return use_case
    if not operation.writes:
        return service.ask(STORE, use_case)
    outcome, dues = service.run(STORE, use_case, GATEWAY.deliver)
    _tell(outcome.deliveries if isinstance(outcome, Plan) else (), dues)
    return outcome


def _tell(deliveries: Sequence[Delivery], dues: Sequence[int]) -> None:
    """Delivers to the first party, and leaves the others and the jobs to another function.

    The answer to a call leaves when this function returns: a raiser must not wait until a worker's sockets have taken
    their frames.
    """
    # equal work: leak 30. One invocation, however many others there are and whatever sockets they have.
    others = [it for it in deliveries if it.to != deliveries[0].to]
    GATEWAY.deliver([it for it in deliveries if it.to == deliveries[0].to])
    if (others or dues) and not dependencies.job_trigger()(others, dues):
        GATEWAY.deliver(others)


def _id(event: Event) -> str:
    return str((event.get("pathParameters") or {}).get("id", ""))


def _body(event: Event) -> bytes:
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")


def _answer(outcome: http.Outcome) -> Response:
    return _sent(http.encode_outcome(outcome))


def _sent(answer: http.EncodedAnswer) -> Response:
    return {"statusCode": answer.status.value, "headers": {**HEADERS, **answer.headers}, "body": answer.body.decode()}


def _response(status: HTTPStatus, body: bytes) -> Response:
    return {"statusCode": status.value, "headers": HEADERS, "body": body.decode()}


# --- for everybody


def _health(_: Event) -> Response:
    """As the embedded home answers, of what is seen from here: the store and its jobs. AWS's alarms see the rest."""
    outcome = service.ask(STORE, job_steps.health)
    if not isinstance(outcome, Plan):
        return _well("fail", "read_fails")
    if outcome.answer.overdue:
        return _well("fail", "jobs_overdue")
    return _well("warn", "jobs_set_aside") if outcome.answer.set_aside else _well("pass")


def _well(status: str, *reasons: str) -> Response:
    serves = status != "fail"
    said = {"serves": serves, "status": status, "reasons": reasons}
    return _response(HTTPStatus.OK if serves else HTTPStatus.SERVICE_UNAVAILABLE, json.dumps(said).encode())


def _picture(event: Event) -> Response:
    """A school's picture, for everyone who has its id: it is shown where no token can be sent."""
    id = _id(event)
    outcome = (
        service.ask(STORE, partial(profiles.picture, id=id)) if http.ID.fullmatch(id) else RefusalCode.NOT_FOUND.refusal
    )
    if isinstance(outcome, Refusal):
        return _answer(outcome)
    image = base64.b64encode(outcome.answer).decode()
    return {"statusCode": 200, "headers": PICTURE_HEADERS, "body": image, "isBase64Encoded": True}


def _invitation(event: Event) -> Response:
    """Who invites to a place: read by whoever opened a letter's link, before they sign in."""
    return _answer(service.ask(STORE, http.invitation(_id(event))))


def _openapi(_: Event) -> Response:
    return _response(HTTPStatus.OK, _described())


@cache
def _described() -> bytes:
    import msgspec  # noqa: PLC0415 - the description is asked for by people, and seldom

    from uconnect.api.openapi import document  # noqa: PLC0415 - (the same)

    return msgspec.json.encode(document(dependencies.url()))


OPEN: dict[str, Callable[[Event], Response]] = {
    "GET /api/health": _health,
    "GET /api/openapi.json": _openapi,
    "GET /api/pictures/{id}": _picture,
    "GET /api/invitations/{id}": _invitation,
}
