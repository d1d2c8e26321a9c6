"""A release is one only if the version, the changelog, the tag and the commit agree."""

import pytest
from tools.release import Release, faults, found

FILES = ("backend/uconnect/__init__.py", "pyproject.toml", "sites/package.json", "sites/package-lock.json")
CHANGELOG = (
    "# Changelog\n\n## [Unreleased]\n\n## [1.10.0] - 2026-12-01\n\n- New.\n\n## [1.9.0] - 2026-11-30\n\n- Old.\n"
)


def release(
    version: str = "1.10.0",
    changelog: str = CHANGELOG,
    tags: tuple[str, ...] = ("v1.10.0",),
    *,
    is_clean: bool = True,
    other: dict[str, str] | None = None,
) -> Release:
    return Release(dict.fromkeys(FILES, version) | (other or {}), changelog, tags, is_clean)


def test_what_agrees_is_a_release() -> None:
    assert faults(release()) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (release(other={"pyproject.toml": "1.9.0"}), "pyproject.toml says 1.9.0. Write 1.10.0."),
        (release(tags=()), "This commit has no tag. When all else is right: git tag --annotate v1.10.0"),
        (release(tags=("v1.9.0",)), "This commit has the tag v1.9.0."),
        (release(is_clean=False), "Some changes are not committed."),
        (release("1.10", tags=("v1.10",)), "The version is 1.10, which is not like 1.2.3"),
        (release(changelog=CHANGELOG.replace("1.10.0", "1.10.1")), "The latest version in CHANGELOG.md is 1.10.1"),
        (release(changelog=CHANGELOG.replace("1.9.0", "1.11.0")), "are not in order"),
        (release(changelog=CHANGELOG.replace("1.9.0", "1.10.0")), "are not in order"),
        (release(changelog=CHANGELOG.replace(" - 2026-12-01", "")), "has the title [1.10.0]."),
        (release(changelog=CHANGELOG.replace("## [1.10.0] - 2026-12-01", "")), "has unreleased changes"),
        (release(changelog="# Changelog\n"), "does not begin with ## [Unreleased]"),
        (release(changelog="## [Unreleased]\n"), "The latest version in CHANGELOG.md is none, not 1.10.0."),
    ],
)
def test_what_does_not_agree_is_told(wrong: Release, told: str) -> None:
    assert any(told in it for it in faults(wrong)), faults(wrong)


def test_a_version_before_a_release_comes_before_it() -> None:
    pre = CHANGELOG.replace("[1.9.0]", "[1.10.0-rc.1]")
    assert faults(release(changelog=pre)) == []


def test_this_clone_names_one_version() -> None:
    assert len({*found().versions.values()}) == 1
