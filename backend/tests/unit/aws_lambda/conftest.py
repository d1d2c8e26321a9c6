import importlib
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.aws_home import AwsHome, aws_home
from tests.api.party_factory import PartyFactory, party_factory
from tests.support.memory_store import MemoryStore
from tests.support.stores import Time
from tests.unit.aws_lambda.test_imports import ENVIRONMENT


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsHome]:
    """The stack, deployed on an emulator of its own."""
    with aws_home(tmp_path_factory.mktemp("aws")) as home:
        yield home


@pytest.fixture
def parties(home: AwsHome) -> Iterator[PartyFactory]:
    with party_factory(home) as parties:
        yield parties


class Store(MemoryStore):
    """One in which an earlier release has left no job to move and no thread to count."""

    def move_jobs(self) -> bool:
        return False

    def count_threads(self, may_go_on: Callable[[], bool]) -> None: ...


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of the function of the jobs, over a store of its own."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    module: Any = importlib.import_module("uconnect.entrypoints.aws_lambda.jobs")
    store: Any = Store(Time().new_context)
    monkeypatch.setattr(module, "STORE", store)
    queue: Any = types.SimpleNamespace(put=lambda jobs: None)
    monkeypatch.setattr(module, "FUNCTION", module.JobFunction(store, module.DEPENDENCIES, queue))
    return module
