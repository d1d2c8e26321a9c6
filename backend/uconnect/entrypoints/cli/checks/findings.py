"""What a check finds: how it is, in one sentence, and what to do about it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

VERSION = 1  # of the shape that `--json` writes: docs/monitoring.md


class Status(StrEnum):
    """How it is. These words stay the same: monitors compare them."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


EXIT = {Status.OK: 0, Status.WARNING: 1, Status.FAILED: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `do` is empty if there is nothing to do."""

    check: str
    status: Status
    says: str
    do: str = ""

    @property
    def line(self) -> str:
        return " ".join(filter(None, (f"{self.status.value:8} {self.check}: {self.says}", self.do)))


def worst(findings: Iterable[Finding]) -> Status:
    return max((it.status for it in findings), key=EXIT.__getitem__, default=Status.OK)


def report(findings: list[Finding]) -> dict[str, Any]:
    """The shape that monitors read."""
    return {"version": VERSION, "status": worst(findings), "checks": [asdict(it) for it in findings]}


def size_text(size: float) -> str:
    """A number of bytes, such as "1.5 GB"."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"


def duration_text(seconds: float) -> str:
    """A number of seconds, such as "3 minutes"."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}s"
    return f"{int(seconds)} second{'' if int(seconds) == 1 else 's'}"


def time_text(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
