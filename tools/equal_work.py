"""Lists the places marked `# equal work: leak N` in the product: `python -m tools.equal_work` prints the table rows."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "backend" / "uconnect"
LEAK = re.compile(r"# equal work: leak (\d+)")
Marked = tuple[str, str, int]  # the file below the package, the function or module-level name, the leak


def marks() -> Iterator[Marked]:
    """Every mark, in the order of files and lines."""
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text("utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            if match := LEAK.search(line):
                yield path.relative_to(PACKAGE).as_posix(), _name_at(ast.parse(text), number), int(match[1])


def _name_at(tree: ast.Module, line: int) -> str:
    """The innermost function around a line, else what the statement there, or the next one, assigns."""
    name = ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno <= line <= (node.end_lineno or 0):
            name = node.name
    if name:
        return name
    around = next(node for node in tree.body if (node.end_lineno or 0) > line)
    match around:
        case ast.AnnAssign(target=ast.Name(id=assigned)) | ast.Assign(targets=[ast.Name(id=assigned)]):
            return assigned
    return "module"


def main() -> None:
    for file, name, leak in marks():
        sys.stdout.write(f"| `{file}` | `{name}` | {leak} |\n")


if __name__ == "__main__":
    main()
