"""What the template says, where the emulator would not notice that it does not."""

import re
from typing import Any

import pytest
from deploy import release
from deploy.__main__ import SET
from deploy.package import ROOT
from deploy.stack import TEMPLATE

from tests.unit.aws_lambda.template_reader import broken_rules, of_type, read, statements
from uconnect.adapters.dynamodb.items import schema
from uconnect.api.operations import OPERATIONS
from uconnect.domain.context import JOBS_WITHIN

FRONT_SECRET = "x-front-secret"  # as entrypoints/aws_lambda/http.py reads it

OPEN = {
    "GET /api/health",
    "GET /api/openapi.json",
    "GET /api/pictures/{id}",
    "GET /api/invitations/{id}",
    "GET /api/notices/{id}",
    "POST /api/notices/{id}",
}
ROUTES = of_type("AWS::ApiGatewayV2::Route")
FUNCTIONS = of_type("AWS::Serverless::Function")


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_every_operation_is_a_route_that_takes_a_token_and_there_are_no_others() -> None:
    http = {it["RouteKey"]: it for it in ROUTES.values() if it["ApiId"] == ("Ref", "HttpApi")}
    assert {key for key, it in http.items() if it["AuthorizationType"] == "JWT"} == {
        f"{operation.method} {operation.path}" for operation in OPERATIONS
    }
    assert {key for key, it in http.items() if it["AuthorizationType"] == "NONE"} == OPEN
    assert all(it["AuthorizerId"] == ("Ref", "Authorizer") for key, it in http.items() if key not in OPEN)


def test_only_who_sends_a_picture_is_answered_by_the_function_that_reads_one() -> None:
    (key,) = [it["RouteKey"] for it in ROUTES.values() if "PictureIntegration" in it["Target"][1]]
    assert key == "PUT /api/picture"


def test_the_socket_has_its_three_routes_and_a_ticket_opens_it() -> None:
    socket = {it["RouteKey"]: it for it in ROUTES.values() if it["ApiId"] == ("Ref", "SocketApi")}
    assert set(socket) == {"$connect", "$disconnect", "$default"}
    assert socket["$connect"]["AuthorizationType"] == "CUSTOM"
    assert socket["$connect"]["AuthorizerId"] == ("Ref", "TicketAuthorizer")


def test_every_function_that_a_gateway_calls_permits_that_gateway_and_nobody_else() -> None:
    integrations = of_type("AWS::ApiGatewayV2::Integration").values()
    uris = [it["IntegrationUri"] for it in integrations if it["IntegrationType"] != "MOCK"]
    uris += [it["AuthorizerUri"] for it in of_type("AWS::ApiGatewayV2::Authorizer").values() if "AuthorizerUri" in it]
    found = [re.search(r"\w+\.(?:Arn|Alias)", str(uri)) for uri in uris]
    called = {match[0].removesuffix(".Arn") for match in found if match}
    permissions = of_type("AWS::Lambda::Permission").values()
    assert {it["FunctionName"][1] for it in permissions} == called
    assert len(called) == len(uris)
    assert all(it["Principal"] == "apigateway.amazonaws.com" and "Api}/" in it["SourceArn"][1] for it in permissions)


def test_every_route_leads_to_an_integration_that_is_there() -> None:
    integrations = of_type("AWS::ApiGatewayV2::Integration")
    for it in ROUTES.values():
        target = re.fullmatch(r"integrations/\$\{(\w+)\}", it["Target"][1])
        assert target
        assert integrations[target[1]]["ApiId"] == it["ApiId"]


def test_no_role_may_do_everything_or_something_to_everything() -> None:
    assert statements()
    for it in statements():
        assert all("*" not in action for action in listed(it["Action"])), it
        on_all = "*" in listed(it["Resource"])
        assert not on_all or it["Action"] == "ses:SendEmail", "the emulator alone, under the condition Local"


def test_what_is_on_all_resources_is_for_the_emulator_alone() -> None:
    (found,) = [it for it in FUNCTIONS["Jobs"]["Policies"][1]["Statement"] if "ses:" in str(it)]
    _, (mails, (_, (condition, _, on_aws)), _) = found
    assert (mails, condition) == ("Mails", "Local")
    assert on_aws["Condition"] == {"StringEquals": {"ses:FromAddress": ("Ref", "MailFrom")}}


def test_who_opens_sockets_may_not_write_nor_post() -> None:
    may, (_, (condition, key, _)) = FUNCTIONS["Authz"]["Policies"][0]["Statement"]
    assert condition == "Encrypted"
    assert {it.partition(":")[0] for it in key["Action"]} == {"kms"}
    assert set(may["Action"]) == {"dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"}


