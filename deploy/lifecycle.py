"""The life of a stack: made, changed, protected, deleted. Each command may be run again, whatever state it finds.

A new stack is protected only once it is whole, so that a failure leaves nothing that cannot be deleted. A setting that
is not named keeps its value. See docs/decisions/0080-a-stack-is-protected-once-it-is-whole.md.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from deploy import change_sets
from deploy.change_sets import PRECIOUS, ChangeSet
from deploy.errors import code_of
from deploy.questions import agreed
from deploy.release import RELEASE, name_of
from deploy.stack import Failed, find, outputs_of, parameters
from deploy.stack_events import Follower

CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
DEFAULT = "default"  # a setting of this value is what the template says again
NEVER_WHOLE = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"}
Found = Mapping[str, Any]


@dataclass(frozen=True)
class DesiredStack:
    """How a stack is to be. A parameter that is not named stays as it is, and so do tags that are None.

    Without a template, the stack keeps its own as CloudFormation has processed it, with what SAM has read of the
    parameters. So name a template (`template_of`) where a parameter must reach the functions' versions.
    """

    template: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] | None = None
    sure: bool = False


def deploy(session: Any, name: str, desired: DesiredStack) -> dict[str, str]:
    """Make the stack, or change it; its outputs. Raises Failed."""
    cloudformation = session.client("cloudformation")
    found = ready(cloudformation, name)
    found = _create(cloudformation, name, desired) if found is None else change(cloudformation, found, desired)
    return outputs_of(dict(found))


def ready(cloudformation: Any, name: str) -> Found | None:
    """The stack, once it can be changed; None if there is none. The rest of an earlier failure is put right first, or
    Failed says how to do it."""
    found = find(cloudformation, name)
    if found is None:
        return None
    status = found["StackStatus"]
    if status in NEVER_WHOLE:
        print(f"{name} was never whole ({status}), so no one has used it. What is left of it is deleted first.")
        _remove_rest(cloudformation, found)
        return None
    if status == "DELETE_FAILED":
        _require_nothing_kept(cloudformation, found)
        print(f"The deletion of {name} did not end. The rest is deleted first.")
        _remove_rest(cloudformation, found)
        return None
    if status.endswith("_IN_PROGRESS"):
        print(f"CloudFormation is still at work on {name} ({status}). This waits for it.")
        _await_end(cloudformation, found["StackId"])
        return ready(cloudformation, name)
    if status == "UPDATE_ROLLBACK_FAILED":
        print(f"The last update of {name} failed, and could not be undone. This tries to undo it again.")
        return _roll_back_again(cloudformation, found)
    return found


def change(cloudformation: Any, found: Found, desired: DesiredStack) -> Found:
    """Show what changes, ask before a replacement, refuse that of what people wrote, and do it; the stack then."""
    asked = _change_of(cloudformation, found, desired)
    made = change_sets.make(cloudformation, asked)
    if made is None:
        print("Nothing changes in the stack.")
    else:
        _approve(cloudformation, made, sure=desired.sure)
        _carry_out(cloudformation, found, made)
    now = find(cloudformation, found["StackId"])
    assert now is not None
    return _with_termination_protection(cloudformation, now)


def destroy(session: Any, name: str, *, sure: bool) -> None:
    """Delete a stack with what people wrote in it. While anything of it is protected, or without `sure`, nothing is
    deleted. Raises Failed."""
    cloudformation = session.client("cloudformation")
    found = find(cloudformation, name)
    if found is None:
        raise Failed(f"There is no stack {name} in this region. Nothing was deleted.")
    if kept := _protections(session, found):
        raise Failed(
            f"{name} is protected ({', '.join(kept)}). Nothing was deleted. To delete it with what people wrote:"
            f" make deploy PROTECT=false, then make destroy SURE={name}"
        )
    print(f"This deletes the stack {name} with every thread and account in it.")
    if not sure:
        raise Failed(f"Nothing was deleted. To delete it: make destroy SURE={name}")
    _delete(cloudformation, found["StackId"], name)


def template_of(cloudformation: Any, stack_id: str) -> bytes:
    """The template of a stack as it was handed in, before SAM."""
    found = cloudformation.get_template(StackName=stack_id, TemplateStage="Original")["TemplateBody"]
    return (found if isinstance(found, str) else json.dumps(found)).encode()


def _create(cloudformation: Any, name: str, desired: DesiredStack) -> Found:
    protect = desired.parameters.get("Protect", DEFAULT) != "false"
    given = {key: value for key, value in desired.parameters.items() if value != DEFAULT}
    known = _known_parameters(cloudformation, {"TemplateURL": desired.template})
    if "Protect" in known:
        given["Protect"] = "later" if protect else "false"
    if RELEASE in known:
        given[RELEASE] = name_of(known | given)
    stack_id = cloudformation.create_stack(
        StackName=name,
        TemplateURL=desired.template,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
        Tags=_tags(desired.tags or {}),
        Capabilities=CAPABILITIES,
        OnFailure="DELETE",
    )["StackId"]
    follower = Follower(cloudformation, stack_id, new=True)
    status = follower.until_done()
    if status != "CREATE_COMPLETE":
        again = "Put it right, and run the same command again."
        raise Failed("\n".join((f"The stack {name} could not be made ({status}):", *follower.failures, again)))
    made = find(cloudformation, stack_id)
    assert made is not None
    if not protect or "Protect" not in parameters(made):
        return made
    print("The stack is whole. Now it is protected.")
    return change(cloudformation, made, DesiredStack(sure=True))


def _change_of(cloudformation: Any, found: Found, desired: DesiredStack) -> dict[str, Any]:
    """The arguments of CreateChangeSet. Parameters that are not named keep their values."""
    template = {"TemplateURL": desired.template} if desired.template else {"UsePreviousTemplate": True}
    known = _known_parameters(cloudformation, template if desired.template else {"StackName": found["StackId"]})
    before, given = parameters(dict(found)), dict(desired.parameters)
    if "Protect" in known:
        given.setdefault("Protect", "false" if before.get("Protect") == "false" else "true")
    given = {key: known.get(key, "") if value == DEFAULT else value for key, value in given.items()}
    require_one_table(known | before, given)
    if RELEASE in known:
        given[RELEASE] = name_of(known | {key: value for key, value in before.items() if key in known} | given)
    asked = [
        {"ParameterKey": key, "ParameterValue": given[key]}
        if key in given
        else {"ParameterKey": key, "UsePreviousValue": True}
        for key in known
        if key in given or key in before
    ]
    tags = found.get("Tags", []) if desired.tags is None else _tags(desired.tags)
    return template | {
        "StackName": found["StackId"],
        "ChangeSetName": f"uconnect-{time.time_ns()}",
        "Parameters": asked,
        "Tags": tags,
        "Capabilities": CAPABILITIES,
    }


def require_one_table(before: Mapping[str, str], given: Mapping[str, str]) -> None:
    """Raises Failed if functions would use two tables beside each other, and what is written to one be lost."""
    after = {**before, **given}
    if before.get("RestoredTable", "") != after.get("RestoredTable", "") and after.get("Canary") == "true":
        raise Failed(
            "RESTORED_TABLE with a canary would let some calls use one table and the others another. Nothing was"
            " changed. Use make restore, or add CANARY=false while no one uses the stack."
        )


def _known_parameters(cloudformation: Any, template: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a template, with their defaults."""
    found = cloudformation.get_template_summary(**template)["Parameters"]
    return {it["ParameterKey"]: it.get("DefaultValue", "") for it in found}


