"""The template as this machine reads it, and what CloudFormation would refuse of its parameters.

Intrinsic functions are small tuples of their name and argument, as ("Ref", "Pool").
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deploy.stack import TEMPLATE


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
    return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - it is a SafeLoader


def with_defaults(parameters: Mapping[str, str]) -> dict[str, str]:
    """These parameters of the template, and the defaults of its others. What it does not know is left out."""
    known = read()["Parameters"]
    return {name: str(parameters.get(name, it.get("Default", ""))) for name, it in known.items()}


def conditions(given: Mapping[str, str]) -> dict[str, bool]:
    """Which conditions hold with these parameters."""
    return {name: _holds(it, given) for name, it in read()["Conditions"].items()}


def refusals(given: Mapping[str, str]) -> dict[str, str]:
    """Why CloudFormation would refuse these parameters, by the parameter or the rule."""
    values = {
        name: f"{name}={given[name]} cannot be: {why}"
        for name, it in read()["Parameters"].items()
        if (why := _why_invalid(it, given[name]))
    }
    return values | dict(_broken_rules(given))


def _broken_rules(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, rule in read()["Rules"].items():
        broken = [it["AssertDescription"] for it in rule["Assertions"] if not _holds(it["Assert"], given)]
        if broken and _holds(rule["RuleCondition"], given):
            yield name, broken[0]


def _why_invalid(parameter: Mapping[str, Any], value: str) -> str:
    """Why a parameter may not have a value; empty if it may."""
    allowed = [str(it) for it in parameter.get("AllowedValues", ())]
    if allowed and value not in allowed:
        return f"it is one of {', '.join(allowed)}."
    if pattern := parameter.get("AllowedPattern"):
        why = parameter.get("ConstraintDescription") or f"it is of the form {pattern}"
        return "" if re.fullmatch(pattern, value) else f"{why}."
    if parameter["Type"] != "Number":
        return ""
    low, high = parameter.get("MinValue", 0), parameter.get("MaxValue")
    if not re.fullmatch("[0-9]+", value) or int(value) < low or (high is not None and int(value) > high):
        return f"it is a whole number from {low} on." if high is None else f"it is a whole number from {low} to {high}."
    return ""


def _holds(it: Any, given: Mapping[str, str]) -> bool:
    def value(it: Any) -> Any:
        match it:
            case ("Ref", name):
                return given[name]
            case ("Condition", name):
                return value(read()["Conditions"][name])
            case ("Equals", (one, other)):
                return value(one) == value(other)
            case ("Not", (one,)):
                return not value(one)
            case ("And", each):
                return all(map(value, each))
            case ("Or", each):
                return any(map(value, each))
        return it

    return bool(value(it))
