"""A drill whose tests were moved would prove nothing, and one that fails is not said to hold."""

import ast

import pytest

from tests.drills import __main__ as command
from tests.drills.drills import DRILLS, Drill


def test_every_test_that_a_drill_names_is_there() -> None:
    for file, _, name in (each.partition("::") for drill in DRILLS for each in drill.tests):
        text = (command.TESTS / file).read_text("utf-8")
        functions = {it.name for it in ast.walk(ast.parse(text)) if isinstance(it, ast.FunctionDef)}
        assert not name or name in functions, f"{file}::{name}"


TESTS = """
def test_a(record_property):
    for _ in range(2):
        record_property("tried", "4|sockets back 3 s after a restart|1500")
def test_b():
    assert False
"""


@pytest.fixture
def failing(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Drill:
    folder = tmp_path_factory.mktemp("drills")
    (folder / "test_one.py").write_text(TESTS, "utf-8")
    monkeypatch.setattr(command, "LOGS", folder)
    return Drill("one", "day", "holds", (str(folder / "test_one.py"),))


def test_a_drill_that_fails_does_not_hold(failing: Drill) -> None:
    outcome = command.run(failing)
    assert (outcome.tests, outcome.held) == (1, False)
    assert "| one | day | holds | 1 | **no** |" in command.page([outcome])
    assert "0 of 1 held" in command.page([outcome])
    assert outcome.measured == ("3,000 sockets back 3 s after a restart",)
    assert "\n- one: 3,000 sockets back 3 s after a restart\n" in command.page([outcome])


def test_a_drill_without_a_test_does_not_hold(failing: Drill) -> None:
    gone = Drill("none", "day", "holds", (failing.tests[0].replace("test_one", "test_none"),))
    assert not command.run(gone).held