@pytest.mark.parametrize("stage", of_type("AWS::ApiGatewayV2::Stage").values(), ids=lambda it: str(it["StageName"]))
def test_every_api_is_throttled_and_deploys_itself(stage: dict[str, Any]) -> None:
    assert stage["AutoDeploy"] is True
    assert at_first(stage["DefaultRouteSettings"]["ThrottlingRateLimit"]) > 0
    assert at_first(stage["DefaultRouteSettings"]["ThrottlingBurstLimit"]) > 0


def test_a_socket_opens_without_a_function() -> None:
    """The authorizer is all that a handshake asks for."""
    route = ROUTES["Connect"]
    assert route["Target"] == ("Sub", "integrations/${ConnectIntegration}")
    opened = of_type("AWS::ApiGatewayV2::Integration")["ConnectIntegration"]
    assert (opened["IntegrationType"], opened["RequestTemplates"]) == ("MOCK", {"$default": '{"statusCode": 200}'})
    (answer,) = of_type("AWS::ApiGatewayV2::IntegrationResponse").values()
    assert answer["IntegrationId"] == ("Ref", "ConnectIntegration")
    (said,) = of_type("AWS::ApiGatewayV2::RouteResponse").values()
    assert (said["RouteId"], said["RouteResponseKey"]) == (("Ref", "Connect"), "$default")
    assert route["RouteResponseSelectionExpression"] == "$default"


def at_first(value: Any) -> Any:
    """A number of the template, or the default of the parameter that it is."""
    return read()["Parameters"][value[1]]["Default"] if isinstance(value, tuple) else value


def test_what_anybody_may_call_is_throttled_by_itself() -> None:
    """Else a flood of it would use up what those have who are signed in."""
    stage = read()["Resources"]["HttpStage"]
    usual = stage["Properties"]["DefaultRouteSettings"]
    own = stage["Properties"]["RouteSettings"]
    assert set(own) == OPEN
    for it in own.values():
        assert 0 < at_first(it["ThrottlingRateLimit"]) < at_first(usual["ThrottlingRateLimit"])
        assert 0 < at_first(it["ThrottlingBurstLimit"]) < at_first(usual["ThrottlingBurstLimit"])
    routes = {name for name, it in ROUTES.items() if it["RouteKey"] in OPEN}
    assert set(stage["DependsOn"]) == routes, "a stage cannot be made before the routes that its settings name"


@pytest.mark.parametrize("name", ["Http", "Socket"])
def test_an_update_is_tried_on_few_calls_first_and_is_taken_back_by_an_alarm(name: str) -> None:
    function = FUNCTIONS[name]
    assert function["AutoPublishAlias"] == "live"
    assert function["AutoPublishCodeSha256"] == ("Ref", "Release"), "or a setting would not reach the alias"
    by = function["DeploymentPreference"]
    assert (by["Enabled"], by["Type"]) == (("Ref", "Canary"), "Canary10Percent5Minutes")
    alarms = of_type("AWS::CloudWatch::Alarm")
    assert {it[1] for it in by["Alarms"]} <= set(alarms)
    assert f"{name}Fails" in {it[1] for it in by["Alarms"]}


def test_a_release_has_another_name_when_anything_of_it_changes_and_only_then() -> None:
    first = release.name_of({"CodeKey": "a", "Schools": "open"})
    without_effect = {"Release": "whatever", "Protect": "later", "Canary": "false"}
    assert first == release.name_of({"Schools": "open", "CodeKey": "a"} | without_effect)
    others = [{"CodeKey": "b", "Schools": "open"}, {"CodeKey": "a", "Schools": "invited"}, {"CodeKey": "a"}]
    assert len({*map(release.name_of, others), first}) == 4


def test_calls_that_come_past_the_front_are_refused_by_what_nobody_is_shown() -> None:
    (secret,) = of_type("AWS::SecretsManager::Secret").values()
    assert "SecretString" not in secret, "CloudFormation generates it"
    reference = "{{resolve:secretsmanager:${FrontSecret}:SecretString}}"
    (front,) = of_type("AWS::CloudFront::Distribution").values()
    (origin,) = front["DistributionConfig"]["Origins"]
    (header,) = origin["OriginCustomHeaders"]
    assert header["HeaderName"].lower() == FRONT_SECRET
    assert header["HeaderValue"] == ("Sub", reference)
    told = read()["Globals"]["Function"]["Environment"]["Variables"]["FRONT_SECRET"]
    assert told == ("If", ["Fronted", ("Sub", reference), ""])
    assert "FrontSecret" not in str(read()["Outputs"])


