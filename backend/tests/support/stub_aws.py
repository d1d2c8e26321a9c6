"""An AWS that answers at once, and refuses in the words of AWS: for what the emulator never says no to.

The calls go through the real SDK, which checks their parameters; only the answer is ours. The texts are those of AWS's
documentation and of its answers: CloudFormation (API reference, "Troubleshooting CloudFormation"), S3 ("List of error
codes"), IAM ("Troubleshoot access denied error messages"), DynamoDB, Cognito, Lambda and SES (their API references).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from tests.unit.aws_lambda.template_reader import read

ACCOUNT = "123456789012"
REGION = "eu-west-1"
USER = f"arn:aws:iam::{ACCOUNT}:user/operator"
EMPTY = "The submitted information didn't contain changes. Submit different information to create a change set."
TABLE_KEPT = (
    'Resource handler returned message: "Resource cannot be deleted as it is currently protected against deletion.'
    ' Disable deletion protection first. (Service: DynamoDb, Status Code: 400, Request ID: X)"'
)
TABLE, POOL = "uconnect-Table-1", f"{REGION}_pool"
OUTPUTS = {"Table": TABLE, "UserApp": "app"}
TEMPLATE = read()
SESSION = boto3.Session("x", "x", region_name=REGION)  # reads the services' models once
PRECIOUS = {"Table": ("AWS::DynamoDB::Table", TABLE), "Pool": ("AWS::Cognito::UserPool", POOL)}


@dataclass
class Refused(Exception):
    """What AWS answers in place of a result."""

    code: str
    message: str
    status: int = 400


@dataclass
class Stack:
    """A stack as CloudFormation knows it, with its events, latest last."""

    name: str
    id: str
    status: str
    parameters: dict[str, str]
    tags: list[dict[str, str]]
    protected: bool = False
    resources: set[str] = field(default_factory=lambda: {*PRECIOUS})
    history: list[dict[str, Any]] = field(default_factory=list)

    def happens(self, status: str, of: str = "", reason: str = "") -> None:
        """Something of the stack, or the stack itself, has a new status."""
        id = f"{len(self.history)}-{self.id}"
        event: dict[str, Any] = {"EventId": id, "StackId": self.id, "StackName": self.name, "ResourceStatus": status}
        event |= {"Timestamp": datetime(2026, 1, 1, tzinfo=UTC), "LogicalResourceId": of or self.name}
        event |= {"PhysicalResourceId": of or self.id, "ResourceStatusReason": reason}
        self.history.append(event)
        if not of:
            self.status = status


class StubAws:
    """Stands in for a session. What a test sets here is what AWS does next."""

    region_name = REGION

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {}
        self.calls: list[tuple[str, str, Mapping[str, Any]]] = []
        self.refusals: dict[str, Refused] = {}  # by "service:Operation"
        self.stacks: dict[str, Stack] = {}  # by id; deleted ones too
        self.create_fails = self.update_fails = self.delete_fails = ""  # the reason
        self.rollback_fails = ""
        self.changes: list[dict[str, Any]] = []  # what the next change set holds
        self.change_sets: dict[str, dict[str, Any]] = {}
        self.late = 0  # looks at a stack that still see what was before
        self.table_protected = self.pool_protected = False
        self.buckets: dict[str, str] = {}  # whose each is
        self.objects: dict[str, bytes] = {}
        self.identities = {"help@uni.edu": True}
        self.sandbox = False
        self.functions_at_once = 1000
        self.reserved = 0  # of these, by any functions

    def client(self, service: Any, **_: Any) -> Any:
        if service in self._clients:
            return self._clients[service]
        made = self._clients[service] = SESSION.client(service)
        asked: dict[str, Any] = {}

        def keep(params: Mapping[str, Any], **_: Any) -> None:
            asked.clear()
            asked.update(params)

        def answer(model: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
            return self._answer(service, model.name, dict(asked))

        made.meta.events.register("provide-client-params.*.*", keep)
        made.meta.events.register("before-call.*.*", answer)
        return made

    def deny(self, action: str) -> None:
        """Nobody gave this user the right to an action, such as cloudformation:CreateStack."""
        self.refusals[action] = Refused(
            "AccessDenied",
            f"User: {USER} is not authorized to perform: {action} on resource: * because no identity-based policy"
            f" allows the {action} action",
            403,
        )

    def stack(self, name: str = "uconnect") -> Stack | None:
        """The stack that has a name now."""
        return next((it for it in self.stacks.values() if it.name == name and it.status != "DELETE_COMPLETE"), None)

    def make(self, status: str = "CREATE_COMPLETE", **parameters: str) -> Stack:
        """A stack that is there already."""
        given = {"Protect": "true"} | parameters
        made = Stack("uconnect", _arn("uconnect", len(self.stacks)), status, given, [])
        made.happens(status)
        self.stacks[made.id] = made
        return made

    def requests(self, operation: str) -> list[Mapping[str, Any]]:
        """What each call of an operation asked."""
        return [params for _, name, params in self.calls if name == operation]

    def _answer(self, service: str, operation: str, params: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        self.calls.append((service, operation, params))
        try:
            if refused := self.refusals.get(f"{service}:{operation}"):
                raise refused
            return _Response(200), self._answers()[operation](**params) or {}
        except Refused as refused:
            error = {"Code": refused.code, "Message": refused.message}
            return _Response(refused.status), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": refused.status}}

    def _answers(self) -> dict[str, Callable[..., dict[str, Any] | None]]:
        return {
            "GetCallerIdentity": lambda: {"Account": ACCOUNT, "Arn": USER},
            "DescribeStacks": self._describe,
            "DescribeStackEvents": self.describe_events,
            "GetTemplateSummary": self._summary,
            "ListStackResources": self._resources,
            "CreateStack": self._create,
            "CreateChangeSet": self._create_change_set,
            "DescribeChangeSet": lambda **given: self.change_sets[given["ChangeSetName"]],
            "DeleteChangeSet": lambda **given: self.change_sets.pop(given["ChangeSetName"]) and {},
            "ExecuteChangeSet": self._execute,
            "UpdateTerminationProtection": self._protect,
            "DeleteStack": self._delete,
            "ContinueUpdateRollback": self._continue_rollback,
            "DescribeTable": lambda **_: {"Table": {"DeletionProtectionEnabled": self.table_protected}},
            "DescribeUserPool": lambda **_: {
                "UserPool": {"DeletionProtection": "ACTIVE" if self.pool_protected else "INACTIVE"}
            },
            "GetEmailIdentity": self._identity,
            "GetAccount": lambda: {"ProductionAccessEnabled": not self.sandbox, "SendingEnabled": True},
            "GetAccountSettings": lambda: {
                "AccountLimit": {
                    "ConcurrentExecutions": self.functions_at_once,
                    "UnreservedConcurrentExecutions": self.functions_at_once - self.reserved,
                }
            },
            "HeadBucket": self._head_bucket,
            "CreateBucket": self._create_bucket,
            "PutPublicAccessBlock": self._on_bucket,
            "PutBucketEncryption": self._on_bucket,
            "PutObject": self._put_object,
            "ListObjectsV2": self._list_objects,
            "DeleteObjects": self._delete_objects,
            "DeleteBucket": self._delete_bucket,
        }

    # --- CloudFormation

    def _known(self, name: str) -> Stack:
        found = self.stacks.get(name) or self.stack(name)
        if found is None:
            raise Refused("ValidationError", f"Stack with id {name} does not exist")
        return found

    def _describe(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - AWS's own names, here and below
        it = self._known(StackName)
        status = it.status
        if self.late:
            self.late -= 1
            status = it.history[0]["ResourceStatus"]
        found: dict[str, Any] = {"StackName": it.name, "StackId": it.id, "StackStatus": status, "Tags": it.tags}
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in it.parameters.items()]
        found |= {"Parameters": given, "EnableTerminationProtection": it.protected}
        return {"Stacks": [found | {"Outputs": [{"OutputKey": key, "OutputValue": it} for key, it in OUTPUTS.items()]}]}

    def describe_events(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"StackEvents": [*reversed(self._known(StackName).history)]}

    def _summary(self, TemplateURL: str = "", StackName: str = "") -> dict[str, Any]:  # noqa: N803
        assert TemplateURL.rpartition("/")[2].startswith("template-") or StackName in self.stacks
        found = [{"ParameterKey": key} | _default(it) for key, it in TEMPLATE["Parameters"].items()]
        return {"Parameters": found}

    def _resources(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        it = self._known(StackName)
        found = [
            {
                "LogicalResourceId": name,
                "ResourceType": kind,
                "PhysicalResourceId": id,
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for name, (kind, id) in PRECIOUS.items()
            if name in it.resources
        ]
        return {"StackResourceSummaries": found}

    def _create(self, StackName: str, Parameters: Any, Tags: Any, OnFailure: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if self.stack(StackName):
            raise Refused("AlreadyExistsException", f"Stack [{StackName}] already exists")
        given = {it["ParameterKey"]: it["ParameterValue"] for it in Parameters}
        made = Stack(StackName, _arn(StackName, len(self.stacks)), "CREATE_IN_PROGRESS", given, Tags)
        self.stacks[made.id] = made
        made.happens("CREATE_IN_PROGRESS", reason="User Initiated")
        if not self.create_fails:
            made.happens("CREATE_COMPLETE", "Table")
            made.happens("CREATE_COMPLETE")
            return {"StackId": made.id}
        made.happens("CREATE_FAILED", "PoolDomain", self.create_fails)
        made.happens("CREATE_FAILED", "HttpApi", "Resource creation cancelled")
        assert OnFailure == "DELETE"
        made.happens(
            "DELETE_IN_PROGRESS",
            reason="The following resource(s) failed to create: [PoolDomain, HttpApi]. Delete requested by user.",
        )
        self._delete(made.id)
        return {"StackId": made.id}

    def _create_change_set(self, StackName: str, Parameters: Any, Tags: Any, **rest: Any) -> dict[str, Any]:  # noqa: N803
        it = self._known(StackName)
        if not it.status.endswith("_COMPLETE") or it.status == "ROLLBACK_COMPLETE":
            raise Refused("ValidationError", f"Stack:{it.id} is in {it.status} state and can not be updated.")
        before = dict(it.parameters)
        given = {
            each["ParameterKey"]: before[each["ParameterKey"]]
            if each.get("UsePreviousValue")
            else each["ParameterValue"]
            for each in Parameters
        }
        id = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/{rest['ChangeSetName']}/1"
        # What a template has that the call does not name is as the template's default.
        declared = {key: str(it["Default"]) for key, it in TEMPLATE["Parameters"].items() if "Default" in it}
        wanted = declared | given
        same = all(before.get(key, declared.get(key)) == value for key, value in given.items()) and Tags == it.tags
        empty = {"Status": "FAILED", "StatusReason": EMPTY, "Changes": []}
        changes = [{"Type": "Resource", "ResourceChange": each} for each in self.changes]
        full = {"Status": "CREATE_COMPLETE", "Changes": changes}
        found = empty if same and not self.changes else full
        self.change_sets[id] = found | {"ChangeSetId": id, "_of": it.id, "_parameters": wanted, "_tags": Tags}
        return {"Id": id, "StackId": it.id}

    def _execute(self, ChangeSetName: str) -> None:  # noqa: N803
        found = self.change_sets.pop(ChangeSetName)
        it = self._known(found["_of"])
        it.happens("UPDATE_IN_PROGRESS", reason="User Initiated")
        if self.update_fails:
            it.happens("UPDATE_FAILED", "Http", self.update_fails)
            it.happens("UPDATE_ROLLBACK_IN_PROGRESS", reason="The following resource(s) failed to update: [Http].")
            it.happens("UPDATE_ROLLBACK_FAILED" if self.rollback_fails else "UPDATE_ROLLBACK_COMPLETE")
            return
        it.parameters, it.tags, self.changes = found["_parameters"], found["_tags"], []
        it.happens("UPDATE_COMPLETE", "Http")
        it.happens("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        it.happens("UPDATE_COMPLETE")
        self.table_protected = self.pool_protected = it.parameters["Protect"] == "true"

    def _protect(self, StackName: str, EnableTerminationProtection: bool) -> dict[str, Any]:  # noqa: N803
        it = self._known(StackName)
        it.protected = EnableTerminationProtection
        return {"StackId": it.id}

    def _delete(self, StackName: str) -> None:  # noqa: N803
        it = self._known(StackName)
        if it.protected:
            raise Refused(
                "ValidationError", f"Stack [{it.name}] cannot be deleted while TerminationProtection is enabled"
            )
        it.happens("DELETE_IN_PROGRESS", reason="User Initiated")
        failure = self.delete_fails or (TABLE_KEPT if self.table_protected else "")
        if failure:
            it.happens("DELETE_FAILED", "Table", failure)
            it.happens("DELETE_FAILED", reason="The following resource(s) failed to delete: [Table]. ")
            return
        it.resources.clear()
        it.happens("DELETE_COMPLETE")

    def _continue_rollback(self, StackName: str) -> None:  # noqa: N803
        it = self._known(StackName)
        it.happens("UPDATE_ROLLBACK_IN_PROGRESS", reason="User Initiated")
        if self.rollback_fails:
            it.happens("UPDATE_FAILED", "Socket", self.rollback_fails)
        it.happens("UPDATE_ROLLBACK_FAILED" if self.rollback_fails else "UPDATE_ROLLBACK_COMPLETE")

    # --- the other services

    def _identity(self, EmailIdentity: str) -> dict[str, Any]:  # noqa: N803
        if EmailIdentity not in self.identities:
            raise Refused("NotFoundException", f"Email identity <{EmailIdentity}> does not exist.", 404)
        return {"VerifiedForSendingStatus": self.identities[EmailIdentity]}

    def _on_bucket(self, Bucket: str, ExpectedBucketOwner: str = "", **_: Any) -> None:  # noqa: N803
        assert ExpectedBucketOwner == ACCOUNT, "or a bucket of somebody else's may take what is ours"
        if Bucket not in self.buckets:
            raise Refused("NoSuchBucket", "The specified bucket does not exist", 404)
        if self.buckets[Bucket] != ExpectedBucketOwner:
            raise Refused("AccessDenied", "Access Denied", 403)

    def _head_bucket(self, **asked: Any) -> None:
        """S3 answers a HEAD without a body, so the SDK has the status alone as its code."""
        try:
            self._on_bucket(**asked)
        except Refused as refused:
            raise Refused(str(refused.status), "", refused.status) from None

    def _create_bucket(self, Bucket: str, **_: Any) -> None:  # noqa: N803
        if Bucket in self.buckets:
            raise Refused(
                "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by all users of the system."
                " Please select a different name and try again.",
                409,
            )
        self.buckets[Bucket] = ACCOUNT

    def _put_object(self, Bucket: str, Key: str, Body: bytes, **asked: Any) -> None:  # noqa: N803
        self._on_bucket(Bucket, **asked)
        self.objects[Key] = Body

    def _list_objects(self, Bucket: str, Prefix: str = "", MaxKeys: int = 1000, **asked: Any) -> dict[str, Any]:  # noqa: N803
        self._on_bucket(Bucket, **asked)
        found = [{"Key": key} for key in sorted(self.objects) if key.startswith(Prefix)][:MaxKeys]
        return {"KeyCount": len(found), "Contents": found}

    def _delete_objects(self, Bucket: str, Delete: Any, **asked: Any) -> None:  # noqa: N803
        self._on_bucket(Bucket, **asked)
        for it in Delete["Objects"]:
            self.objects.pop(it["Key"], None)

    def _delete_bucket(self, Bucket: str, **asked: Any) -> None:  # noqa: N803
        self._on_bucket(Bucket, **asked)
        if self.objects:
            raise Refused("BucketNotEmpty", "The bucket you tried to delete is not empty", 409)
        del self.buckets[Bucket]


@dataclass
class _Response:
    status_code: int


def _arn(name: str, number: int) -> str:
    return f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/{number}"


def _default(declared: Mapping[str, Any]) -> dict[str, str]:
    return {"DefaultValue": str(declared["Default"])} if "Default" in declared else {}


def packed(folder: Path, name: str, body: bytes) -> Path:
    """A small file in place of a zip."""
    path = folder / name
    path.write_bytes(body)
    return path
