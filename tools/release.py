"""Checks that the version, the changelog and the tag agree: `python -m tools.release`. Says all that is left to do."""

import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from uconnect import VERSION

ROOT = Path(__file__).parents[1]
# https://semver.org, without what is rarely used: build numbers
SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?")
TITLE = re.compile(r"^## (.*)$", re.MULTILINE)
RELEASED = re.compile(r"\[(\S+)\] - \d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Release:
    """What a clone says of its version. `tags` are those of its commit; `is_clean` is whether all is committed."""

    versions: dict[str, str]
    changelog: str
    tags: tuple[str, ...]
    is_clean: bool


def found() -> Release:
    sites = json.loads((ROOT / "sites" / "package.json").read_text("utf-8"))
    lock = json.loads((ROOT / "sites" / "package-lock.json").read_text("utf-8"))
    versions = {
        "backend/uconnect/__init__.py": VERSION,
        "pyproject.toml": tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"],
        "sites/package.json": sites["version"],
        "sites/package-lock.json": lock["version"],
    }
    tags = tuple(it for it in _git("tag", "--points-at", "HEAD").split() if it.startswith("v"))
    return Release(versions, (ROOT / "CHANGELOG.md").read_text("utf-8"), tags, not _git("status", "--porcelain"))


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603, S607


def faults(release: Release) -> list[str]:
    """What is left to do before this is a release, in sentences."""
    version = release.versions["backend/uconnect/__init__.py"]
    wrong = [f"{file} says {it}. Write {version}." for file, it in release.versions.items() if it != version]
    if not SEMVER.fullmatch(version):
        wrong.append(f"The version is {version}, which is not like 1.2.3 (semver.org).")
    wrong += _of_changelog(release.changelog, version)
    if not release.is_clean:
        wrong.append("Some changes are not committed. Commit them.")
    if release.tags != (f"v{version}",):
        has = f"has the tag {' and '.join(release.tags)}" if release.tags else "has no tag"
        wrong.append(f"This commit {has}. When all else is right: git tag --annotate v{version}")
    return wrong


def _of_changelog(text: str, version: str) -> list[str]:
    titles = TITLE.findall(text)
    unreleased = text.partition("## [Unreleased]")[2].partition("\n## ")[0]
    if not titles or titles[0] != "[Unreleased]":
        return ["CHANGELOG.md does not begin with ## [Unreleased]. Add that line."]
    if unreleased.strip():
        return [f"CHANGELOG.md has unreleased changes. Put a line ## [{version}] - DATE above them."]
    numbers = [it[1] if (it := RELEASED.fullmatch(title)) else "" for title in titles[1:]]
    if "" in numbers:
        return [f"CHANGELOG.md has the title {titles[1 + numbers.index('')]}. Write it like [{version}] - 2026-12-31."]
    if not numbers or numbers[0] != version:
        return [f"The latest version in CHANGELOG.md is {numbers[0] if numbers else 'none'}, not {version}."]
    if sorted(numbers, key=_order, reverse=True) != numbers or len({*numbers}) < len(numbers):
        return ["The versions in CHANGELOG.md are not in order, the latest first."]
    return []


def _order(version: str) -> tuple[int, int, int, bool, str]:
    """Later versions are larger; one with a suffix comes before the one without."""
    parts = SEMVER.fullmatch(version)
    if not parts:
        return (-1, -1, -1, False, version)
    return (int(parts[1]), int(parts[2]), int(parts[3]), parts[4] is None, parts[4] or "")


if __name__ == "__main__":
    left = faults(found())
    sys.stdout.write("".join(f"{it}\n" for it in left) or f"Version {VERSION}, the changelog and the tag agree.\n")
    sys.exit(bool(left))
