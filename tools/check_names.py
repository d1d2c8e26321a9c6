"""Lists the names that use a replaced word of docs/vocabulary.md, and fails if there are any."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLES = ROOT / "docs" / "vocabulary.md"
PYTHON = ("backend", "bench", "deploy", "tools")
IGNORED = {"node_modules", "dist", "__pycache__"}
ALLOWED_TITLE = "## Names that may stay"
ROW = re.compile(r"^\| (?!---)(.+?) \| (.+?) \| (.+?) \|(?: (.+?) \|)?$", re.MULTILINE)
DECLARED = re.compile(
    r"^(?:export )?(?:default )?(?:async )?(?P<what>function|const|let|class|interface|type|enum)\*? (?P<name>\w+)",
    re.MULTILINE,
)
CSS_NAME = re.compile(r"(?P<property>--[a-z][\w-]*)(?=\s*:)|\.(?P<class>[a-z][\w-]*)(?=[^{}]*\{)")
LOGICAL_NAME = re.compile(r"^  (?P<name>[A-Z]\w*):", re.MULTILINE)  # of a parameter, condition, resource or output
VARIABLES = re.compile(r"Variables: \{(?P<text>.*)\}|^        (?P<name>[A-Z][A-Z_]*):", re.MULTILINE)
TYPES = {"class", "type", "interface", "enum"}


@dataclass(frozen=True)
class Name:
    """Something that has a name. `kind` is module, class, type, custom, or anything else."""

    text: str
    kind: str
    path: str
    line: int


@dataclass(frozen=True)
class Word:
    """A replaced word: where it is looked for, and how it is matched."""

    text: str
    area: str
    match: str
    instead: str

    def is_in(self, name: Name, area: str) -> bool:
        """Whether a name of `area` uses this word."""
        if self.area not in (area, "all"):
            return False
        parts = words_of(name.text)
        whole = "_".join(parts) == self.text.strip("_")
        match self.match:
            case "part":
                return whole or self.text in parts or ("_" in self.text and self.text in "_".join(parts))
            case "module":
                return whole and name.kind == "module"
            case "type":
                return whole and name.kind in TYPES
            case "custom":
                return whole and name.kind == "custom"
        return whole and name.kind != "custom"


def words_of(name: str) -> list[str]:
    """The words of a name, in small letters, however they are joined."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "_", name)
    return [part for part in split.lower().split("_") if part]


def vocabulary() -> tuple[list[Word], list[tuple[str, str]]]:
    """The replaced words, and the names that may stay with the path pattern each may stay in."""
    words, allowed = TABLES.read_text("utf-8").split(ALLOWED_TITLE)
    found = [
        Word(word.strip(), area, match, instead)
        for listed, area, match, instead in ROW.findall(words)
        if listed != "old word"
        for word in listed.split(",")
    ]
    stay = [(name.strip("`"), where.strip("`")) for name, where, _, _ in ROW.findall(allowed) if name != "name"]
    return found, stay


def files(folder: str, *endings: str) -> Iterator[Path]:
    """The files below a folder that are ours and have one of the endings."""
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix in endings and not IGNORED & set(path.parts):
            yield path


def python_names(path: Path) -> Iterator[Name]:
    """The module itself, its classes, functions and fields, and the constants and attributes that it assigns."""
    shown = path.relative_to(ROOT).as_posix()
    yield Name(path.stem, "module", shown, 1)
    yield from (Name(text, kind, shown, line) for text, kind, line in _defined(ast.parse(path.read_text("utf-8")), ""))


def _defined(node: ast.AST, inside: str) -> Iterator[tuple[str, str, int]]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.ClassDef(name=name, lineno=line):
                yield name, "class", line
                yield from _defined(child, "class")
                continue
            case ast.FunctionDef(name=name, lineno=line) | ast.AsyncFunctionDef(name=name, lineno=line):
                if inside != "function":
                    yield name, "function", line
                yield from _defined(child, "function")
                continue
            case ast.Assign(targets=targets):
                yield from _assigned(targets, inside)
            case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
                yield from _assigned([target], inside)
        yield from _defined(child, inside)


def _assigned(targets: list[ast.expr], inside: str) -> Iterator[tuple[str, str, int]]:
    """The constants, fields and attributes among the targets of an assignment."""
    for target in targets:
        match target:
            case ast.Tuple(elts=inner) | ast.List(elts=inner):
                yield from _assigned(inner, inside)
            case ast.Name(id=name, lineno=line) if inside != "function":
                yield name, "type" if name[:1].isupper() and not name.isupper() else "field", line
            case ast.Attribute(value=ast.Name(id="self"), attr=name, lineno=line):
                yield name, "attribute", line


def sites_names(path: Path) -> Iterator[Name]:
    """The file itself, and its top-level names in TypeScript or its classes and custom properties in CSS."""
    shown, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    yield Name(path.name.split(".")[0], "module", shown, 1)
    if path.suffix == ".css":
        for match in CSS_NAME.finditer(text):
            kind = "custom" if match["property"] else "css"
            yield Name(match["property"] or match["class"], kind, shown, text.count("\n", 0, match.start()) + 1)
        return
    for match in DECLARED.finditer(text):
        kind = match["what"] if match["what"] in TYPES else "constant"
        if path.suffix == ".tsx" and match["name"][0].isupper():
            kind = "class"  # a component
        yield Name(match["name"], kind, shown, text.count("\n", 0, match.start()) + 1)


def template_names(path: Path) -> Iterator[Name]:
    """The logical names of the AWS template, and the names of the functions' settings."""
    shown, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    named = [(it["name"], it.start()) for it in LOGICAL_NAME.finditer(text)]
    for match in VARIABLES.finditer(text):
        names = [match["name"]] if match["name"] else re.findall(r"([A-Z][A-Z_]*):", match["text"])
        named += [(it, match.start()) for it in names]
    yield from (Name(name, "field", shown, text.count("\n", 0, start) + 1) for name, start in named)


def found() -> Iterator[tuple[Name, Word]]:
    """The names that use a replaced word and are not allowed to."""
    words, stay = vocabulary()
    names = [("python", it) for folder in PYTHON for path in files(folder, ".py") for it in python_names(path)]
    names += [("sites", it) for path in files("sites", ".ts", ".tsx", ".css") for it in sites_names(path)]
    names += [("python", it) for path in files("deploy", ".yaml") for it in template_names(path)]
    for area, name in names:
        for word in words:
            if word.is_in(name, area) and not any(
                name.text == allowed and fnmatch(name.path, where) for allowed, where in stay
            ):
                yield name, word
                break


def main() -> int:
    """Print what is found, one name a line; 1 if anything is."""
    count = 0
    for name, word in found():
        count += 1
        sys.stdout.write(f"{name.path}:{name.line}: {name.text}: say {word.instead} ({word.text})\n")
    sys.stdout.write(f"{count} names use a word that docs/vocabulary.md replaces\n")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
