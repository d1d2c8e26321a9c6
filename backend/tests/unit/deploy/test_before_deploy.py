"""What would fail is found before anything is built, and said in a sentence that says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore import exceptions
from deploy import __main__ as commands
from deploy import account, errors
from deploy.package import ROOT
from deploy.stack import Failed

from tests.support.stub_aws import ACCOUNT, Refused, StubAws
from tests.unit.deploy.conftest import Run

BUCKET = f"uconnect-code-{ACCOUNT}-eu-west-1"
ENDPOINT = {"endpoint_url": "https://cloudformation.eu-west-1.amazonaws.com"}


def test_what_is_asked_is_said_before_it_is_built(aws: StubAws, run: Run) -> None:
    assert run("check") == "Account 123456789012, region eu-west-1, stack uconnect (new).\n"
    aws.make()
    assert "(there, CREATE_COMPLETE)" in run("check")
    changing = [name for _, name, _ in aws.calls if not name.startswith(("Get", "Describe", "Head", "List"))]
    assert not changing


def test_make_deploy_checks_before_it_builds() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    start = next(number for number, it in enumerate(lines) if it.startswith("deploy:"))
    assert "sites" not in lines[start], "they would be built first"
    commands = [it.strip("\t@") for it in lines[start + 1 : start + 4]]
    assert [it.split()[-1] for it in commands] == ["check", "sites", "up"]


def test_every_target_of_make_starts_the_commands_with_what_they_import() -> None:
    """Their environment has not the product's own code."""
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    (start,) = [it.partition(" = ")[2] for it in lines if it.startswith("DEPLOY = ")]
    assert not [it for it in lines if "-m deploy" in it and not it.startswith("DEPLOY = ")]
    assert sum("$(DEPLOY)" in it for it in lines) >= 10
    clean = {"PATH": os.environ["PATH"], "AWS_REGION": "eu-west-1", "STACK": "awsome"}
    done = subprocess.run(["sh", "-c", f"{start} check"], cwd=ROOT, env=clean, capture_output=True, check=False)
    assert done.stderr.decode() == 'STACK=awsome cannot be: Cognito takes no domain with "aws" in it.\n'


@pytest.mark.parametrize("words", [[], ["nothing"], ["config"], ["config", "nothing"]])
def test_a_command_that_is_not_known_is_answered_with_those_that_are(
    words: list[str], aws: StubAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["deploy", *words])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert str(ended.value.code).startswith("The commands are check, up, down, code, config SITE,")
    assert "SITE is user, school or worker" in str(ended.value.code)
    assert not aws.calls


def test_help_lists_the_commands(aws: StubAws, run: Run) -> None:
    assert run("--help").startswith("The commands are check, up, down, code, config SITE,")
    assert not aws.calls


@pytest.mark.parametrize("name", ["Uconnect", "u_connect", "1st", "-uconnect", "uconnect-", "ucönnect", "u.connect"])
def test_a_name_that_is_no_part_of_an_address_is_refused(name: str, aws: StubAws, run: Run) -> None:
    for command in ("check", "up"):
        assert f"FAILED: STACK={name} cannot be: a name has a-z" in run(command, STACK=name)
    assert not aws.calls


@pytest.mark.parametrize(("name", "word"), [("awsome", "aws"), ("our-amazon", "amazon"), ("mycognito", "cognito")])
def test_a_name_with_a_word_that_cognito_keeps_is_refused(name: str, word: str, run: Run) -> None:
    assert f'Cognito takes no domain with "{word}" in it' in run("check", STACK=name)


def test_a_name_leaves_room_for_the_account_in_cognitos_domain(run: Run) -> None:
    assert "FAILED" not in run("check", STACK="u" * 50)
    assert "has 51 characters" in run("check", STACK="u" * 51)