def test_own_domains_ask_for_certificates_and_their_targets_are_put_out() -> None:
    rules, outputs = read()["Rules"], read()["Outputs"]
    for name in ("Api", "Socket", "Pages"):
        (it,) = rules[f"{name}Named"]["Assertions"]
        assert f"{name}Certificate" in str(it["Assert"])
        assert outputs[f"{name}Name"]["Value"] == ("Ref", f"{name}Domain")
        assert outputs[f"{name}Target"]["Condition"] == f"{name}Named"
    domains = of_type("AWS::Amplify::Domain")
    assert set(domains) == {"UserName", "SchoolName", "WorkerName"}


SITES = ("UserSite", "SchoolSite", "WorkerSite")


@pytest.mark.parametrize(
    ("parameters", "broken"),
    [
        ({}, set()),
        ({"UserSite": "https://ask.uni.edu", "SchoolSite": "https://desk.uni.edu"}, {"SitesNamed"}),
        ({"SchoolSite": "https://desk.uni.edu"}, {"SitesNamed"}),
        ({"Hosting": "elsewhere"}, {"SitesNamed"}),
        (dict.fromkeys(SITES, "https://uni.edu"), set()),
        (dict.fromkeys(SITES, "http://localhost:8000"), set()),
        (dict.fromkeys(SITES, "https://uni.edu/"), {*SITES}),
        (dict.fromkeys(SITES, "ask.uni.edu"), {*SITES}),
        ({"ApiDomain": "api.uni.edu"}, {"ApiNamed"}),
        ({"ApiDomain": "https://api.uni.edu", "ApiCertificate": "arn"}, {"ApiDomain"}),
        ({"SocketDomain": "wss://socket.uni.edu", "SocketCertificate": "arn"}, {"SocketDomain"}),
        ({"PagesDomain": "login.uni.edu/", "PagesCertificate": "arn"}, {"PagesDomain"}),
        ({"IdpMetadata": "https://login.uni.edu/saml"}, {"IdpNamed"}),
        ({"IdpIssuer": "https://login.uni.edu"}, {"IdpNamed"}),
        ({"IdpOnly": "true"}, {"IdpNamed"}),
        ({"IdpName": "Uni", "IdpIssuer": "https://login.uni.edu"}, {"WholeIdp"}),
        ({"IdpName": "Uni", "IdpMetadata": "https://uni.edu/saml", "IdpIssuer": "https://uni.edu"}, {"OneIdp"}),
        ({"BudgetUsd": "100"}, {"Budget"}),
    ],
)
def test_settings_that_would_have_no_effect_or_break_the_sites_are_refused(
    parameters: dict[str, str], broken: set[str]
) -> None:
    """An origin with a slash at its end is none that a browser sends, so the API would answer no page."""
    needed = dict.fromkeys(("CodeBucket", "CodeKey", "PillowKey"), "x")
    assert broken_rules(**needed, **parameters) == broken


def test_every_log_ends() -> None:
    logs = of_type("AWS::Logs::LogGroup").values()
    assert {it["RetentionInDays"] for it in logs} == {("Ref", "LogDays")}
    assert read()["Parameters"]["LogDays"]["Default"] == 30
    assert not [it for it in FUNCTIONS.values() if "LoggingConfig" in it], "all write where `Globals` says"


def test_the_table_is_the_one_the_store_knows() -> None:
    (table,) = of_type("AWS::DynamoDB::Table").values()
    assert {name: table[name] for name in schema("x") if name != "TableName"} == {
        name: value for name, value in schema("x").items() if name != "TableName"
    }
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] == ("If", ["Protected", True, False])


USED = ("If", ["Restored", ("Ref", "RestoredTable"), ("Ref", "Table")])


def test_all_that_uses_the_table_uses_the_restored_one_where_there_is_one() -> None:
    """By one condition, the same everywhere; nothing else names the stack's own table."""
    found: list[Any] = []

    def look(it: Any) -> None:
        if it == USED:
            found.append(it)
            return
        assert it != ("Ref", "Table"), "it would stay with the old table"
        assert not (isinstance(it, tuple) and it[0] in {"GetAtt", "Sub"} and re.search(r"\bTable(\.|\})", str(it[1])))
        for each in it.values() if isinstance(it, dict) else it if isinstance(it, list | tuple) else ():
            look(each)

    template = read()
    assert template["Outputs"].pop("OwnTable") == {"Value": ("Ref", "Table")}
    look({name: template[name] for name in ("Globals", "Resources", "Outputs")})
    assert template["Globals"]["Function"]["Environment"]["Variables"]["TABLE"] == USED
    assert template["Outputs"]["Table"]["Value"] == USED
    arns = [it for each in statements() for it in listed(each["Resource"]) if "dynamodb" in str(each["Action"])]
    assert all(it[0] == "Sub" and it[1][1] == {"Name": USED} for it in arns)
    assert len(found) >= len(arns) + 2


