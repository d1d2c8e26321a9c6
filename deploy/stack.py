"""The stack: code put where CloudFormation finds it, the template made true, and what came of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from deploy.package import Packed

TEMPLATE = Path(__file__).with_name("template.yaml")
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
POLLS = {"Delay": 2, "MaxAttempts": 900}


class Failed(Exception):
    """The stack is not as it was asked for; says why."""


def put_code(session: Any, *packed: Packed) -> dict[str, str]:
    """Put zips up, each once, and return the parameters that say where."""
    account = session.client("sts").get_caller_identity()["Account"]
    bucket = f"uconnect-code-{account}-{session.region_name}"
    s3 = session.client("s3")
    _make_bucket(s3, bucket, session.region_name)
    for each in packed:
        if not s3.list_objects_v2(Bucket=bucket, Prefix=each.key, MaxKeys=1).get("KeyCount"):
            s3.upload_file(str(each.path), bucket, each.key)
    return {"CodeBucket": bucket, "CodeKey": packed[0].key, "PillowKey": packed[1].key}


def put_up(session: Any, name: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Make or update the stack; its outputs. Raises Failed."""
    cloudformation = session.client("cloudformation")
    asked = {
        "StackName": name,
        "TemplateBody": TEMPLATE.read_text("utf-8"),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Capabilities": CAPABILITIES,
    }
    try:
        cloudformation.create_stack(**asked, OnFailure="DELETE")
        _wait(cloudformation, "stack_create_complete", name)
    except cloudformation.exceptions.AlreadyExistsException:
        try:
            cloudformation.update_stack(**asked)
            _wait(cloudformation, "stack_update_complete", name)
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise
    return outputs(cloudformation, name)


def outputs(cloudformation: Any, name: str) -> dict[str, str]:
    """What there is, and where."""
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    return {it["OutputKey"]: it["OutputValue"] for it in stack["Outputs"]}


def take_down(session: Any, name: str) -> None:
    """Delete the stack with all that people wrote, and the code. Raises Failed while it is protected."""
    cloudformation = session.client("cloudformation")
    cloudformation.delete_stack(StackName=name)
    _wait(cloudformation, "stack_delete_complete", name)


def operate(session: Any, name: str, **asked: str) -> dict[str, Any]:
    """What comes of an operator's act: `accounts`, or why it was `refused`. Raises Failed if the function failed.

    What the act left to do is begun, and not waited for: it may take minutes, and be cut short and go on.
    """
    function, client = outputs(session.client("cloudformation"), name)["TodosFunction"], session.client("lambda")
    answer = client.invoke(FunctionName=function, Payload=json.dumps({"operator": asked}).encode())
    said: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise Failed(f"The function {function} failed; its log says why.")
    client.invoke(FunctionName=function, InvocationType="Event", Payload=b"{}")
    return said


def _make_bucket(s3: Any, bucket: str, region: str) -> None:
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        s3.create_bucket(Bucket=bucket, **where)
    except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        return
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        ),
    )


def _wait(cloudformation: Any, until: str, name: str) -> None:
    try:
        cloudformation.get_waiter(until).wait(StackName=name, WaiterConfig=POLLS)
    except WaiterError as error:
        raise Failed("\n".join(_reasons(cloudformation, name)) or str(error)) from error


def _reasons(cloudformation: Any, name: str) -> list[str]:
    """What CloudFormation says went wrong, the first first."""
    try:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    except ClientError:  # it is gone
        return []
    failed = [it for it in events if it["ResourceStatus"].endswith("FAILED")]
    return [f"{it['LogicalResourceId']}: {it.get('ResourceStatusReason', '')}" for it in reversed(failed)]
