"""The machine, the time and the commit that the figures of a run belong to."""

import os
import platform
import re
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def conditions(rounds: int, seconds: float) -> dict[str, Any]:
    """To be asked before the run: `load` is how many processes wanted a core in the last minute."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": _commit(),
        "machine": f"{os.cpu_count()} cores of {_processor()}, {_memory_gb()} GB, Linux {platform.release()}",
        "versions": f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        "load": round(os.getloadavg()[0], 2),
        "rounds": rounds,
        "seconds": seconds,
    }


def _commit() -> str:
    """The short name of the commit; `+` says that tracked files differ from it."""
    return f"{_git('rev-parse', '--short=8', 'HEAD')}{'+' if _git('status', '--porcelain', '-uno') else ''}"


def _git(*arguments: str) -> str:
    return subprocess.run(
        ("git", *arguments), cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout.strip()


def _processor() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    return found[1] if found else platform.machine()


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
