"""Every link between documents leads somewhere, and so does every document that the code names."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[4]
IGNORED = {"node_modules", ".git", "build", "dist", "data"}
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = ("backend", "bench", "deploy", "tools")
NAMED = re.compile(r"\b(docs/[\w./-]+\.md|(?:README|CONTRIBUTING|SECURITY)\.md)\b|`?\b([\w-]+\.md)\b")
FILE = re.compile(r"`((?:backend|bench|deploy|docs|requirements|sites|tools)/[\w./-]*[\w/])`")


def documents() -> Iterator[Path]:
    for path in ROOT.rglob("*.md"):
        inside = path.relative_to(ROOT).parts
        if not any(part in IGNORED or part.startswith(".") for part in inside):
            yield path


def test_every_relative_link_leads_to_a_file() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {link}"
        for path in documents()
        for link in LINK.findall(path.read_text("utf-8"))
        if not re.match(r"[a-z]+:|#", link) and not (path.parent / link.partition("#")[0]).exists()
    ]
    assert broken == []


def test_every_document_that_the_code_names_exists() -> None:
    known = {path.name for path in documents()}
    missing = [
        f"{path.relative_to(ROOT)}: {whole or name}"
        for folder in CODE
        for path in (ROOT / folder).rglob("*.py")
        if path != Path(__file__)
        for whole, name in NAMED.findall(path.read_text("utf-8"))
        if not ((ROOT / whole).exists() if whole else name in known)
    ]
    assert missing == []


def test_every_path_that_a_document_names_exists() -> None:
    """All documents but the record of the renames, which names what was."""
    named = [
        (path.relative_to(ROOT).as_posix(), found)
        for path in documents()
        if not path.name.startswith("0019-")
        for found in FILE.findall(path.read_text("utf-8"))
    ]
    built = re.compile(r"/(dist|build|node_modules)\b")
    assert [f"{document}: {it}" for document, it in named if not (ROOT / it).exists() and not built.search(it)] == []
    assert named


def test_the_readme_says_what_each_folder_of_tests_proves() -> None:
    tests = ROOT / "backend" / "tests"
    folders = {path.parent.relative_to(tests).as_posix() for path in tests.rglob("*.py")} - {"."}
    table = (ROOT / "README.md").read_text("utf-8").partition("## The tests")[2]
    rows = re.findall(r"^\| (`.+`) \|", table, re.MULTILINE)
    assert folders == {name for row in rows for name in re.findall(r"`([\w/]+)`", row)}
