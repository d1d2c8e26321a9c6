"""`tools/check_names.py` finds a replaced word in every kind of name, and nothing in plain English."""

from pathlib import Path

import pytest
from tools import check_names

BAD = {
    "a module": ("desk.py", ""),
    "a class": ("a.py", "class QueueDesk:\n    pass\n"),
    "a function": ("a.py", "def noted() -> None: ...\n"),
    "a method": ("a.py", "class A:\n    def told(self) -> None: ...\n"),
    "a field": ("a.py", "class A:\n    place: str\n"),
    "a private attribute": ("a.py", "class A:\n    def __init__(self) -> None:\n        self._desk = 1\n"),
    "a constant": ("a.py", "DOOR, OTHER = 1, 2\n"),
    "a type alias": ("a.py", "Load = int\n"),
    "a file of the sites": ("Door.tsx", ""),
    "a component": ("a.tsx", "export function Monogram() {}\n"),
    "a constant of the sites": ("a.ts", "export const belongTo = 1;\n"),
    "a class of a style sheet": ("a.css", ".desk-page { color: red }\n"),
    "a custom property": ("a.css", ":root { --ground: red }\n"),
    "a resource of the AWS template": ("template.yaml", "Resources:\n  MayNudge:\n    Type: AWS::IAM::ManagedPolicy\n"),
    "a parameter of the AWS template": ("template.yaml", "Parameters:\n  DeskRate: {Type: Number}\n"),
    "a function's setting": (
        "template.yaml",
        "      Environment: {Variables: {TABLE: !Ref Table, TODOS: !Ref Jobs}}\n",
    ),
}


def names(folder: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str) -> list[str]:
    """The replaced words found in one file of the backend, of the sites, or of deploy."""
    monkeypatch.setattr(check_names, "ROOT", folder)
    place = folder / {".py": "backend", ".yaml": "deploy"}.get(Path(file).suffix, "sites")
    place.mkdir()
    (place / file).write_text(text)
    return [word.text for _, word in check_names.found()]


@pytest.mark.parametrize("what", BAD)
def test_a_replaced_word_is_found_in(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(names(tmp_path, monkeypatch, *BAD[what])) == 1


def test_plain_english_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "def load(place: int) -> int:\n    told = answered = place\n    return told + answered\n"
    assert names(tmp_path, monkeypatch, "a.py", text) == []
