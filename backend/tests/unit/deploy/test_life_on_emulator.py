"""The life of the whole stack on the emulator, which reads the template and protects what CloudFormation protects."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from deploy import lifecycle, local, stack
from deploy.code_bucket import CodeBucket
from deploy.emulator import emulator
from deploy.lifecycle import DesiredStack
from deploy.package import functions, pillow
from deploy.stack import TEMPLATE, Failed

from tests.support.ports import free_port

pytestmark = pytest.mark.xdist_group("stack")
NAME = "life"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.EmulatorSession]:
    with emulator(tmp_path_factory.mktemp("life"), free_port()) as address:
        yield local.EmulatorSession(address)


def found(aws: local.EmulatorSession) -> dict[str, Any]:
    now = stack.find(aws.client("cloudformation"), NAME)
    assert now
    return now


def test_a_stack_lives_from_its_first_day_to_its_last(
    aws: local.EmulatorSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket = CodeBucket(aws, NAME)
    code = bucket.put(
        functions(local.ARCH, local.VERSION, tmp_path / "build"), pillow(local.ARCH, local.VERSION, tmp_path / "build")
    )
    here = {f"{kind}Site": "http://localhost:1" for kind in ("User", "School", "Worker")}
    here |= {"Hosting": "elsewhere", "LocalBase": aws._address, "Arch": local.ARCH, "Runtime": f"python{local.VERSION}"}
    template = bucket.put_template()
    cognito, domain = aws.client("cognito-idp"), f"{NAME}-000000000000"
    other_pool = cognito.create_user_pool(PoolName="other")["UserPool"]["Id"]
    cognito.create_user_pool_domain(Domain=domain, UserPoolId=other_pool)
    with pytest.raises(Failed, match=f"could not be made[^\0]*Domain {domain} already exists"):
        lifecycle.deploy(aws, NAME, DesiredStack(template, code | here))
    assert stack.find(aws.client("cloudformation"), NAME) is None
    cognito.delete_user_pool_domain(Domain=domain, UserPoolId=other_pool)
    outputs = lifecycle.deploy(aws, NAME, DesiredStack(template, code | here | {"Schools": "invited"}, {"team": "it"}))
    assert found(aws)["EnableTerminationProtection"]
    assert stack.parameters(found(aws))["Protect"] == "true"
    assert "CREATE_COMPLETE               Table" in capsys.readouterr().out
    table = aws.client("dynamodb").describe_table(TableName=outputs["Table"])["Table"]
    assert table["DeletionProtectionEnabled"]

    before = aws.client("cloudformation").describe_stack_events(StackName=NAME)["StackEvents"]
    with pytest.raises(Failed, match=r"protected \(the stack, the pool .*, the table .*\). Nothing was deleted."):
        lifecycle.destroy(aws, NAME, sure=True)
    assert aws.client("cloudformation").describe_stack_events(StackName=NAME)["StackEvents"] == before

    lifecycle.deploy(aws, NAME, DesiredStack(template, {"EndThreadsAfter": "90"}))
    kept = stack.parameters(found(aws))
    assert (kept["Schools"], kept["EndThreadsAfter"], kept["CodeKey"]) == ("invited", "90", code["CodeKey"])
    assert found(aws)["Tags"] == [{"Key": "team", "Value": "it"}]
    function = aws.client("lambda").get_function_configuration(FunctionName=outputs["HttpFunction"])
    assert function["Environment"]["Variables"]["SCHOOLS"] == "invited"

    billing = b"      BillingMode: PAY_PER_REQUEST\n"
    other = TEMPLATE.read_bytes().replace(billing, billing + b"      TableName: another\n")
    capsys.readouterr()
    with pytest.raises(Failed, match=r"may replace or remove Table \(AWS::DynamoDB::Table\)"):
        lifecycle.deploy(aws, NAME, DesiredStack(bucket.put_template(other), sure=True))
    assert "REPLACED  Table" in capsys.readouterr().out
    left = aws.client("cloudformation").list_change_sets(StackName=NAME)["Summaries"]
    assert not [it for it in left if it["ExecutionStatus"] == "AVAILABLE"], "none that somebody may carry out later"

    lifecycle.deploy(aws, NAME, DesiredStack(template))
    assert "Nothing changes in the stack." in capsys.readouterr().out
    lifecycle.deploy(aws, NAME, DesiredStack(template, {"Protect": "false"}))
    lifecycle.destroy(aws, NAME, sure=True)
    assert stack.find(aws.client("cloudformation"), NAME) is None
    assert bucket.remove()
    assert aws.client("s3").list_buckets()["Buckets"] == []
