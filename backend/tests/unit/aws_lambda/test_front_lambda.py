"""A stack behind CloudFront answers who shows the secret that CloudFormation made, and nobody else."""

from collections.abc import Iterator

import httpx
import pytest
from deploy import local

from tests.api.aws_home import ORIGIN, AwsHome, aws_home

WEB_ACL = "arn:aws:wafv2:us-east-1:000000000000:global/webacl/ours/x"
pytestmark = pytest.mark.xdist_group("front")


@pytest.fixture(scope="module")
def fronted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsHome]:
    with aws_home(tmp_path_factory.mktemp("fronted"), WebAcl=WEB_ACL) as home:
        yield home


def secret(home: AwsHome) -> str:
    client = local.EmulatorSession(home.address).client("secretsmanager")
    (found,) = client.list_secrets()["SecretList"]
    return str(client.get_secret_value(SecretId=found["ARN"])["SecretString"])


def test_calls_past_the_front_are_refused_and_its_own_are_answered(fronted: AwsHome) -> None:
    shown = secret(fronted)
    assert len(shown) == 48
    for headers, status in (({}, 403), ({"x-front-secret": "x" * 48}, 403), ({"x-front-secret": shown}, 200)):
        assert httpx.get(f"{fronted.url}/api/health", headers=headers, timeout=60).status_code == status


def test_cloudfront_shows_the_same_secret_and_no_output_does(fronted: AwsHome) -> None:
    cloudfront = local.EmulatorSession(fronted.address).client("cloudfront")
    (front,) = cloudfront.list_distributions()["DistributionList"]["Items"]
    (origin,) = front["Origins"]["Items"]
    (header,) = origin["CustomHeaders"]["Items"]
    assert header == {"HeaderName": "X-Front-Secret", "HeaderValue": secret(fronted)}
    assert front["WebACLId"] == WEB_ACL
    assert secret(fronted) not in str(fronted.outputs)


def test_a_setting_that_changes_reaches_what_the_gateway_calls(
    fronted: AwsHome, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The alias of a published version: SAM publishes one when the release has another name."""
    client = local.EmulatorSession(fronted.address).client("lambda")

    def schools() -> str:
        called = client.get_function_configuration(FunctionName=fronted.outputs["HttpFunction"])
        return str(called["Environment"]["Variables"]["SCHOOLS"])

    assert schools() == "open"
    local.deploy(fronted.address, ORIGIN, tmp_path_factory.mktemp("again"), WebAcl=WEB_ACL, Schools="invited")
    assert schools() == "invited"
