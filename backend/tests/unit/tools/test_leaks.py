"""docs/leaks.md lists every place of equal work, and every leak that the code names is in its catalogue."""

import re
from pathlib import Path

from tools import equal_work

ROOT = Path(__file__).parents[4]
TEXT = (ROOT / "docs" / "leaks.md").read_text("utf-8")
CATALOGUE = {int(number) for number in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)}
LISTED = re.findall(r"^\| `(\S+\.py)` \| `(\w+)` \| (\d+) \|$", TEXT, re.MULTILINE)


def test_the_table_of_equal_work_is_what_the_code_marks() -> None:
    """Whoever deletes such work, or its mark, must say so in the table."""
    assert [(file, name, int(leak)) for file, name, leak in LISTED] == list(equal_work.marks())
    assert len(LISTED) > 10


def test_every_leak_that_is_named_is_in_the_catalogue() -> None:
    named = {
        (path.relative_to(ROOT).as_posix(), int(number))
        for folder in ("backend", "docs", "tools")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".md")
        for number in re.findall(r"\bleaks? (\d+)\b", path.read_text("utf-8"))
    }
    assert named
    assert {number for _, number in named} <= CATALOGUE, sorted(named)


def test_the_catalogue_has_every_number_once() -> None:
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
