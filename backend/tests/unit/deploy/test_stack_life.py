"""A stack can be put up, changed and deleted again and again, and no command loses what nobody wanted to lose."""

import pytest
from deploy.stack import TEMPLATE

from tests.support.stub_aws import POOL, TABLE, TABLE_KEPT, StubAws
from tests.unit.aws_lambda.template_reader import read
from tests.unit.deploy.conftest import Run

PREFIX_TAKEN = (
    'Resource handler returned message: "Domain already associated with another user pool. (Service:'
    ' CognitoIdentityProvider, Status Code: 400, Request ID: X)" (RequestToken: X, HandlerErrorCode: AlreadyExists)'
)
NO_ROLE = (
    'Resource handler returned message: "User: arn:aws:iam::123456789012:user/operator is not authorized to perform:'
    " iam:CreateRole on resource: arn:aws:iam::123456789012:role/uconnect-HttpRole because no identity-based policy"
    ' allows the iam:CreateRole action (Service: Iam, Status Code: 403, Request ID: X)"'
)
FEW = (
    "Resource handler returned message: \"Specified ReservedConcurrentExecutions for function decreases account's"
    ' UnreservedConcurrentExecution below its minimum value of [10]. (Service: Lambda, Status Code: 400)"'
)
UNVERIFIED = (
    'Resource handler returned message: "Email address is not verified. The following identities failed the check in'
    ' region EU-WEST-1: help@uni.edu (Service: CognitoIdentityProvider, Status Code: 400)"'
)


def replaced(name: str, kind: str, how: str = "True", evaluation: str = "Static") -> dict[str, object]:
    """A change of a change set, as DescribeChangeSet has it."""
    target = {"Attribute": "Properties", "Name": "X", "RequiresRecreation": "Always"}
    details = [{"Target": target, "Evaluation": evaluation, "ChangeSource": "DirectModification"}]
    change = {"Action": "Modify", "LogicalResourceId": name, "ResourceType": kind, "Replacement": how}
    return change | {"Details": details}


# --- delete


@pytest.mark.parametrize("what", ["the stack", f"the table {TABLE}", f"the pool {POOL}"])
def test_destroy_changes_nothing_while_anything_is_protected(what: str, aws: StubAws, run: Run) -> None:
    stack = aws.make()
    stack.protected, aws.table_protected, aws.pool_protected = ("stack" in what, TABLE in what, POOL in what)
    said = run("down", SURE="uconnect")
    assert f"FAILED: uconnect is protected ({what}). Nothing was deleted." in said
    assert "make deploy PROTECT=false" in said
    assert not aws.requests("DeleteStack")
    assert "This deletes" not in said, "it is looked at before anything is asked"


def test_a_protection_that_may_not_be_looked_at_is_taken_to_be_there(aws: StubAws, run: Run) -> None:
    aws.make()
    aws.deny("dynamodb:DescribeTable")
    assert "AWS denied dynamodb:DescribeTable" in run("down", SURE="uconnect")
    assert not aws.requests("DeleteStack")


def test_destroy_asks_first_then_deletes_all_and_says_what_stays(aws: StubAws, run: Run) -> None:
    run("up")
    run("up", PROTECT="false")
    assert "To delete it: make destroy SURE=uconnect" in run("down")
    assert aws.stack()
    said = run("down", SURE="uconnect")
    assert aws.stack() is None
    assert (aws.buckets, aws.objects) == ({}, {})
    assert "system backup of the table for 35 days" in said
    assert "FAILED: There is no stack uconnect" in run("down", SURE="uconnect")


def test_a_deletion_that_fails_says_why_and_the_same_command_ends_it(aws: StubAws, run: Run) -> None:
    aws.make(Protect="false")
    aws.delete_fails = TABLE_KEPT
    said = run("down", SURE="uconnect")
    assert "currently protected against deletion" in said
    assert "make destroy SURE=uconnect" in said
    aws.delete_fails = ""
    assert "uconnect is deleted." in run("down", SURE="uconnect")


def test_the_code_of_other_stacks_stays(aws: StubAws, run: Run) -> None:
    run("up", PROTECT="false")
    run("up", PROTECT="false", STACK="other")
    assert "stays: it has the code of other stacks" in run("down", SURE="uconnect")
    assert aws.objects
    assert {it.partition("/")[0] for it in aws.objects} == {"other"}


# --- the first time


def test_a_new_stack_is_protected_once_it_is_whole_and_not_before(aws: StubAws, run: Run) -> None:
    aws.late = 2
    said = run("up")
    (asked,) = aws.requests("CreateStack")
    assert {"ParameterKey": "Protect", "ParameterValue": "later"} in asked["Parameters"]
    assert not asked.get("EnableTerminationProtection")
    stack = aws.stack()
    assert stack
    assert (stack.parameters["Protect"], stack.protected, aws.table_protected) == ("true", True, True)
    assert "CREATE_COMPLETE               uconnect" in said
    assert "https://school.example" in said


