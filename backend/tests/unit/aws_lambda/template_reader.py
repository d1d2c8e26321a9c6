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


def conditions(**parameters: str) -> dict[str, bool]:
    """Which conditions hold with these parameters, and the defaults of the others."""
    template = read()
    given = {name: it.get("Default", "") for name, it in template["Parameters"].items()} | parameters

    def value(it: Any) -> Any:
        match it:
            case ("Ref", name):
                return given[name]
            case ("Condition", name):
                return holds(name)
            case ("Equals", (one, other)):
                return value(one) == value(other)
            case ("Not", (one,)):
                return not value(one)
            case ("And", each):
                return all(map(value, each))
            case ("Or", each):
                return any(map(value, each))
        return it

    def holds(name: str) -> bool:
        return bool(value(template["Conditions"][name]))

    return {name: holds(name) for name in template["Conditions"]}


def chosen(it: Any, held: dict[str, bool]) -> Any:
    """A part of the template where these conditions hold: each `If` is its branch, without what is no value."""
    match it:
        case ("If", [name, one, other]):
            return chosen(one if held[name] else other, held)
        case dict():
            found = {name: chosen(each, held) for name, each in it.items()}
            return {name: each for name, each in found.items() if each != NO_VALUE}
        case list():
            return [found for each in it if (found := chosen(each, held)) != NO_VALUE]
    return it


NO_VALUE = ("Ref", "AWS::NoValue")


def of_type(kind: str) -> dict[str, Resource]:
    """The properties of each resource of a type."""
    return {name: it["Properties"] for name, it in read()["Resources"].items() if it["Type"] == kind}


def statements() -> list[Resource]:
    """Every statement of every policy of ours, whichever condition it stands under; not who may take a role on."""
    found: list[Resource] = []

    def look(it: Any) -> None:
        if isinstance(it, dict) and "Effect" in it:
            found.extend([it] if "Principal" not in it else [])
        elif isinstance(it, dict):
            for each in it.values():
                look(each)
        elif isinstance(it, list | tuple):
            for each in it:
                look(each)

    look(read()["Resources"])
    return found
