"""The template as tests read it: resources by type, intrinsic functions as small tuples of their name and argument."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from deploy.stack import TEMPLATE

Resource = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


def _short(loader: Any, tag: str, node: yaml.Node) -> tuple[str, Any]:
    match node:
        case yaml.ScalarNode():
            return tag, loader.construct_scalar(node)
        case yaml.SequenceNode():
            return tag, loader.construct_sequence(node, deep=True)
    return tag, loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _short)


@cache
def read(path: Path = TEMPLATE) -> Any:
    """What is read is shared: nobody changes it."""
    return yaml.load(path.read_text(encoding="utf-8"), _Loader)


def of_type(kind: str) -> dict[str, Resource]:
    """The properties of each resource of a type."""
    return {name: it["Properties"] for name, it in read()["Resources"].items() if it["Type"] == kind}


def statements() -> list[Resource]:
    """Every statement of every policy, whichever condition it stands under."""
    found: list[Resource] = []

    def look(it: Any) -> None:
        if isinstance(it, dict) and "Effect" in it:
            found.append(it)
        elif isinstance(it, dict):
            for each in it.values():
                look(each)
        elif isinstance(it, list | tuple):
            for each in it:
                look(each)

    look(read()["Resources"])
    return found
