"""Every generated document and type equals what its generator in tools/ writes now."""

from pathlib import Path

import pytest
from tools import (
    architecture_page,
    protocol_docs,
    protocol_page,
    rules_page,
    sees_page,
    settings_page,
    text_fields,
    typescript,
)

from uconnect.api import openapi

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("sites/src/api/protocol.ts", typescript.source),
        ("sites/src/i18n/text-fields.ts", text_fields.source),
        ("docs/protocol.md", protocol_page.source),
        ("docs/openapi.json", openapi.source),
        ("docs/rules.md", rules_page.source),
        ("docs/sees.md", sees_page.source),
        ("docs/settings.md", settings_page.source),
        ("docs/architecture.md", architecture_page.source),
        ("backend/uconnect/entrypoints/server/protocol_docs.html", protocol_docs.source),
    ],
)
def test_what_is_generated_is_fresh(path: str, source: object) -> None:
    assert callable(source)
    assert (ROOT / path).read_text("utf-8") == source(), "stale: run `make generated` and commit"


def test_every_rule_is_stated_by_a_test_and_proven_against_a_fault() -> None:
    sections = rules_page.source().split("## Rule")[1:]
    assert all("- `test_rule" in section and "proven against:\n\n-" in section for section in sections)
    assert {number for numbers, _, _ in rules_page.rules() for number in numbers} == set(range(1, 12))
