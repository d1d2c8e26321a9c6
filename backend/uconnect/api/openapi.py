"""The OpenAPI 3.1 document, made from the table of operations: `python -m uconnect.api.openapi > FILE` writes it."""

import sys
from base64 import b64decode
from collections.abc import Collection
from itertools import groupby
from typing import Any

import msgspec
from msgspec import Struct, structs

import uconnect
from uconnect.api.operations import BY_ANY, BY_PARTY, OPERATIONS, Operation
from uconnect.domain.enums import Policy
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.keys import Mailbox
from uconnect.domain.request_bodies import (
    AddSavedReply,
    AvailabilityUpdate,
    Body,
    EmptyBody,
    HandBack,
    HideWords,
    Invite,
    NameUpdate,
    NoticeUpdate,
    Offload,
    OpeningHours,
    PictureUpload,
    PolicyUpdate,
    ProfileUpdate,
    Raise,
    SavedReplyUpdate,
    SearchThreads,
    SendMessage,
    SnoozeThread,
    WriteNote,
)

UNAUTHORIZED = {
    "description": "The access token is missing or no longer valid.",
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["message"], "properties": {"message": {"const": "Unauthorized"}}},
            "example": {"message": "Unauthorized"},
        }
    },
}
TEMPLATE = "#/components/schemas/{name}"

KEY, ID = "b3f1c2d4-0a6e-4f5b", "Zm9yIGV4YW1wbGUgb25seQ"
PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")
EXAMPLES: dict[type[Struct], Struct] = {
    type(body): body
    for body in (
        NameUpdate(name="Nora Lind"),
        AvailabilityUpdate(available=False),
        NoticeUpdate(by_email=False),
        ProfileUpdate(
            about="We answer within a day.",
            hours=(OpeningHours(day=1, opens=9 * 60, closes=17 * 60),),
            zone="Europe/Oslo",
        ),
        PictureUpload(image=PIXEL),
        PolicyUpdate(policy=Policy.AUTOMATIC),
        Raise(key=KEY, school=ID, subject="A lost student card", text="Where do I get a new one?"),
        Offload(worker=ID),
        HandBack(reason="The messages tell me who asked."),
        HideWords(words=("Uma Petrov", "uma@uni.example")),
        SnoozeThread(until=1_800_000_000_000),
        SendMessage(key=KEY, text="Which door is it?"),
        WriteNote(key=KEY, text="I asked the dean."),
        AddSavedReply(key=KEY, folder="Cards", title="A lost card", text="Come to {school}, room 4."),
        SavedReplyUpdate(folder="Student cards"),
        Invite(key=KEY, email="wim@example.org", name="Wim Bos"),
        SearchThreads(mailbox=Mailbox.RAISED, words="lost card"),
    )
}


def document(url: str) -> dict[str, Any]:
    """The document for a home reached at `url`."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "uconnect", "version": uconnect.VERSION, "description": uconnect.__doc__},
        "servers": [{"url": url}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": {"Unauthorized": UNAUTHORIZED, **{f"Refused{status}": it for status, it in COMMON.items()}},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def source() -> str:
    """docs/openapi.json: the document of a home on this machine, for readers and for programs that make clients."""
    return msgspec.json.format(msgspec.json.encode(document("http://localhost:8000")), indent=2).decode() + "\n"


def _schemas() -> dict[str, Any]:
    """The schemas of all bodies and answers, and of the types in them and in queries."""
    named = [each for operation in OPERATIONS for each in (operation.reads, operation.answers)]
    _, components = msgspec.json.schema_components(named, ref_template=TEMPLATE)
    inlined = {it.reads.__name__ for it in OPERATIONS if it.reads not in EXAMPLES}
    return {name: schema for name, schema in components.items() if name not in inlined}


def _operation(operation: Operation) -> dict[str, Any]:
    refused = {str(status): _shared(status, it) for status, it in _refused(operation.refusals).items()}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"For: {', '.join(sorted(operation.by))}.",
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": {
            "200": {"description": "Done.", "content": _json(_reference(operation.answers))},
            **dict(sorted({**refused, "401": {"$ref": "#/components/responses/Unauthorized"}}.items())),
        },
    }
    if issubclass(operation.reads, Body) and operation.reads is not EmptyBody:
        example = EXAMPLES[operation.reads]
        needed = any(field.required for field in structs.fields(example))
        content = _json(_reference(operation.reads), example=msgspec.json.decode(msgspec.json.encode(example)))
        described["requestBody"] = {"required": needed, "content": content}
    return described


def _refused(refusals: Collection[RefusalCode]) -> dict[int, Any]:
    """A response for each status: its schema holds the codes, its examples the sentences."""
    by_status = sorted((it for it in RefusalCode if it in refusals), key=lambda it: it.status)
    return {int(status): _refusal(list(group)) for status, group in groupby(by_status, lambda it: it.status)}


def _refusal(refusals: list[RefusalCode]) -> dict[str, Any]:
    codes = [it.refusal.code for it in refusals]
    schema = {**REFUSAL, "properties": {**REFUSAL["properties"], "code": {"enum": codes}}}
    examples = {it.refusal.code: {"value": msgspec.to_builtins(it.refusal)} for it in refusals}
    described = {"description": f"Refused as {', '.join(codes)}.", "content": _json(schema, examples=examples)}
    return {**described, "headers": RETRY_AFTER} if RefusalCode.TOO_FAST in refusals else described


def _shared(status: int, response: dict[str, Any]) -> dict[str, Any]:
    """A reference to the response that most operations share, or the response itself where it is another."""
    return {"$ref": f"#/components/responses/Refused{status}"} if COMMON.get(status) == response else response


def _json(schema: dict[str, Any], **examples: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema, **examples}}


def _reference(kind: Any) -> dict[str, Any]:
    return {"$ref": TEMPLATE.format(name=kind.__name__)}


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    if "{id}" not in operation.path:
        return []
    schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"}
    return [{"name": "id", "in": "path", "required": True, "schema": schema}]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if issubclass(operation.reads, Body):
        return []
    schema = _schema(operation.reads)
    return [
        {"name": name, "in": "query", "required": name in schema["required"], "schema": one}
        for name, one in schema["properties"].items()
    ]


def _schema(kind: type[Struct]) -> dict[str, Any]:
    schema: dict[str, Any] = msgspec.json.schema_components([kind], ref_template=TEMPLATE)[1][kind.__name__]
    return schema


REFUSAL = _schema(Refusal)
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait, if known.", "schema": {"type": "integer"}}}
COMMON = _refused({*BY_ANY, *BY_PARTY, RefusalCode.NOT_FOUND})


if __name__ == "__main__":
    sys.stdout.write(source())
