"""A stack of the emulator with what moving data needs of the real one: a table, a pool, and a function."""

import json
from typing import Any

from deploy import local

from tests.support import dynamodb_emulator
from tests.support.stores import fresh
from uconnect.adapters.dynamodb.items import schema

MAIL_FROM = "help@uconnect.example"
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def session() -> local.EmulatorSession:
    """A session of the tests' emulator."""
    return local.EmulatorSession(dynamodb_emulator.dynamodb().meta.endpoint_url)


def make(mails: str = MAIL_FROM) -> str:
    """A new one; its name."""
    name = f"s{fresh()}".replace("_", "x").replace("-", "x")
    pointed = session()
    if mails:
        pointed.client("sesv2").create_email_identity(EmailIdentity=mails)
    cloudformation = pointed.client("cloudformation")
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(_template(name)),
        Parameters=[{"ParameterKey": "MailFrom", "ParameterValue": mails}],
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    return name


def _template(name: str) -> dict[str, Any]:
    table = schema(name) | {"TableName": name}
    pool = {"UserPoolName": name, "UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}
    code = {"ZipFile": "def handler(event, context): return {}"}
    function = {
        "Runtime": "python3.11",
        "Handler": "index.handler",
        "Code": code,
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    }
    made = {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
        "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": pool},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [TRUST]}}},
        "Http": {"Type": "AWS::Lambda::Function", "Properties": function},
    }
    outputs: dict[str, Any] = {
        "Table": {"Ref": "Table"},
        "Pool": {"Ref": "Pool"},
        "Issuer": {"Fn::Sub": "https://cognito-idp.us-east-1.amazonaws.com/${Pool}"},
        "Url": "https://api.example",
        "HttpFunction": {"Ref": "Http"},
    }
    outputs |= {f"{kind}Origin": "https://ask.example" for kind in ("User", "School", "Worker")}
    return {
        "Parameters": {"MailFrom": {"Type": "String", "Default": ""}},
        "Resources": made,
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
