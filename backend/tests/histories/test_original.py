"""Each fault of the original system is planted, and what we say of ours fails with it."""

import pytest

from tests.histories.original_faults import ELSEWHERE, FAULTS, ROWS, Fault, the_story
from tests.prove.runner import TESTS

LAWS = {fault.notice.__name__: fault.notice for fault in FAULTS if fault.notice is not the_story}  # it has its test


def test_every_fault_of_the_original_is_planted_somewhere() -> None:
    assert {fault.rule for fault in FAULTS} | ELSEWHERE.keys() == ROWS
    assert [path for path in ELSEWHERE.values() if not (TESTS / path).exists()] == []


@pytest.mark.parametrize("law", LAWS)
def test_ours_has_none_of_them(law: str) -> None:
    LAWS[law]()


@pytest.mark.planted(5)
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_of_the_original_is_noticed(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault.plant(monkeypatch)
    with pytest.raises(AssertionError):
        fault.notice()
