"""Lists the texts for people that use a word of the table in docs/vocabulary.md, and fails if there are any."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "vocabulary.md"
TITLE = "## Words that no text for people uses"
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \|$", re.MULTILINE)
PACKAGE = "backend/uconnect"
PYTHON = (  # modules whose sentences a person or an operator reads
    f"{PACKAGE}/domain/errors.py",
    f"{PACKAGE}/api/decode_errors.py",
    f"{PACKAGE}/api/operations.py",
    f"{PACKAGE}/application/email_addresses.py",
    f"{PACKAGE}/demo/*.py",
    f"{PACKAGE}/oidc_provider/*.py",
    f"{PACKAGE}/adapters/sqlite/engine.py",
    f"{PACKAGE}/adapters/sqlite/migrations.py",
    f"{PACKAGE}/entrypoints/cli/*.py",
    f"{PACKAGE}/entrypoints/cli/checks/*.py",
    f"{PACKAGE}/entrypoints/server/*.py",
    "deploy/*.py",
)
SCRIPTS = ("sites/src/i18n/*messages.ts", "sites/src/browser/startup-error.ts")
WHOLE = (  # files that are text from the first line to the last
    f"{PACKAGE}/adapters/mail/templates/*.txt",
    f"{PACKAGE}/oidc_provider/templates/*.html",
    f"{PACKAGE}/entrypoints/server/dev_mailbox.html",
    "sites/apps/*/index.html",
)
COMMENT = re.compile(r"^\s*//[^\n]*$|/\*[\s\S]*?\*/", re.MULTILINE)
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
NOT_TEXT = re.compile(r"\{[{%].*?[%}]\}|\$\{[^}]*\}|<[^>]*>", re.DOTALL)
SQL = re.compile(r"\b(CREATE|SELECT|INSERT|UPDATE|DELETE|ALTER|VALUES)\b")
LOGGED = {"debug", "info", "warning", "error", "exception", "critical"}  # methods of a log


def words(page: str) -> list[str]:
    """The words of the table: each cell may list several."""
    _, _, table = page.partition(TITLE)
    listed = [word.strip() for cell in ROW.findall(table) for word in cell.split(",")]
    return [word for word in listed if word.strip("- ") and word != "not"]


def python_texts(source: str) -> Iterator[str]:
    """The sentences of a module, and the help of its commands. Other docstrings and the log are for developers."""
    tree = ast.parse(source)
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and not _is_command(node):
                left_out.update(map(id, ast.walk(first)))
        elif isinstance(node, ast.Assert) or _is_logged(node):
            left_out.update(map(id, ast.walk(node)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node.value


def _is_logged(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOGGED


def _is_command(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any("command" in ast.dump(it) for it in node.decorator_list)


def script_texts(source: str) -> Iterator[str]:
    """The strings of a TypeScript module."""
    code = COMMENT.sub("", source)
    for found in STRING.finditer(code):
        yield found[1] or found[2] or ""


def texts() -> Iterator[tuple[str, str]]:
    """Each text for people, with the path of its file."""
    for path in _files(PYTHON):
        yield from ((_shown(path), text) for text in python_texts(path.read_text("utf-8")))
    for path in _files(SCRIPTS):
        yield from ((_shown(path), text) for text in script_texts(path.read_text("utf-8")))
    for path in _files(WHOLE):
        yield _shown(path), path.read_text("utf-8")


def used(text: str, avoided: list[str]) -> list[str]:
    """The words of the table that a text uses. A single word is no text: it is the name of something."""
    plain = " ".join(NOT_TEXT.sub(" ", text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    if " " not in plain or SQL.search(text):
        return []
    return [word for word in avoided if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", plain, re.IGNORECASE)]


def _files(patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        found = sorted(ROOT.glob(pattern))
        if not found:
            raise LookupError(pattern)
        yield from found


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def findings() -> list[str]:
    """A line for each text that uses a word of the table."""
    avoided = words(TABLE.read_text("utf-8"))
    return [f"{path}: “{word}” in {text.strip()[:90]!r}" for path, text in texts() for word in used(text, avoided)]


if __name__ == "__main__":
    found = findings()
    lines = [*found, f"{len(found)} texts for people use a word that docs/vocabulary.md avoids", ""]
    sys.stdout.write("\n".join(lines))
    sys.exit(1 if found else 0)
