"""deploy/policy.json lists the rights that the commands need: those of our own calls, and those of CloudFormation's.

What CloudFormation asks for each type of resource stands in AWS's own resource schemas, which cfn-lint brings along.
"""

import ast
import json
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from deploy.package import ROOT

SERVICES = ("amplify", "cloudformation", "cognito-idp", "dynamodb", "lambda", "s3", "sesv2")
ADAPTERS = ("adapters/dynamodb/table.py", "adapters/mail/ses.py")
OF_TESTS = {
    "local.py",
    "emulator.py",
    "patched_ministack.py",
    "expanded.py",
}  # they speak to the emulator alone, or to nobody
ACTIONS = {  # where the action is not the operation's name (Service Authorization Reference)
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "dynamodb:TransactWriteItems": "dynamodb:PutItem",
}
OF_OTHERS = {"ses:TagResource"}  # DynamoDB's operation of that name is the one that is called
UNUSED = (  # what a type may also have, and ours do not
    "apprunner:*",  # what else a web ACL may guard
    "appsync:*",
    "bedrock-agentcore:*",
    "cloudfront:*ConnectionGroup",
    "cloudfront:GetVpcOrigin",
    "cloudfront:UpdateDistributionWithStagingConfig",
    "codecommit:*",  # sites that Amplify builds
    "codedeploy:RegisterOnPremisesInstance",
    "ec2:*",  # functions in a network of one's own
    "elasticloadbalancing:*",
    "elasticfilesystem:*",
    "firehose:*",
    "iam:AttachGroupPolicy",
    "iam:AttachUserPolicy",
    "iam:DetachGroupPolicy",
    "iam:DetachUserPolicy",
    "kinesis:*",
    "kms:*",  # a key of one's own says itself who may use it (docs/aws.md)
    "route53:*",  # a name in Route 53, which Amplify could set itself
    "s3:*Acl",
    "s3:GetObjectMetadata",
    "s3:GetObjectVersion",
    "s3:REST.PUT.OBJECT",
    "s3files:*",
    "secretsmanager:*Region*",  # a secret in other regions
)
SCHEMAS = next((ROOT / ".venv-deploy/lib").glob("python3*/site-packages/cfnlint/data/schemas"))


@cache
def statements() -> list[dict[str, Any]]:
    policy: dict[str, Any] = json.loads((ROOT / "deploy/policy.json").read_text("utf-8"))
    return list(policy["Statement"])


def allowed(action: str) -> bool:
    listed = (it["Action"] if isinstance(it["Action"], list) else [it["Action"]] for it in statements())
    return any(fnmatchcase(action.lower(), pattern.lower()) for actions in listed for pattern in actions)


def calls() -> Iterator[str]:
    """The operation of each service that a name in our sources may be."""
    model = botocore.session.get_session()
    operations = {it: model.get_service_model(it).operation_names for it in SERVICES}
    files = [it for it in (ROOT / "deploy").glob("*.py") if it.name not in OF_TESTS]
    for file in (*files, *(ROOT / "backend/uconnect" / it for it in ADAPTERS)):
        tree = ast.parse(file.read_text("utf-8"))
        named = {it.attr for it in ast.walk(tree) if isinstance(it, ast.Attribute)}
        named |= {str(it.value) for it in ast.walk(tree) if isinstance(it, ast.Constant)}  # paginators
        for service, names in operations.items():
            yield from (f"{service.removesuffix('v2')}:{it}" for it in names if xform_name(it) in named)


def test_each_call_of_ours_is_in_the_list() -> None:
    found = {ACTIONS.get(it, it) for it in calls()} - OF_OTHERS
    assert {"cloudformation:CreateChangeSet", "s3:PutObject", "amplify:StopJob", "dynamodb:Scan"} <= found
    assert {it for it in found if not allowed(it)} == set()


def expand(folder: Path, *how: str) -> dict[str, Any]:
    file = folder / "template.json"
    python, script = ROOT / ".venv-emulator/bin/python", ROOT / "deploy/expanded.py"
    subprocess.run([python, script, file, *how], check=True, capture_output=True, env={"HOME": str(file.parent)})
    made: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return made


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What CloudFormation makes of the template."""
    return expand(tmp_path_factory.mktemp("deployed"), "canary")


@pytest.fixture(scope="module")
def expanded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Terraform is given."""
    return expand(tmp_path_factory.mktemp("expanded"))


def test_each_type_of_resource_may_be_made_read_changed_and_deleted(deployed: dict[str, Any]) -> None:
    known = json.loads((SCHEMAS / "providers/us-east-1.json").read_text("utf-8"))
    missing: dict[str, set[str]] = {}
    for kind in sorted({it["Type"] for it in deployed["Resources"].values()}):
        schema = json.loads((SCHEMAS / f"resources/{known[kind]}.json").read_text("utf-8"))
        asked = {action for it in schema["handlers"].values() for action in it["permissions"]}
        unused = {it for it in asked if any(fnmatchcase(it, pattern) for pattern in UNUSED)}
        if lacking := {it for it in asked - unused if not allowed(it)}:
            missing[kind] = lacking
    assert missing == {}


def test_nobody_gets_the_rights_of_an_administrator_by_it() -> None:
    """Whoever may make any role and hand it to a function may do everything."""
    for it in statements():
        actions = it["Action"] if isinstance(it["Action"], list) else [it["Action"]]
        assert "*" not in actions
        if any(action.startswith(("iam:", "s3:", "dynamodb:", "lambda:Inv")) for action in actions):
            assert it["Resource"] != "*"


# --- the template for others


def test_the_expanded_template_has_no_transform_and_leads_to_no_version_of_a_function(expanded: dict[str, Any]) -> None:
    """The transform names a version by its release: who does without it would stay with the first."""
    assert "Transform" not in expanded
    kinds = {it["Type"] for it in expanded["Resources"].values()}
    assert not [it for it in kinds if it.startswith("AWS::Serverless")]
    assert not kinds & {"AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::CodeDeploy::Application"}
    assert ".Alias" not in json.dumps(expanded)


def test_all_roles_have_the_boundary(deployed: dict[str, Any]) -> None:
    roles = {name: it["Properties"] for name, it in deployed["Resources"].items() if it["Type"] == "AWS::IAM::Role"}
    bounded = {"Fn::If": ["Bounded", {"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]}
    assert len(roles) >= 5
    assert {name for name, it in roles.items() if it.get("PermissionsBoundary") != bounded} == set()


def test_cloudformation_takes_the_expanded_template(expanded: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(json.dumps(expanded), "utf-8")
    linted = subprocess.run([ROOT / ".venv-deploy/bin/cfn-lint", file], check=False, capture_output=True, text=True)
    assert (linted.returncode, linted.stdout) == (0, "")
