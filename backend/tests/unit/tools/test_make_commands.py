"""The README lists every command of make, and no command that there is not."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
STEPS = {"needed", "unbuilt", "template"}  # other targets begin with them; nobody types them


def targets() -> set[str]:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    return set(phony.split()) - STEPS


def test_the_readme_lists_each_command_of_make() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (`make [^|]*) \|", readme, re.MULTILINE)
    listed = {it.removeprefix("make ") for row in rows for it in re.findall(r"`([\w -]+)`", row)}
    assert sorted(listed) == sorted(targets())
