"""The OpenAPI 3.1 document, made of the table of operations and the types it names."""

from typing import Any

import msgspec

import uconnect
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.request_bodies import Body

REFUSED = {
    "description": "Refused, in words. Unknown, not yours and forbidden are one answer.\n\n"
    + "\n".join(f"- `{each.refusal.code}` ({each.status}): {each.refusal.sentence}" for each in RefusalCode),
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
}
UNAUTHORIZED = {
    "description": "There is no token, or it is not good now.",
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["message"], "properties": {"message": {"const": "Unauthorized"}}}
        }
    },
}
TEMPLATE = "#/components/schemas/{name}"


def document(url: str) -> dict[str, Any]:
    """The document for a home reached at `url`."""
    named = [each for operation in OPERATIONS for each in (operation.reads, operation.answers)]
    _, components = msgspec.json.schema_components([Refusal, *named], ref_template=TEMPLATE)
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
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([operation.answers], ref_template=TEMPLATE)
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"For: {', '.join(sorted(operation.by))}.",
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": schema}}},
            "401": UNAUTHORIZED,
            "default": REFUSED,
        },
    }
    if operation.method == "POST" and operation.reads.__struct_fields__:
        reference = {"$ref": TEMPLATE.format(name=operation.reads.__name__)}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    return described


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    if "{id}" not in operation.path:
        return []
    schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"}
    return [{"name": "id", "in": "path", "required": True, "schema": schema}]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if issubclass(operation.reads, Body):
        return []
    _, components = msgspec.json.schema_components([operation.reads], ref_template=TEMPLATE)
    schema = components[operation.reads.__name__]
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": one}
        for name, one in schema["properties"].items()
    ]