def test_a_new_stack_that_is_not_to_be_protected_is_not(aws: StubAws, run: Run) -> None:
    run("up", PROTECT="false")
    stack = aws.stack()
    assert stack
    assert (stack.parameters["Protect"], stack.protected) == ("false", False)
    run("up")
    assert (stack.parameters["Protect"], stack.protected) == ("false", False), "it was said once"


def test_a_first_create_that_was_interrupted_is_protected_by_the_next(aws: StubAws, run: Run) -> None:
    stack = aws.make(Protect="later")
    run("up")
    assert (stack.parameters["Protect"], stack.protected) == ("true", True)


@pytest.mark.parametrize(
    ("reason", "what_to_do"),
    [
        (PREFIX_TAKEN, "Choose another: STACK=name"),
        (NO_ROLE, "deploy/policy.json lists all"),
        (FEW, "Ask for 1,000: Service Quotas"),
        (UNVERIFIED, "SES has not verified MAIL_FROM in this region"),
    ],
)
def test_a_first_create_that_fails_says_why_and_the_same_command_works_again(
    reason: str, what_to_do: str, aws: StubAws, run: Run
) -> None:
    aws.create_fails = reason
    said = run("up")
    assert f"PoolDomain: {reason}" in said
    assert what_to_do in said
    assert "Resource creation cancelled" not in said.partition("FAILED: ")[2], "it follows from the first"
    assert aws.stack() is None
    aws.create_fails = ""
    assert "FAILED" not in run("up")


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS"])
def test_what_is_left_of_a_first_create_is_deleted_and_it_is_made_anew(status: str, aws: StubAws, run: Run) -> None:
    left = aws.make(status)
    left.protected = True
    said = run("up")
    assert "was never whole" in said
    assert "FAILED: " not in said
    assert left.status == "DELETE_COMPLETE"
    assert aws.stack() is not left


def test_a_deletion_that_did_not_end_is_ended_unless_the_data_are_there(aws: StubAws, run: Run) -> None:
    left = aws.make("DELETE_FAILED")
    said = run("up")
    assert f"FAILED: A deletion of uconnect was begun and did not end: Table {TABLE}" in said
    assert not aws.requests("DeleteStack")
    left.resources.clear()
    assert "FAILED" not in run("up")
    assert aws.stack() is not left


def test_each_event_is_printed_once_and_as_a_line(aws: StubAws, run: Run) -> None:
    aws.late = 5
    lines = run("up", PROTECT="false").splitlines()
    events = [it for it in lines if it.startswith("00:00:00")]
    assert events == [
        "00:00:00  CREATE_IN_PROGRESS            uconnect",
        "00:00:00  CREATE_COMPLETE               Table",
        "00:00:00  CREATE_COMPLETE               uconnect",
    ]


# --- again


def test_settings_that_are_not_named_stay(aws: StubAws, run: Run) -> None:
    run("up", SCHOOLS="invited", MAIL_FROM="help@uni.edu", ALARMS_TO="ops@uni.edu", TAGS="team=it cost=42")
    stack = aws.stack()
    assert stack
    stack.parameters |= {"Issuer": "https://login.uni.edu"}  # which no setting of make deploy sets
    before, tags = dict(stack.parameters), stack.tags
    run("up", code="2", END_THREADS_AFTER="90")
    code = {key: stack.parameters[key] for key in ("CodeKey", "PillowKey", "Release")}
    assert stack.parameters == before | code | {"EndThreadsAfter": "90"}
    assert all(code[key] != before[key] for key in ("CodeKey", "Release"))
    assert stack.tags == tags == [{"Key": "team", "Value": "it"}, {"Key": "cost", "Value": "42"}]


def test_a_setting_of_a_later_release_has_its_default(aws: StubAws, run: Run) -> None:
    stack = aws.make()
    run("up")
    (asked,) = aws.requests("CreateChangeSet")
    keys = {it["ParameterKey"] for it in asked["Parameters"]}
    assert keys == {"Protect", "CodeBucket", "CodeKey", "PillowKey", "Release"}
    assert stack.parameters["EndThreadsAfter"] == "0"


def test_a_setting_is_taken_away_by_the_word_default(aws: StubAws, run: Run) -> None:
    run("up", SCHOOLS="invited", MAIL_FROM="help@uni.edu", TAGS="team=it")
    run("up", MAIL_FROM="default", TAGS="default")
    stack = aws.stack()
    assert stack
    assert (stack.parameters["MailFrom"], stack.parameters["Schools"], stack.tags) == ("", "invited", [])
    run("up", SCHOOLS="default")
    assert stack.parameters["Schools"] == "open"


def test_an_update_of_nothing_is_no_error_and_leaves_nothing(aws: StubAws, run: Run) -> None:
    run("up")
    events = len(next(iter(aws.stacks.values())).history)
    said = run("up")
    assert "Nothing changes in the stack." in said
    assert "FAILED" not in said
    assert aws.change_sets == {}
    assert len(next(iter(aws.stacks.values())).history) == events


