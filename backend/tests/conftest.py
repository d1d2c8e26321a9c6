"""What every test may ask for, and what is kept of each test of a promise for docs/promises.md."""

import os
from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings

from tests.support import dynamodb_emulator
from tests.support.evidence import Evidence
from tests.support.groups import pytest_collection_modifyitems  # noqa: F401 - a hook
from tests.support.process_state import process_as_before
from tests.support.progress import tell

# A machine that is busy is no fault: no example has a time that it must be done in.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("numprocesses", None):  # the workers begin with what is in the environment here
        shared = TemporaryDirectory(prefix="uconnect-tests-", ignore_cleanup_errors=True)
        os.environ[dynamodb_emulator.SHARED] = shared.name
        config.add_cleanup(shared.cleanup)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and "PYTEST_XDIST_WORKER" not in os.environ:  # it reports there and here
        tell("tests", 1)


@pytest.fixture
def evidence(record_property: Callable[[str, object], None]) -> Evidence:
    def record(promise: int, layer: str, n: int) -> None:
        record_property("tried", f"{promise}|{layer}|{n}")

    return record


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    with process_as_before():
        yield


@pytest.fixture(autouse=True)
def planted(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """A fault was planted for a promise; a test that passes has caught it."""
    for marker in request.node.iter_markers("planted"):
        record_property("planted", marker.args[0])
