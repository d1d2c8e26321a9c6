"""Writes the template without the SAM transform, as CloudFormation sees it: for those who use Terraform, and for tests.

Runs where aws-sam-translator is, in the emulator's environment. The file is made anew each time and not committed.
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


def expanded(path: Path = TEMPLATE) -> dict[str, Any]:
    """The template, with plain resources in place of SAM's."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # the translator asks for one; nothing of it is left
    template = yaml_parse(path.read_text("utf-8"))
    defaults = {key: it["Default"] for key, it in template["Parameters"].items() if "Default" in it}
    made: dict[str, Any] = Translator({}, Parser()).translate(sam_template=template, parameter_values=defaults)
    made.pop("Transform", None)
    return made


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(expanded(), indent=2) + "\n", "utf-8")
    print(f"{target} is the template without the SAM transform.")
