"""What the template says, where the emulator would not notice that it does not."""

import re
from typing import Any

import pytest
from deploy.stack import TEMPLATE

from tests.unit.aws_lambda.template_reader import of_type, read, statements
from uconnect.adapters.dynamodb.items import schema
from uconnect.api.operations import OPERATIONS

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
    uris = [it["IntegrationUri"][1] for it in of_type("AWS::ApiGatewayV2::Integration").values()]
    uris += [
        it["AuthorizerUri"][1] for it in of_type("AWS::ApiGatewayV2::Authorizer").values() if "AuthorizerUri" in it
    ]
    called = {match[1] for uri in uris if (match := re.search(r"(\w+)\.Arn", uri))}
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
    (found,) = [it for it in FUNCTIONS["Todos"]["Policies"][1]["Statement"] if "ses:" in str(it)]
    _, (mails, (_, (condition, _, on_aws)), _) = found
    assert (mails, condition) == ("Mails", "Local")
    assert on_aws["Condition"] == {"StringEquals": {"ses:FromAddress": ("Ref", "MailFrom")}}


def test_who_opens_sockets_may_not_write_nor_post() -> None:
    (may,) = FUNCTIONS["Authz"]["Policies"][0]["Statement"]
    assert set(may["Action"]) == {"dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"}


@pytest.mark.parametrize("stage", of_type("AWS::ApiGatewayV2::Stage").values(), ids=lambda it: str(it["StageName"]))
def test_every_api_is_throttled_and_deploys_itself(stage: dict[str, Any]) -> None:
    assert stage["AutoDeploy"] is True
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_writes_to_a_log_that_ends_and_has_an_alarm(name: str) -> None:
    log = of_type("AWS::Logs::LogGroup")[FUNCTIONS[name]["LoggingConfig"]["LogGroup"][1]]
    assert log["RetentionInDays"] <= 30
    alarms = of_type("AWS::CloudWatch::Alarm").values()
    assert any({"Name": "FunctionName", "Value": ("Ref", name)} in it.get("Dimensions", ()) for it in alarms)
    watched = {it["LogGroupName"][1] for it in of_type("AWS::Logs::MetricFilter").values()}
    assert FUNCTIONS[name]["LoggingConfig"]["LogGroup"][1] in watched, "what it catches, it says there alone"


def test_the_table_is_the_one_the_store_knows() -> None:
    (table,) = of_type("AWS::DynamoDB::Table").values()
    assert {name: table[name] for name in schema("x") if name != "TableName"} == {
        name: value for name, value in schema("x").items() if name != "TableName"
    }
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] == ("Ref", "Protect")


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
    assert FUNCTIONS["Todos"]["Events"]["Minute"]["Properties"]["Schedule"] == "rate(1 minute)"


def test_it_asks_for_no_secret_and_hands_none_to_a_function() -> None:
    named = {*read()["Parameters"], *read()["Globals"]["Function"]["Environment"]["Variables"]}
    opaque = {name for name in named if re.search(r"(?i)secret|password|token|key$", name)}
    assert opaque == {"CodeKey", "PillowKey", "IdpSecret"}, "the places of the zips, and the name of a secret"


def test_cloudformation_takes_it_as_it_is() -> None:
    text = TEMPLATE.read_text()
    assert len(text.encode()) <= 51_200, "more must be put into a bucket first"
    assert not re.search(r": [&*]\w", text), "it knows no aliases"
    assert read()["Parameters"]["Arch"]["Default"] == "arm64"
    assert read()["Parameters"]["Runtime"]["Default"] == "python3.13"
