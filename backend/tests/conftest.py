"""What every test may ask for."""

from collections.abc import Callable

import pytest

from tests.kit.evidence import Evidence


@pytest.fixture
def evidence(record_property: Callable[[str, object], None]) -> Evidence:
    def record(promise: int, layer: str, n: int, *, planted: int = 0, caught: int = 0) -> None:
        record_property("evidence", f"{promise}|{layer}|{n}|{planted}|{caught}")

    return record