def _approve(cloudformation: Any, made: ChangeSet, *, sure: bool) -> None:
    """Raises Failed, and deletes the change set, unless it may be carried out."""
    print("What changes in the stack:")
    made.show()
    if made.lost:
        change_sets.discard(cloudformation, made.id)
        raise Failed(
            f"This may replace or remove {', '.join(made.lost)}: the new one would be empty. Nothing was changed."
            " Make another stack (STACK=name) and move the data there: make export, make import."
        )
    if made.noticed:
        print(f"Replaced or removed, perhaps with their addresses: {', '.join(made.noticed)}.")
        if not agreed(sure=sure):
            change_sets.discard(cloudformation, made.id)
            raise Failed("Nothing was changed.")


def _carry_out(cloudformation: Any, found: Found, made: ChangeSet) -> None:
    follower = Follower(cloudformation, found["StackId"])
    cloudformation.execute_change_set(ChangeSetName=made.id)
    status = follower.until_done()
    if status != "UPDATE_COMPLETE":
        undone = status == "UPDATE_ROLLBACK_COMPLETE"
        end = "It was undone: the stack is as it was." if undone else "Run the same command again to undo it."
        raise Failed("\n".join((f"The update failed ({status}):", *follower.failures, end)))


def _with_termination_protection(cloudformation: Any, found: Found) -> Found:
    """On while the stack is protected, and off while it is not."""
    wanted = parameters(dict(found)).get("Protect") == "true"
    if bool(found.get("EnableTerminationProtection")) != wanted:
        asked = {"StackName": found["StackId"], "EnableTerminationProtection": wanted}
        cloudformation.update_termination_protection(**asked)
    return found


