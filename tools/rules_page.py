"""Writes docs/rules.md: each rule, where it is written, the tests that state it and the faults they notice.

Reads rules.py, the names of the tests and the list of mutants: `python -m tools.rules_page`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from tests.histories.test_mutants import RULES

BACKEND = Path(__file__).parents[1] / "backend"
SOURCE = BACKEND / "uconnect" / "domain" / "rules.py"
Named = tuple[tuple[int, ...], str, str]  # the rules a test is about, its name, its file
HEADING = re.compile(r"^# Rules? (?P<numbers>[0-9, and]+)\. (?P<text>.+)$")
TEST = re.compile(r"^ *def (test_rules?_(?P<numbers>[0-9_and]+?)_[a-z]\w*)", re.MULTILINE)

INTRODUCTION = """# The eleven rules

Made by `make generated` from [`rules.py`](../backend/uconnect/domain/rules.py), where each rule is written once, and
from the tests that state it. A fault is a change that takes the rule out of the product. The suite runs with each
fault and must fail (`backend/tests/histories/test_mutants.py`).
"""


def source() -> str:
    """The page."""
    tests = list(_tests())
    return "\n".join([INTRODUCTION, *(_section(numbers, text, names, tests) for numbers, text, names in rules())])


def rules() -> Iterator[tuple[tuple[int, ...], str, list[str]]]:
    """Each heading of rules.py: the rules it is about, what it says, and the names defined below it."""
    lines = SOURCE.read_text().splitlines()
    starts = [(number, match) for number, line in enumerate(lines, 1) if (match := HEADING.match(line))]
    ends = [number for number, _ in starts[1:]] + [len(lines) + 1]
    names = {node.lineno: name for node in ast.parse(SOURCE.read_text()).body if (name := _name(node))}
    for (start, match), end in zip(starts, ends, strict=True):
        yield (
            _numbers(match["numbers"]),
            _text(match["text"], lines[start:]),
            [names[at] for at in sorted(names) if start < at < end],
        )


def _text(first: str, following: list[str]) -> str:
    """What a heading says: its first line, and the lines of comment directly below."""
    more = takewhile(lambda line: line.startswith("# "), following)
    return "\n".join([first, *(line.removeprefix("# ") for line in more)])


def _name(node: ast.stmt) -> str | None:
    match node:
        case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def _tests() -> Iterator[Named]:
    """The tests that say by their name which rules they state, and the file each is in."""
    for path in sorted((BACKEND / "tests").rglob("test_*.py")):
        for match in TEST.finditer(path.read_text()):
            yield _numbers(match["numbers"]), match[1], path.relative_to(BACKEND / "tests").as_posix()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"[0-9]+", text)))


def _section(numbers: tuple[int, ...], text: str, names: list[str], tests: list[Named]) -> str:
    stating = [f"- `{name}` ({file})" for about, name, file in tests if set(about) & set(numbers)]
    faults = [f"- {fault}" for number, fault, _ in RULES if number in numbers]
    title = "Rule" if len(numbers) == 1 else "Rules"
    listed = f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}" if len(numbers) > 1 else str(numbers[0])
    parts = [f"## {title} {listed}", text, f"Written in: {', '.join(f'`{name}`' for name in names)}"]
    parts += ["Stated by:", "\n".join(stating), "Faults it is proven against:", "\n".join(faults)]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(source())
