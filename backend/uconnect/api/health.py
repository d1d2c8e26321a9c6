"""The health of a uconnect, in words that a monitor can compare and that tell of nobody."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """As in the health check response format for HTTP APIs (draft-inadarei-api-health-check)."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"  # everybody is served; the operator has something to look at
    FAIL = "fail"


class Reason(StrEnum):
    """Why it is not well. These words stay the same: monitors compare them."""

    FILE_GONE = "file_gone"
    FILE_DAMAGED = "file_damaged"
    WRITE_FAILS = "write_fails"
    READ_FAILS = "read_fails"
    TASK_FAILING = "task_failing"
    JOBS_OVERDUE = "jobs_overdue"
    MAIL_STANDS = "mail_stands"
    JOBS_SET_ASIDE = "jobs_set_aside"
    MAIL_DELAYED = "mail_delayed"
    BACKUP_OVERDUE = "backup_overdue"


WARNINGS = {Reason.JOBS_SET_ASIDE, Reason.MAIL_DELAYED, Reason.BACKUP_OVERDUE}


@dataclass(frozen=True)
class Report:
    """What was found. `tasks` are the background tasks that fail; `counts` are for the log and are shown to nobody."""

    reasons: tuple[Reason, ...] = ()
    tasks: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        if not self.reasons:
            return Status.PASS
        return Status.WARN if WARNINGS.issuperset(self.reasons) else Status.FAIL

    def shown(self) -> dict[str, Any]:
        """The answer to anybody. It tells no numbers: they would show what others do."""
        serves = self.status is not Status.FAIL
        said = {"serves": serves, "status": self.status, "reasons": self.reasons}
        return said | ({"tasks": self.tasks} if self.tasks else {})