# --- the account


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (exceptions.NoCredentialsError(), "There are no credentials for AWS"),
        (
            exceptions.PartialCredentialsError(provider="env", cred_var="aws_secret_access_key"),
            "no credentials for AWS",
        ),
        (exceptions.CredentialRetrievalError(provider="process", error_msg="x"), "no credentials for AWS"),
        (exceptions.UnauthorizedSSOTokenError(), "Log in: aws configure, aws login, aws sso login"),
        (exceptions.SSOTokenLoadError(error_msg="x"), "Log in: aws configure, aws login, aws sso login"),
        (
            exceptions.TokenRetrievalError(provider="sso", error_msg="x"),
            "Log in: aws configure, aws login, aws sso login",
        ),
        (exceptions.ProfileNotFound(profile="uni"), "The config profile (uni) could not be found."),
        (exceptions.NoRegionError(), "Name the region, as in make deploy AWS_REGION=eu-west-1"),
        (exceptions.EndpointConnectionError(**ENDPOINT), "AWS could not be reached."),
        (exceptions.ConnectTimeoutError(**ENDPOINT), "AWS could not be reached."),
        (exceptions.ReadTimeoutError(**ENDPOINT), "AWS could not be reached."),
        (exceptions.SSLError(**ENDPOINT, error=OSError("x")), "AWS could not be reached."),
        (exceptions.ProxyConnectionError(proxy_url="http://proxy"), "AWS could not be reached."),
        (exceptions.ParamValidationError(report="x"), "AWS could not be asked: "),
    ],
    ids=lambda it: type(it).__name__ if isinstance(it, Exception) else "",
)
def test_what_keeps_us_from_aws_is_a_sentence(
    error: Exception, sentence: str, aws: StubAws, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(_: str) -> None:
        raise error

    monkeypatch.setattr(aws, "client", ask)
    for command in ("check", "up", "down"):
        said = run(command)
        assert said.startswith("FAILED: ")
        assert sentence in said


@pytest.mark.parametrize(
    ("code", "message", "sentence"),
    [
        ("ExpiredToken", "The security token included in the request is expired", "Your sign-in at AWS has expired."),
        (
            "ExpiredTokenException",
            "The security token included in the request is expired",
            "sign-in at AWS has expired",
        ),
        ("RequestExpired", "Request has expired.", "or the clock of this computer is wrong"),
        (
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            "does not know your access key",
        ),
        ("UnrecognizedClientException", "The security token included in the request is invalid.", "access key"),
        ("SignatureDoesNotMatch", "The request signature we calculated does not match", "Your secret key does not fit"),
        (
            "OptInRequired",
            "The AWS Access Key Id needs a subscription for the service",
            "is not enabled for the service",
        ),
        ("Throttling", "Rate exceeded", "AWS refused GetCallerIdentity: Rate exceeded."),
    ],
)
def test_what_aws_says_of_the_account_is_a_sentence(
    code: str, message: str, sentence: str, aws: StubAws, run: Run
) -> None:
    aws.refusals["sts:GetCallerIdentity"] = Refused(code, message, 403)
    said = run("check")
    assert said.startswith("FAILED: ")
    assert sentence in said


@pytest.mark.parametrize(
    "action",
    [
        "cloudformation:DescribeStacks",
        "cloudformation:CreateStack",
        "s3:PutObject",
        "cloudformation:GetTemplateSummary",
    ],
)
def test_a_right_that_is_missing_is_named(action: str, aws: StubAws, run: Run) -> None:
    aws.deny(action)
    said = run("up")
    assert f"FAILED: AWS denied {action}." in said
    assert "deploy/policy.json" in said


def test_a_right_that_s3_does_not_name_is_named_by_its_operation(aws: StubAws, run: Run) -> None:
    aws.refusals["s3:PutObject"] = Refused("AccessDenied", "Access Denied", 403)
    assert "FAILED: AWS denied the operation PutObject." in run("up")


def test_the_region_comes_from_aws_region_as_for_all_sdks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Failed, match="Name the region"):
        account.session()
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    assert account.session().region_name == "eu-north-1"
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert account.session().region_name == "eu-west-1"
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(Failed, match="nobody"):
        account.session()


def test_the_sdk_has_no_error_of_credentials_that_is_not_known() -> None:
    """A later SDK may have new ones."""
    words = ("Credential", "SSO", "Token", "Login")
    found = {
        it for name, it in vars(exceptions).items() if isinstance(it, type) and any(word in name for word in words)
    }
    unknown = {it.__name__ for it in found if not issubclass(it, errors.NO_CREDENTIALS)}
    assert unknown == {"NoAuthTokenError", "UnknownTokenProviderError"}, (
        "of bearer tokens, which no service of ours takes"
    )


# --- mail and quotas


def test_an_address_that_ses_does_not_know_is_refused(aws: StubAws, run: Run) -> None:
    said = run("check", MAIL_FROM="new@uni.edu")
    assert "FAILED: MAIL_FROM=new@uni.edu: SES does not know this address in this region." in said
    assert "aws sesv2 create-email-identity --email-identity new@uni.edu --region eu-west-1" in said
    aws.identities["new@uni.edu"] = False
    assert "SES has not verified this address yet." in run("check", MAIL_FROM="new@uni.edu")
    aws.identities["new@uni.edu"] = True
    assert "FAILED" not in run("check", MAIL_FROM="new@uni.edu")


def test_an_address_that_is_not_set_now_is_not_asked_for(aws: StubAws, run: Run) -> None:
    aws.make(MailFrom="gone@uni.edu")
    for settings in ({}, {"MAIL_FROM": "gone@uni.edu"}, {"MAIL_FROM": "default"}):
        assert "FAILED" not in run("check", **settings)
    assert not aws.requests("GetEmailIdentity")


