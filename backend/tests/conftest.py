"""What every test may ask for, and what is kept of each test of a promise for docs/promises.md."""

from collections.abc import Callable

import pytest

from tests.kit.evidence import Evidence


@pytest.fixture
def evidence(record_property: Callable[[str, object], None]) -> Evidence:
    def record(promise: int, layer: str, n: int) -> None:
        record_property("tried", f"{promise}|{layer}|{n}")

    return record


@pytest.fixture(autouse=True)
def planted(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """A fault was planted for a promise; a test that passes has caught it."""
    for marker in request.node.iter_markers("planted"):
        record_property("planted", marker.args[0])