def _roll_back_again(cloudformation: Any, found: Found) -> Found:
    follower = Follower(cloudformation, found["StackId"])
    cloudformation.continue_update_rollback(StackName=found["StackId"])
    status = follower.until_done()
    if status != "UPDATE_ROLLBACK_COMPLETE":
        what = "Put that right by hand, or skip it: CloudFormation console, Stack actions, Continue update rollback."
        raise Failed("\n".join((f"It could not be undone ({status}):", *follower.failures, what)))
    return {**found, "StackStatus": status}


def _await_end(cloudformation: Any, stack_id: str) -> None:
    follower = Follower(cloudformation, stack_id)
    found = find(cloudformation, stack_id)
    if found and found["StackStatus"].endswith("_IN_PROGRESS"):  # else it ended just now, before it was followed
        follower.until_done()


def _require_nothing_kept(cloudformation: Any, found: Found) -> None:
    kept = [f"{it['LogicalResourceId']} {it['PhysicalResourceId']}" for it in _precious(cloudformation, found)]
    if kept:
        name = found["StackName"]
        raise Failed(
            f"A deletion of {name} was begun and did not end: {', '.join(kept)} with what people wrote is still there,"
            f" and the stack can only be deleted now. Save the data first if you need them, then finish it:"
            f" make destroy SURE={name}"
        )


def _remove_rest(cloudformation: Any, found: Found) -> None:
    if found.get("EnableTerminationProtection"):
        asked = {"StackName": found["StackId"], "EnableTerminationProtection": False}
        cloudformation.update_termination_protection(**asked)
    _delete(cloudformation, found["StackId"], found["StackName"])


def _delete(cloudformation: Any, stack_id: str, name: str) -> None:
    follower = Follower(cloudformation, stack_id)
    cloudformation.delete_stack(StackName=stack_id)
    status = follower.until_done()
    if status != "DELETE_COMPLETE":
        again = f"Put it right, then finish it: make destroy SURE={name}"
        raise Failed("\n".join((f"{name} could not be deleted ({status}):", *follower.failures, again)))


def _protections(session: Any, found: Found) -> list[str]:
    """What of a stack is protected from deletion, in words."""
    kept = ["the stack"] if found.get("EnableTerminationProtection") else []
    for it in _precious(session.client("cloudformation"), found):
        id = it["PhysicalResourceId"]
        if it["ResourceType"] == "AWS::DynamoDB::Table" and _table_is_protected(session, id):
            kept.append(f"the table {id}")
        if it["ResourceType"] == "AWS::Cognito::UserPool" and _pool_is_protected(session, id):
            kept.append(f"the pool {id}")
    return kept


def _precious(cloudformation: Any, found: Found) -> Iterator[Mapping[str, Any]]:
    """The table and the pool of a stack, as far as they are there."""
    asked = {"StackName": found["StackId"]}
    while True:
        page = cloudformation.list_stack_resources(**asked)
        for it in page["StackResourceSummaries"]:
            if it["ResourceType"] in PRECIOUS and it["ResourceStatus"] != "DELETE_COMPLETE" and _has_id(it):
                yield it
        if not page.get("NextToken"):
            return
        asked["NextToken"] = page["NextToken"]


def _has_id(resource: Mapping[str, Any]) -> bool:
    return bool(resource.get("PhysicalResourceId"))


def _table_is_protected(session: Any, name: str) -> bool:
    try:
        found = session.client("dynamodb").describe_table(TableName=name)["Table"]
    except ClientError as error:
        return _is_there(error)
    return bool(found.get("DeletionProtectionEnabled"))


def _pool_is_protected(session: Any, id: str) -> bool:
    try:
        found = session.client("cognito-idp").describe_user_pool(UserPoolId=id)["UserPool"]
    except ClientError as error:
        return _is_there(error)
    return bool(found.get("DeletionProtection") == "ACTIVE")


def _is_there(error: ClientError) -> bool:
    """False if an answer says that something is gone. Any other error is raised: what cannot be seen is not deleted."""
    if code_of(error) == "ResourceNotFoundException":
        return False
    raise error


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
