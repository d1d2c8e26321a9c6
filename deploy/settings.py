"""The settings of a stack: from the command line, then from the file that SETTINGS names. The rest stays as it is."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.lifecycle import DEFAULT
from deploy.stack import Failed

OTHERS = ("STACK", "TAGS", "AWS_PROFILE", "AWS_REGION")  # what a file may set beside the template's parameters
MOST_TAGS = 50


def read_file(allowed: Sequence[str]) -> None:
    """Set what the file of SETTINGS says in the environment, but for what is there already. Raises Failed.

    A line is NAME=value, empty, or begins with #. Values are taken as they are: no quotes, no other names in them.
    """
    name = os.environ.get("SETTINGS")
    if not name:
        return
    try:
        lines = Path(name).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"SETTINGS={name} cannot be read: {error}") from None
    for number, line in enumerate(lines, 1):
        key, equals, value = line.strip().partition("=")
        if not key or key.startswith("#"):
            continue
        if not equals or key not in {*allowed, *OTHERS}:
            names = ", ".join((*OTHERS, *allowed))
            raise Failed(f"{name}, line {number}: {line.strip()!r} is no setting. A line is NAME=value, of: {names}")
        if not os.environ.get(key):
            os.environ[key] = value


def chosen(table: Mapping[str, str]) -> dict[str, str]:
    """The parameters that are named this time."""
    return {parameter: os.environ[name] for parameter, name in table.items() if os.environ.get(name)}


def tags() -> dict[str, str] | None:
    """The tags that TAGS names, as in TAGS="team=it cost=42"; none for TAGS=default; None if TAGS is not named. Raises
    Failed."""
    text = os.environ.get("TAGS", "")
    if not text:
        return None
    if text == DEFAULT:
        return {}
    found = dict(_tag(word) for word in text.split())
    if len(found) > MOST_TAGS:
        raise Failed(f"TAGS has {len(found)} tags: a stack has at most {MOST_TAGS}.")
    return found


def _tag(word: str) -> tuple[str, str]:
    key, equals, value = word.partition("=")
    if not equals or not re.fullmatch(r"[\w.:/=+@-]{1,128}", key) or key.lower().startswith("aws:"):
        raise Failed(f'TAGS: {word!r} is no tag. Write TAGS="team=it cost=42"; a name does not begin with aws:.')
    return key, value