def test_the_sandbox_of_ses_is_told(aws: StubAws, run: Run) -> None:
    aws.sandbox = True
    assert "SES is in its sandbox here" in run("check", MAIL_FROM="help@uni.edu")
    assert "sandbox" not in run("check")


def test_the_quota_of_a_new_account_is_told(aws: StubAws, run: Run) -> None:
    aws.functions_at_once = 10
    assert "this account runs 10 functions at the same time, as new" in run("check")
    aws.functions_at_once = 1000
    assert "functions at the same time" not in run("check")


def test_a_right_that_only_a_check_needs_is_not_missed(aws: StubAws, run: Run) -> None:
    aws.deny("lambda:GetAccountSettings")
    aws.refusals["sesv2:GetEmailIdentity"] = Refused("AccessDeniedException", "not authorized", 403)
    said = run("check", MAIL_FROM="help@uni.edu")
    assert "FAILED" not in said
    assert "what SES allows could not be looked at (GetEmailIdentity is denied)" in said
    assert "what Lambda allows could not be looked at" in said


# --- the bucket of the code


def test_the_code_is_put_into_no_bucket_but_ours(aws: StubAws, run: Run) -> None:
    aws.buckets[BUCKET] = "999999999999"
    for command in ("check", "up"):
        assert f"FAILED: The bucket {BUCKET} belongs to another account" in run(command)
    assert not aws.objects
    aws.make(Protect="false")
    assert "belongs to another account" in run("down", SURE="uconnect")
    assert aws.buckets[BUCKET] == "999999999999"


def test_a_bucket_that_somebody_took_just_now_is_not_used(aws: StubAws, run: Run) -> None:
    aws.refusals["s3:CreateBucket"] = Refused("BucketAlreadyExists", "The requested bucket name is not available.", 409)
    assert "belongs to another account" in run("up")
    assert not aws.objects


def test_the_bucket_is_closed_to_the_public_and_encrypted_each_time(aws: StubAws, run: Run) -> None:
    run("up")
    run("up")
    blocked = [it["PublicAccessBlockConfiguration"] for it in aws.requests("PutPublicAccessBlock")]
    assert [{*it.values()} for it in blocked] == [{True}] * 2
    assert len(aws.requests("PutBucketEncryption")) == 2
    assert len(aws.requests("CreateBucket")) == 1


def test_each_call_to_the_bucket_names_whose_it_is(aws: StubAws, run: Run) -> None:
    run("up", PROTECT="false")
    run("up", code="2")
    run("down", SURE="uconnect")
    calls = [(name, asked) for service, name, asked in aws.calls if service == "s3" and name != "CreateBucket"]
    assert {name for name, _ in calls} == {
        "HeadBucket", "PutPublicAccessBlock", "PutBucketEncryption", "ListObjectsV2", "PutObject", "DeleteObjects",
        "DeleteBucket",
    }  # fmt: skip
    assert all(asked["ExpectedBucketOwner"] == ACCOUNT for _, asked in calls)


def test_the_code_that_runs_and_the_one_before_are_kept(aws: StubAws, run: Run) -> None:
    def zips() -> int:
        return len([it for it in aws.objects if it.endswith(".zip")])

    for code, kept in (("1", 2), ("2", 4), ("3", 4), ("4", 4)):
        run("up", code=code)
        assert zips() == kept
    run("up", code="4", SCHOOLS="invited")
    assert zips() == 4, "the one before is not the same one"
    stack = aws.stack()
    assert stack
    assert {stack.parameters["CodeKey"], stack.parameters["PillowKey"]} <= {*aws.objects}
    assert len([it for it in aws.objects if "template-" in it]) == 1


def test_the_same_code_is_put_up_once(aws: StubAws, run: Run) -> None:
    run("up")
    run("up")
    assert len([it for it in aws.requests("PutObject") if it["Key"].endswith(".zip")]) == 2


def test_zips_that_cannot_be_built_end_in_a_sentence(run: Run, aws: StubAws, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise subprocess.CalledProcessError(1, "uv")

    monkeypatch.setattr(aws, "client", fail)
    assert run("up") == "FAILED: The zips could not be built: the lines above say why. Nothing was changed at AWS."


def test_the_parameters_of_the_code_are_printed_for_those_who_use_the_sam_cli(aws: StubAws, run: Run) -> None:
    said = dict(word.split("=") for word in run("code").split())
    assert said.keys() == {"CodeBucket", "CodeKey", "PillowKey", "Release", "Protect"}
    assert {said["CodeKey"], said["PillowKey"]} == {*aws.objects}
    assert said["Protect"] == "later", "or what is left of a first failure could not be deleted"
    aws.make()
    assert "Protect" not in run("code"), "it keeps what it has"


def test_the_sdk_itself_finds_no_credentials_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(exceptions.NoCredentialsError):
        boto3.Session(region_name="eu-west-1").client("sts").get_caller_identity()
