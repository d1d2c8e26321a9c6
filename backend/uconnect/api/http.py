"""Turns an HTTP call into a use case, and its outcome into a status, headers and bytes. No I/O."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial, wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import structs

from uconnect.api.decode_errors import DECODE_ERRORS, decode, malformed
from uconnect.api.health import Report, Status
from uconnect.api.images import MEDIA_TYPE, reencode
from uconnect.api.invitees import addressed
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.api.requests import Query
from uconnect.application.security_headers import SECURITY_HEADERS
from uconnect.domain.context import Context, Plan, UseCase
from uconnect.domain.errors import STATUS, Refusal, RefusalCode
from uconnect.domain.keys import LoginKey
from uconnect.domain.request_bodies import Body, EmptyBody, Invite, PictureUpload
from uconnect.domain.usecases import invitations, profiles
from uconnect.domain.usecases.registration import Registration

Outcome = Plan[Any] | Refusal

BODY_BYTES = 32 * 1024  # as much as a frame: nothing that comes in over HTTP is longer than a message
JSON = "application/json"
HEADERS = SECURITY_HEADERS | {"Cache-Control": "no-store"}
PICTURE_HEADERS = SECURITY_HEADERS | {
    "Cache-Control": "public, max-age=31536000, immutable"
}  # another picture has another id


@dataclass(frozen=True, slots=True)
class EncodedAnswer:
    """A status, a body and its headers. The home adds the headers of `media_type` and length."""

    status: HTTPStatus
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: HEADERS)
    media_type: str = JSON


# API Gateway answers these by itself, in words that nobody can change there. The server says the same.
UNAUTHORIZED = EncodedAnswer(HTTPStatus.UNAUTHORIZED, b'{"message":"Unauthorized"}')
FORBIDDEN = EncodedAnswer(HTTPStatus.FORBIDDEN, b'{"message":"Forbidden"}')
NO_ROUTE = EncodedAnswer(HTTPStatus.NOT_FOUND, b'{"message":"Not Found"}')


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace(r"\{id\}", "(?P<id>[^/]+)"))


ROUTES = [(operation, _pattern(operation.path)) for operation in OPERATIONS]
ID = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


def find_operation(method: str, path: str) -> tuple[Operation, str] | None:
    """The operation at a method and path, with the id in it (empty if it has none)."""
    for operation, pattern in ROUTES:
        if operation.method == method and (match := pattern.fullmatch(path)):
            return operation, match.groupdict().get("id", "")
    return None


def prepare_use_case(
    operation: Operation,
    by: str,
    id: str,
    query: str,
    body: bytes,
    session: str = "",
    who: Registration | LoginKey | None = None,
) -> UseCase[Any] | Refusal:
    """The use case of a call by the party `by`, or by `who` where the operation is for people who are no party yet.

    `who` is the login by which the party came, where the operation is told that.

    Refusals: malformed, too_large, not_found (an id of another form), no_picture, unreachable_address.
    """
    if len(body) > BODY_BYTES:
        return RefusalCode.TOO_LARGE.refusal
    if "{id}" in operation.path and not ID.fullmatch(id):
        return RefusalCode.NOT_FOUND.refusal
    try:
        read = _read(operation.reads, query, body)
    except DECODE_ERRORS as error:
        return malformed(error)
    read = _cleaned(read)
    if isinstance(read, Refusal):
        return read
    given: list[Any] = [who if operation.newcomers else by]
    given += [id] if "{id}" in operation.path else []
    given += [session] if operation.session else []
    given += [who] if operation.login else []
    return _bound(operation, given, read)


def _bound(operation: Operation, given: list[Any], read: Any) -> UseCase[Any]:
    """The use case with what it is called with: see `Operation`."""
    given += [read] if isinstance(read, Body) and not isinstance(read, EmptyBody) else []
    named = structs.asdict(read) if isinstance(read, Query) else {}

    @wraps(operation.use_case)
    def use_case(context: Context) -> Plan[Any]:
        return operation.use_case(context, *given, **named)

    return use_case


def invitation(id: str) -> UseCase[Any]:
    """Who invites to a place: like a school's picture, for everyone who has its id."""
    return partial(invitations.invited_by, id=id if ID.fullmatch(id) else "")


def picture(id: str) -> UseCase[bytes]:
    """The image of a school's picture."""
    return partial(profiles.picture, id=id if ID.fullmatch(id) else "")


def _cleaned(read: Any) -> Any:
    """What was read, in the one form in which it is kept. Refusals: no_picture, unreachable_address."""
    match read:
        case PictureUpload():
            return reencode(read)
        case Invite():
            return addressed(read)
        case _:
            return read


RECENT = 600  # seconds since who calls typed a password


def check_recent_sign_in(operation: Operation, authenticated: float, now: float) -> Refusal | None:
    """Refuses what takes a sign-in of a moment ago to who signed in before that. Both times are Unix seconds."""
    return RefusalCode.SIGN_IN_AGAIN.refusal if operation.recent and now - authenticated > RECENT else None


def _read(reads: type[msgspec.Struct], query: str, body: bytes) -> Any:
    """The body for those that have one, else the query; what an operation does not read must be empty."""
    query.encode()  # raises ValueError at half a surrogate pair, which nothing after this could write
    if issubclass(reads, Body):
        if query:
            raise ValueError("This operation takes no query.")
        return decode(partial(msgspec.json.decode, type=reads), body or b"{}")
    if body:
        raise ValueError("This operation takes no body.")
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict", max_num_fields=8)
    if len(dict(pairs)) != len(pairs):
        raise ValueError("A field of the query is given twice.")
    return msgspec.convert(dict(pairs), reads, strict=False)


def encode_outcome(outcome: Outcome) -> EncodedAnswer:
    """The answer to a call: a view, or a refusal with its status."""
    if isinstance(outcome, Refusal):
        return EncodedAnswer(STATUS[outcome.code], msgspec.json.encode(outcome))
    return EncodedAnswer(HTTPStatus.OK, msgspec.json.encode(outcome.answer))


def encode_picture(outcome: Plan[bytes] | Refusal) -> EncodedAnswer:
    """A picture, or a refusal with its status."""
    if isinstance(outcome, Refusal):
        return encode_outcome(outcome)
    return EncodedAnswer(HTTPStatus.OK, outcome.answer, PICTURE_HEADERS, MEDIA_TYPE)


def encode_health(report: Report) -> EncodedAnswer:
    """200 while everybody can be served, else 503: a load balancer then sends people elsewhere."""
    status = HTTPStatus.SERVICE_UNAVAILABLE if report.status is Status.FAIL else HTTPStatus.OK
    return EncodedAnswer(status, msgspec.json.encode(report.shown()))


RETRY_AFTER = {"Retry-After": "1"}
# The answer to a caller that reads too fast, or to an address that sends too much: its next call is allowed within a
# second (`domain.rate_limit.READ`, `entrypoints.server.limits`). The same bytes for everybody.
TOO_FAST = replace(encode_outcome(RefusalCode.TOO_FAST.refusal), headers=HEADERS | RETRY_AFTER)
