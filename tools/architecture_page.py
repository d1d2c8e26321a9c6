"""Writes the tree in docs/architecture.md: each module with its first sentence. `python -m tools.architecture_page`."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "backend" / "uconnect"
PAGE = ROOT / "docs" / "architecture.md"
MARK = "<!-- tree: made by `make generated` -->\n"


def source() -> str:
    """The page as it is written by hand, with the tree made anew below the mark."""
    return PAGE.read_text("utf-8").partition(MARK)[0] + MARK + tree()


def tree() -> str:
    """A section for each package, and in it a line for each module."""
    sections = []
    for package in sorted({path.parent for path in PACKAGE.rglob("*.py")}):
        modules = [it for it in sorted(package.glob("*.py")) if it.name != "__init__.py"]
        name = package.relative_to(PACKAGE.parent).as_posix()
        if not modules:
            continue
        rows = "".join(f"| `{it.name}` | {first_sentence(it)} |\n" for it in modules)
        about = first_sentence(package / "__init__.py")
        sections.append(f"\n## {name}\n\n{about}\n\n| module | what it does |\n|---|---|\n{rows}")
    return "".join(sections)


def first_sentence(path: Path) -> str:
    """The first sentence of a module's docstring."""
    text = " ".join((ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0].split())
    sentence, stop, _ = text.partition(". ")
    return (sentence + stop).strip().replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(source(), "utf-8")
