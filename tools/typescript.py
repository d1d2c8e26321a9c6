"""Makes the sites' types from frames, and the table of operations: `python -m tools.typescript`.

The types of HTTP bodies are made of docs/openapi.json instead (`npm run types`): it describes them completely.
"""

import sys
from typing import Any

import msgspec

from uconnect.api.operations import OPERATIONS, Operation
from uconnect.domain import protocol, views
from uconnect.domain.errors import Refusal, RefusalCode

REF = "#/"
FRAMES = (protocol.ClientFrame, protocol.ServerFrame, Refusal)
HEAD = """// Made by `make generated` from the backend's structs: change those. It keeps sites and server of one mind.

import type {{ operations }} from "./http";

export const PROTOCOL = {protocol};
export const FRAME_BYTES = {frame};
export const TYPING_EVERY = {typing}; // ms
export const COMPOSING_EVERY = {composing}; // ms
"""


def source() -> str:
    """protocol.ts: an interface a struct, a union a choice, the limits, and each operation's method and path."""
    parts = [
        HEAD.format(
            protocol=protocol.PROTOCOL,
            frame=protocol.FRAME_BYTES,
            typing=protocol.TYPING_EVERY,
            composing=protocol.COMPOSING_EVERY,
        ),
        *(declared(name, schema) for name, schema in _schemas([*FRAMES]).items()),
        _choice("Row", views.Row),
        _choice("ShownEntry", views.ShownEntry),
        _choice("ClientFrame", protocol.ClientFrame),
        _choice("ServerFrame", protocol.ServerFrame),
        f"export type RefusalCode = {' | '.join(_quoted(each.refusal.code) for each in RefusalCode)};\n",
        _operations(),
    ]
    return "\n".join(parts)


def components() -> dict[str, dict[str, Any]]:
    """The JSON schema of each named type that crosses the wire."""
    named = [each for operation in OPERATIONS for each in (operation.reads, operation.answers)]
    return _schemas([*FRAMES, *named])


def _schemas(types: list[Any]) -> dict[str, dict[str, Any]]:
    return msgspec.json.schema_components(types, ref_template=REF + "{name}")[1]


def declared(name: str, schema: dict[str, Any]) -> str:
    """An interface, or a type where it is a choice of words."""
    said = f"/** {schema['description']} */\n" if "description" in schema else ""
    if schema.get("type") != "object":
        return f"{said}export type {name} = {_type(schema)};\n"
    needed = schema.get("required", ())
    fields = "".join(
        f"  readonly {field}{'' if field in needed else '?'}: {_type(one)};\n"
        for field, one in schema["properties"].items()
    )
    return f"{said}export interface {name} {{\n{fields}}}\n" if fields else f"{said}export type {name} = object;\n"


def _quoted(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].removeprefix(REF))
    if "enum" in schema:
        return " | ".join(_quoted(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if schema["type"] == "array":
        return f"readonly ({_type(schema['items'])})[]"
    return {"integer": "number", "string": "string", "boolean": "boolean", "null": "null"}[schema["type"]]


def _choice(name: str, union: Any) -> str:
    (schema,), _ = msgspec.json.schema_components([union], ref_template=REF + "{name}")
    return f"export type {name} = {_type(schema)};\n"


def _operations() -> str:
    note = "/** The path of each operation, and its method if that is not GET. Every page loads this table first. */\n"
    table = "export const OPERATIONS: { readonly [Name in keyof operations]: string }"
    routes = "".join(f"  {it.name}: {_quoted(_route(it))},\n" for it in OPERATIONS)
    return f"{note}{table} = {{\n{routes}}};\n"


def _route(operation: Operation) -> str:
    path = operation.path.removeprefix("/api")
    return path if operation.method == "GET" else f"{path} {operation.method}"


if __name__ == "__main__":
    sys.stdout.write(source())
