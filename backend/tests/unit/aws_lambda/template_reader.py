"""The template as tests read it: resources by type, and its conditions and rules by parameters."""

from typing import Any

from deploy import template
from deploy.template import read

__all__ = ["broken_rules", "chosen", "conditions", "of_type", "read", "statements"]

Resource = dict[str, Any]


def conditions(**parameters: str) -> dict[str, bool]:
    """Which conditions hold with these parameters, and the defaults of the others."""
    return template.conditions(template.with_defaults(parameters))


def broken_rules(**parameters: str) -> set[str]:
    """The parameters and rules of the template by which CloudFormation refuses these parameters."""
    return {*template.refusals(template.with_defaults(parameters))}


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
