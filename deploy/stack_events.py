"""Follows what CloudFormation does to a stack: prints each event once, and keeps why it failed.

The stack is asked for by its id: once it is deleted, its name is nobody's, and its events are still there for 90 days.
"""

from collections.abc import Iterator
from typing import Any

from deploy import errors
from deploy.stack import find
from deploy.waiting import looks

Event = dict[str, Any]
FOLLOWS_FROM_ANOTHER = "cancelled"  # the reason of what ended because something else failed


class Follower:
    """The events of one stack from now on, or from its first if it is `new`."""

    def __init__(self, cloudformation: Any, stack_id: str, *, new: bool = False) -> None:
        self._cloudformation = cloudformation
        self._id = stack_id
        self._last = "" if new else next((it["EventId"] for it in self._latest_first()), "")
        self._of_stack: Event = {}
        self._failures: list[str] = []

    @property
    def failures(self) -> list[str]:
        """Why it failed, the first reason first, and what to do about it."""
        return self._failures or [str(self._of_stack.get("ResourceStatusReason", "CloudFormation gives no reason."))]

    def until_done(self) -> str:
        """Print events until the stack's own says that it is over; its status then. The status alone may be of before:
        what is begun is not always seen at once."""
        status = ""
        for _ in looks():
            found = find(self._cloudformation, self._id)
            status = str(found["StackStatus"]) if found else "DELETE_COMPLETE"
            self._print_new()
            if not status.endswith("_IN_PROGRESS") and self._of_stack.get("ResourceStatus") == status:
                break
        return status

    def _print_new(self) -> None:
        new = []
        for event in self._latest_first():
            if event["EventId"] == self._last:
                break
            new.append(event)
        for event in reversed(new):
            self._last = event["EventId"]
            print(_line(event), flush=True)
            if event.get("PhysicalResourceId") == self._id:
                self._of_stack = event
            elif event["ResourceStatus"].endswith("FAILED"):
                self._keep(event)

    def _keep(self, event: Event) -> None:
        reason = str(event.get("ResourceStatusReason", ""))
        if FOLLOWS_FROM_ANOTHER in reason:
            return
        self._failures.append(f"{event['LogicalResourceId']}: {reason}")
        if (what_to_do := errors.advice(reason)) and what_to_do not in self._failures:
            self._failures.append(what_to_do)

    def _latest_first(self) -> Iterator[Event]:
        asked = {"StackName": self._id}
        while True:
            page = self._cloudformation.describe_stack_events(**asked)
            yield from page["StackEvents"]
            if not page.get("NextToken"):
                return
            asked["NextToken"] = page["NextToken"]


def _line(event: Event) -> str:
    at = f"{event['Timestamp']:%H:%M:%S}"
    failed = event["ResourceStatus"].endswith("FAILED")
    reason = f"  {event.get('ResourceStatusReason', '')}".rstrip() if failed else ""
    return f"{at}  {event['ResourceStatus']:<28}  {event['LogicalResourceId']}{reason}"