def test_the_template_comes_from_the_bucket_for_it_may_be_larger_than_a_call(aws: StubAws, run: Run) -> None:
    run("up")
    run("up")
    for asked in (*aws.requests("CreateStack"), *aws.requests("CreateChangeSet")[1:]):
        assert "TemplateBody" not in asked
        assert aws.objects[asked["TemplateURL"].partition(f"{next(iter(aws.buckets))}/")[2]] == TEMPLATE.read_bytes()


@pytest.mark.parametrize("how", ["True", "Conditional"])
@pytest.mark.parametrize(("name", "kind"), [("Table", "AWS::DynamoDB::Table"), ("Pool", "AWS::Cognito::UserPool")])
def test_a_replacement_of_what_people_wrote_is_refused(name: str, kind: str, how: str, aws: StubAws, run: Run) -> None:
    stack = aws.make()
    aws.changes = [replaced(name, kind, how)]
    said = run("up", SURE="yes")
    assert f"FAILED: This may replace or remove {name} ({kind})" in said
    assert (aws.change_sets, stack.status) == ({}, "CREATE_COMPLETE")


def test_a_removal_of_what_people_wrote_is_refused(aws: StubAws, run: Run) -> None:
    aws.make()
    aws.changes = [{"Action": "Remove", "LogicalResourceId": "Table", "ResourceType": "AWS::DynamoDB::Table"}]
    assert "FAILED: This may replace or remove Table" in run("up", SURE="yes")
    assert not aws.requests("ExecuteChangeSet")


def test_another_replacement_is_shown_and_asked_for(aws: StubAws, run: Run) -> None:
    stack = aws.make()
    aws.changes = [replaced("UserClient", "AWS::Cognito::UserPoolClient")]
    said = run("up")
    assert "REPLACED  UserClient (AWS::Cognito::UserPoolClient)" in said
    assert "add SURE=yes" in said
    assert "FAILED: Nothing was changed." in said
    assert (aws.change_sets, stack.status) == ({}, "CREATE_COMPLETE")
    assert "FAILED" not in run("up", SURE="yes")
    assert stack.status == "UPDATE_COMPLETE"


def test_what_nobody_notices_is_not_asked_for(aws: StubAws, run: Run) -> None:
    aws.make()
    aws.changes = [
        replaced("Pillow", "AWS::Lambda::LayerVersion"),
        replaced("HttpStage", "AWS::ApiGatewayV2::Stage", "Conditional", "Dynamic"),  # CloudFormation cannot say yet
    ]
    said = run("up")
    assert "FAILED" not in said
    assert "and 1 that only name one of these" in said


def test_an_update_that_fails_says_why_and_that_it_was_undone(aws: StubAws, run: Run) -> None:
    aws.make()
    aws.update_fails = NO_ROLE
    said = run("up", SCHOOLS="invited")
    assert f"Http: {NO_ROLE}" in said
    assert "It was undone: the stack is as it was." in said
    aws.update_fails = ""
    assert "FAILED" not in run("up", SCHOOLS="invited")


def test_an_update_that_could_not_be_undone_is_undone_by_the_same_command(aws: StubAws, run: Run) -> None:
    stack = aws.make()
    aws.update_fails = aws.rollback_fails = NO_ROLE
    assert "Run the same command again to undo it." in run("up", SCHOOLS="invited")
    said = run("up", SCHOOLS="invited")
    assert f"Socket: {NO_ROLE}" in said
    assert "Continue update rollback" in said
    aws.update_fails = aws.rollback_fails = ""
    assert "FAILED: " not in run("up", SCHOOLS="invited")
    assert stack.parameters["Schools"] == "invited"


def test_a_stack_that_aws_is_still_at_work_on_is_waited_for(
    aws: StubAws, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = aws.make("UPDATE_IN_PROGRESS")

    def end(**_: str) -> dict[str, object]:
        if stack.status.endswith("_IN_PROGRESS") and len(aws.requests("DescribeStackEvents")) > 1:
            stack.happens("UPDATE_COMPLETE")
        return {"StackEvents": [*reversed(stack.history)]}

    answers = aws._answers()
    monkeypatch.setattr(aws, "_answers", lambda: answers | {"DescribeStackEvents": end})
    said = run("up", SCHOOLS="invited")
    assert "CloudFormation is still at work on uconnect (UPDATE_IN_PROGRESS). This waits for it." in said
    assert "FAILED" not in said
    assert stack.parameters["Schools"] == "invited"


def test_every_setting_is_a_parameter_and_has_a_row_in_the_docs() -> None:
    from deploy.__main__ import SET  # noqa: PLC0415 - what runs the commands

    assert set(SET) <= set(read()["Parameters"])
    page = (TEMPLATE.parents[1] / "docs/aws.md").read_text(encoding="utf-8")
    table = [it for it in page.splitlines() if it.startswith("| `")]
    for name in (*SET.values(), "STACK", "TAGS", "SETTINGS"):
        assert any(f"`{name}`" in it.split("|")[1] for it in table), name
