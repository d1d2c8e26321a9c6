"""What is made of the backend is as the backend is now: a stale page or type is a broken promise."""

from pathlib import Path

import pytest
from openapi_spec_validator import validate

from uconnect.api import openapi, protocol_page, typescript

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("path", "source"),
    [("sites/common/protocol.ts", typescript.source), ("docs/protocol.md", protocol_page.source)],
)
def test_what_is_generated_is_fresh(path: str, source: object) -> None:
    assert callable(source)
    assert (ROOT / path).read_text() == source(), "stale: run `make generated` and commit"


def test_the_openapi_document_is_valid() -> None:
    validate(openapi.document("http://localhost:8000"))
