"""A log of acts that was changed anywhere is found out, at the first act that differs."""

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from uconnect.application.audit import START, Act, AuditBroken, checked, following, hashed, line, read_line
from uconnect.domain.context import AuditedAct

DECISION = Path(__file__).parents[4] / "docs" / "decisions" / "0068-the-audit-log-is-a-chain.md"


@pytest.fixture
def log() -> list[Act]:
    acts: list[Act] = []
    for number, (what, whom) in enumerate([("invite a school", ""), ("close a user", "u1"), ("close a user", "ü2")], 1):
        acts.append(following(acts[-1] if acts else None, number, 1_800_000_000 + number, AuditedAct(what, whom)))
    return acts


def broken(acts: list[Act]) -> str:
    with pytest.raises(AuditBroken) as found:
        [*checked(acts)]
    return str(found.value)


def test_a_log_as_it_was_written_is_whole(log: list[Act]) -> None:
    assert [*checked(log)] == log
    assert [*checked([])] == []
    assert log[0].hash == hashed(START, 1, 1_800_000_001, "invite a school", "")


@pytest.mark.parametrize("change", [{"at": 5}, {"what": "x"}, {"whom": "u3"}, {"hash": START}, {"number": 1}])
def test_an_act_that_was_changed_is_named(log: list[Act], change: dict[str, object]) -> None:
    log[1] = replace(log[1], **change)
    assert broken(log) == "Act 2 was changed, or it is not in its place."


def test_an_act_whose_hash_was_made_anew_breaks_the_next(log: list[Act]) -> None:
    log[1] = following(log[0], 2, log[1].at, AuditedAct("close a user", "another"))
    assert broken(log) == "Act 3 was changed, or it is not in its place."


def test_an_act_that_was_removed_is_named(log: list[Act]) -> None:
    assert broken(log[1:]) == "Act 1 was removed, or its number was changed."
    assert broken([log[0], log[2]]) == "Act 2 was removed, or its number was changed."
    log[2] = replace(log[2], number=2)
    assert broken([log[0], log[2]]) == "Act 2 was changed, or it is not in its place."


def test_acts_in_another_order_are_found(log: list[Act]) -> None:
    swapped = [log[0], replace(log[2], number=2), replace(log[1], number=3)]
    assert broken(swapped) == "Act 2 was changed, or it is not in its place."


def test_an_exported_line_is_read_as_the_act_that_it_was(log: list[Act]) -> None:
    assert [read_line(line(act)) for act in log] == log


def test_an_act_of_a_school_is_chained_with_the_school_that_did_it(log: list[Act]) -> None:
    log.append(following(log[-1], 4, log[-1].at, AuditedAct("remove a worker", "w", by="s", school="s")))
    assert [*checked(log)] == log
    assert [read_line(line(act)) for act in log] == log
    log[3] = replace(log[3], by="t")
    assert broken(log) == "Act 4 was changed, or it is not in its place."
    log[3] = replace(log[3], by="")
    assert broken(log) == "Act 4 was changed, or it is not in its place."


@pytest.mark.parametrize(
    "text", [b"", b"no JSON", b"{}", b"\xff", b'{"number": "1"}', line(Act(1, 2, "", "", ""))[:-3]]
)
def test_a_line_that_is_no_act_is_refused_in_words(text: bytes) -> None:
    with pytest.raises(AuditBroken, match="A line of the exported log is not an act"):
        read_line(text)


def test_others_check_an_exported_log_with_the_documented_program(log: list[Act], tmp_path: Path) -> None:
    program = DECISION.read_text("utf-8").partition("```python\n")[2].partition("```")[0]
    exported = tmp_path / "log.jsonl"

    def checks(acts: list[Act]) -> "subprocess.CompletedProcess[str]":
        exported.write_bytes(b"".join(map(line, acts)))
        command = [sys.executable, "-c", program, str(exported)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    whole = checks(log)
    assert (whole.returncode, whole.stdout.strip()) == (0, log[-1].hash), whole.stderr
    assert checks(log[1:]).returncode != 0
    assert checks([log[0], replace(log[1], whom="u3"), log[2]]).returncode != 0
