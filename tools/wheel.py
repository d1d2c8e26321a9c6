"""Builds what a server needs into a folder: the wheel with the built sites in it, and the list of what it stands on.

`python -m tools.wheel dist`. The sites are put beside the package in a copy of it, never in this clone: a clone serves
its own `sites/dist`.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
UV = str(Path(sys.executable).with_name("uv"))
PAGES = ("operate.md", "settings.md", "sign-in.md", "saml.md", "monitoring.md", "archive.md")
ALONGSIDE = {
    ROOT / "requirements" / "run.txt": "requirements.txt",
    ROOT / "requirements" / "traces.txt": "requirements-traces.txt",
    ROOT / "CHANGELOG.md": "CHANGELOG.md",
} | {ROOT / "docs" / name: name for name in PAGES}
OPERATORS = ROOT / "packaging"


def build(folder: Path, sites: Path = ROOT / "sites" / "dist") -> Path:
    """Returns the wheel. Nothing is downloaded: uv carries the backend that builds it."""
    if not (sites / "index.html").is_file():
        raise SystemExit(f"There are no built sites in {sites}. Build them first: make sites")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as copy:
        _copy(Path(copy), sites)
        command = [UV, "build", "--quiet", "--offline", "--wheel", "--no-create-gitignore", "--out-dir", str(folder)]
        subprocess.run([*command, copy], check=True)  # noqa: S603 - with nothing in it that others chose
    (wheel,) = folder.glob("*.whl")
    return wheel


def _copy(copy: Path, sites: Path) -> None:
    """The sources of the package, and the sites where `settings_table.built_sites` looks for them."""
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    package = copy / "backend" / "uconnect"
    shutil.copytree(ROOT / "backend" / "uconnect", package, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    shutil.copytree(sites, package / "sites")


def main(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    wheel = build(folder)
    for file, name in ALONGSIDE.items():
        text = file.read_text("utf-8").replace("](../packaging/", "](")  # these files lie beside it there
        (folder / name).write_text(text, "utf-8")
    shutil.copytree(OPERATORS, folder, dirs_exist_ok=True)
    sys.stdout.write(f"{wheel} has {wheel.stat().st_size / 1e6:.1f} MB. {folder} contains all that a server needs.\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
