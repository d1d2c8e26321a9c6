"""Reads a stack: its state, parameters and outputs. Also calls its function of the jobs for an operator."""

import json
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

TEMPLATE = Path(__file__).with_name("template.yaml")


class Failed(Exception):
    """A command was not done. The message says why, and what to do."""


def find(cloudformation: Any, name: str) -> dict[str, Any] | None:
    """The answer of DescribeStacks, None if there is no such stack. A deleted one is found by its id alone."""
    try:
        (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return dict(found)


def parameters(found: dict[str, Any]) -> dict[str, str]:
    """The parameters that a stack has now."""
    return {it["ParameterKey"]: it["ParameterValue"] for it in found.get("Parameters", ())}


def outputs(cloudformation: Any, name: str) -> dict[str, str]:
    """The outputs of a stack. Raises Failed if there is no such stack, or it is not whole."""
    found = find(cloudformation, name)
    if found is None:
        raise Failed(f"There is no stack {name} in this region. Make it: make deploy STACK={name}")
    if not found.get("Outputs"):
        raise Failed(f"The stack {name} is not whole ({found['StackStatus']}). Run: make deploy STACK={name}")
    return outputs_of(found)


def outputs_of(found: dict[str, Any]) -> dict[str, str]:
    """The outputs of a stack that was found; none if it is not whole."""
    return {it["OutputKey"]: it["OutputValue"] for it in found.get("Outputs", ())}


def operate(session: Any, name: str, **asked: str) -> dict[str, Any]:
    """Let the function of the jobs do an operator's act. It answers `accounts`, or why it `refused`. Raises Failed.

    The jobs that the act leaves are begun, and not waited for: they may take minutes.
    """
    function, client = outputs(session.client("cloudformation"), name)["JobsFunction"], session.client("lambda")
    answer = client.invoke(FunctionName=function, Payload=json.dumps({"operator": asked}).encode())
    said: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise Failed(f"The function {function} failed; its log says why.")
    client.invoke(FunctionName=function, InvocationType="Event", Payload=b"{}")
    return said
