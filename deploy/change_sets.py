"""Makes a change set of CloudFormation, shows what it would change, and says what people would lose or notice.

A replacement of the table or the user pool is refused: the new one would be empty. The operator is asked before any
other resource is replaced or removed, except those that nobody notices (UNNOTICED).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy import errors
from deploy.stack import Failed
from deploy.waiting import looks

PRECIOUS = {"AWS::DynamoDB::Table", "AWS::Cognito::UserPool"}
UNNOTICED = {  # a new one does what the old one did, and nothing is kept in it
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::CloudWatch::Alarm",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::Logs::MetricFilter",
}
UNDER_WAY = {"CREATE_PENDING", "CREATE_IN_PROGRESS"}
EMPTY = ("didn't contain changes", "No updates are to be performed")
VERBS = {"Add": "new", "Modify": "changed", "Remove": "REMOVED", "Import": "imported", "Dynamic": "changed"}
Change = Mapping[str, Any]


@dataclass(frozen=True)
class ChangeSet:
    """What an update would do."""

    id: str
    changes: Sequence[Change]

    @property
    def lost(self) -> list[str]:
        """What people would lose."""
        return [_named(it) for it in self.changes if it["ResourceType"] in PRECIOUS and _may_go(it)]

    @property
    def noticed(self) -> list[str]:
        """What would be replaced or removed, so that an address or an account elsewhere may change."""
        return [_named(it) for it in self.changes if it["ResourceType"] not in UNNOTICED and _goes(it)]

    def show(self) -> None:
        """Print a line for each change, and how many only name something that changes, as routes do."""
        own = [it for it in self.changes if _is_own(it)]
        for it in own:
            print(f"  {'REPLACED' if _is_replaced(it) else VERBS[it['Action']]:<9} {_named(it)}")
        if followers := len(self.changes) - len(own):
            print(f"  and {followers} that only name one of these")


def make(cloudformation: Any, asked: Mapping[str, Any]) -> ChangeSet | None:
    """Make a change set of what CreateChangeSet is asked. None, and nothing is left of it, if nothing would change.
    Raises Failed."""
    made = cloudformation.create_change_set(**asked, ChangeSetType="UPDATE")["Id"]
    found: dict[str, Any] = {}
    for _ in looks():
        found = cloudformation.describe_change_set(ChangeSetName=made)
        if found["Status"] not in UNDER_WAY:
            break
    if found["Status"] == "FAILED":
        reason = str(found.get("StatusReason", ""))
        discard(cloudformation, made)
        if any(it in reason for it in EMPTY):
            return None
        raise Failed(f"CloudFormation does not take this change: {reason} {errors.advice(reason)}".rstrip())
    changes = list(found["Changes"])
    while found.get("NextToken"):
        found = cloudformation.describe_change_set(ChangeSetName=made, NextToken=found["NextToken"])
        changes += found["Changes"]
    return ChangeSet(made, [it["ResourceChange"] for it in changes])


def discard(cloudformation: Any, id: str) -> None:
    """Delete a change set that is not carried out."""
    cloudformation.delete_change_set(ChangeSetName=id)


def _named(change: Change) -> str:
    return f"{change['LogicalResourceId']} ({change['ResourceType']})"


def _is_own(change: Change) -> bool:
    """Whether the resource changes by itself, and not only because it names another one that does."""
    details = change.get("Details", ())
    return change["Action"] != "Modify" or not details or any(it.get("Evaluation") == "Static" for it in details)


def _may_go(change: Change) -> bool:
    return bool(change["Action"] == "Remove" or change.get("Replacement", "False") != "False")


def _goes(change: Change) -> bool:
    return bool(change["Action"] == "Remove") or _is_replaced(change)


def _is_replaced(change: Change) -> bool:
    """Whether it will be. CloudFormation also says Conditional of all that names something which changes: it will not
    be, unless a property of its own asks for it."""
    if change.get("Replacement") != "Conditional":
        return bool(change.get("Replacement") == "True")
    own = [it for it in change.get("Details", ()) if it.get("Evaluation") == "Static"]
    return any(it["Target"].get("RequiresRecreation", "Never") != "Never" for it in own)
