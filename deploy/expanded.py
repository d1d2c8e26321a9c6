"""Writes the template without the SAM transform, as CloudFormation sees it: for those who use Terraform, and for tests.

Runs where aws-sam-translator is, in the emulator's environment. The file is generated each time and not committed.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

TEMPLATE = Path(__file__).with_name("template.yaml")
OF_VERSIONS = ("AutoPublishAlias", "AutoPublishCodeSha256", "DeploymentPreference")


def expanded(path: Path = TEMPLATE, *, canary: bool = False) -> dict[str, Any]:
    """The template, with plain resources in place of SAM's.

    The transform makes a version of a function for each release, and a canary. A template that is expanded once cannot:
    its functions are called without versions. With `canary` both are in it, as CloudFormation makes them.
    """
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # the translator asks for one; nothing of it is left
    template = yaml_parse(path.read_text("utf-8"))
    template = template if canary else _without_versions(template)
    defaults = {key: it["Default"] for key, it in template["Parameters"].items() if "Default" in it}
    made: dict[str, Any] = Translator({}, Parser()).translate(sam_template=template, parameter_values=defaults)
    made.pop("Transform", None)
    return made if canary else _without_unused(made)


def _without_versions(it: Any) -> Any:
    """The same, with each function's ARN in place of its alias."""
    if isinstance(it, dict):
        name = str(it.get("Ref", ""))
        if name.endswith(".Alias"):
            return {"Fn::GetAtt": [name.removesuffix(".Alias"), "Arn"]}
        return {key: _without_versions(value) for key, value in it.items() if key not in OF_VERSIONS}
    return [_without_versions(each) for each in it] if isinstance(it, list) else it


def _without_unused(made: dict[str, Any]) -> dict[str, Any]:
    """Without the parameters that the transform alone reads: what they say by default stands in the resources."""
    text = json.dumps({key: value for key, value in made.items() if key != "Parameters"})
    kept = {key: it for key, it in made["Parameters"].items() if f'"{key}"' in text or f"${{{key}}}" in text}
    return made | {"Parameters": kept}


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(expanded(canary="canary" in sys.argv[2:]), indent=2) + "\n", "utf-8")
    print(f"{target} is the template without the SAM transform.")
