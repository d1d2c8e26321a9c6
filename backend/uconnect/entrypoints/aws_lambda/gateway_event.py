"""Reads the events of API Gateway."""

import base64
from collections.abc import Mapping
from typing import Any


def body_of(event: Mapping[str, Any]) -> bytes:
    """The bytes that were sent, empty if none were. Half a surrogate pair stays one, and is refused later."""
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