def test_what_people_wrote_is_protected_once_the_stack_is_whole() -> None:
    template = read()
    assert template["Parameters"]["Protect"]["AllowedValues"] == ["true", "false", "later"]
    assert template["Conditions"]["Protected"] == ("Equals", [("Ref", "Protect"), "true"])
    (pool,) = of_type("AWS::Cognito::UserPool").values()
    assert pool["DeletionProtection"] == ("If", ["Protected", "ACTIVE", "INACTIVE"])
    for name in ("Table", "Pool"):
        assert template["Resources"][name]["UpdateReplacePolicy"] == "Retain"


def test_the_three_sites_are_public_clients_that_take_codes_alone() -> None:
    clients = of_type("AWS::Cognito::UserPoolClient")
    assert set(clients) == {"UserClient", "SchoolClient", "WorkerClient"}
    for it in clients.values():
        assert it["GenerateSecret"] is False
        assert it["AllowedOAuthFlows"] == ["code"]
        assert it["PreventUserExistenceErrors"] == "ENABLED"
        assert it["AccessTokenValidity"] == 15


def test_what_is_not_there_has_the_page_that_was_built_for_it() -> None:
    apps = of_type("AWS::Amplify::App")
    assert len(apps) == 3
    for app in apps.values():
        first, last = app["CustomRules"]
        assert (first["Source"], first["Status"]) == ("/", "302")
        assert last == {"Source": "/<*>", "Target": "/404.html", "Status": "404"}


def test_jobs_are_done_each_minute() -> None:
    assert FUNCTIONS["Jobs"]["Events"]["Minute"]["Properties"]["Schedule"] == "rate(1 minute)"


def test_jobs_come_out_of_an_encrypted_queue_to_so_many_runs_as_are_set() -> None:
    (queue,) = of_type("AWS::SQS::Queue").values()
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["VisibilityTimeout"] == 6 * FUNCTIONS["Jobs"]["Timeout"], "as Lambda asks for"
    assert queue["MessageRetentionPeriod"] * 1000 > JOBS_WITHIN, "and the schedule does what is lost"
    (mapping,) = of_type("AWS::Lambda::EventSourceMapping").values()
    _, (condition, _, scaling) = mapping["ScalingConfig"]
    assert (condition, scaling) == ("Local", {"MaximumConcurrency": ("Ref", "JobRuns")})
    number = read()["Parameters"]["JobRuns"]
    assert (number["MinValue"], number["MaxValue"]) == (2, 1000), "what AWS takes"


def test_no_concurrency_is_reserved_unless_it_is_asked_for() -> None:
    assert read()["Parameters"]["JobsReserved"]["Default"] == ""
    assert FUNCTIONS["Jobs"]["ReservedConcurrentExecutions"] == (
        "If",
        ["Reserved", ("Ref", "JobsReserved"), ("Ref", "AWS::NoValue")],
    )


def test_it_asks_for_no_secret_and_hands_none_to_a_function() -> None:
    named = {*read()["Parameters"], *read()["Globals"]["Function"]["Environment"]["Variables"]}
    opaque = {name for name in named if re.search(r"(?i)secret|password|token|key$", name)}
    assert opaque == {"CodeKey", "PillowKey", "KmsKey", "IdpSecret", "FRONT_SECRET"}, "places, names, and a reference"
    defaults = [it.get("Default") for name, it in read()["Parameters"].items() if name in opaque]
    assert not any(defaults)


def test_cloudformation_takes_it_as_it_is() -> None:
    text = TEMPLATE.read_text()
    assert len(text.encode()) <= 1_000_000, "it comes from a bucket, which takes 1 MB"
    assert not re.search(r": [&*]\w", text), "it knows no aliases"
    assert read()["Parameters"]["Arch"]["Default"] == "arm64"
    assert read()["Parameters"]["Runtime"]["Default"] == "python3.13"


def test_what_another_checker_finds_and_stays_has_a_reason() -> None:
    """checkov itself is no part of the set-up: deploy/checkov.yaml says how to run it."""
    _, _, skipped = TEMPLATE.with_name("checkov.yaml").read_text("utf-8").partition("skip-check:\n")
    lines = skipped.splitlines()
    assert lines
    assert all(re.fullmatch(r"  - CKV_AWS_\d+ # .{40,}", line) for line in lines)


@pytest.mark.parametrize("parameter", SET)
def test_every_setting_is_a_parameter_and_the_page_says_what_it_means(parameter: str) -> None:
    assert parameter in read()["Parameters"]
    rows = [line for line in (ROOT / "docs/aws.md").read_text("utf-8").splitlines() if line.startswith("| `")]
    assert any(f"`{SET[parameter]}`" in row.split("|")[1] for row in rows)
