"""Prints what is read from the files alone: the JavaScript that a site loads first, and the lines of code."""

import gzip
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = "/node_modules/|/dist/|protocol.ts|http.ts|\\.test\\."


def first_load(site: str) -> int:
    """The gzip bytes of the JavaScript a site loads first: its scripts and their module preloads."""
    page = (ROOT / "sites" / "dist" / site / "index.html").read_text("utf-8")
    names = set(re.findall(r'(?:src|href)="[^"]*?(assets/[^"]+\.js)"', page))
    return sum(len(gzip.compress((ROOT / "sites" / "dist" / name).read_bytes(), 9)) for name in names)


def lines(folder: str, *endings: str) -> int:
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    names = [name for name in listed.stdout.split() if name.endswith(endings) and not re.search(LEFT_OUT, name)]
    return sum(len((ROOT / name).read_text("utf-8").splitlines()) for name in names)


def show() -> None:
    for site in ("user", "school", "worker"):
        print(f"first JavaScript, gzip, {site:7}  {first_load(site) / 1000:8.1f} kB")
    folders = (("domain", "backend/uconnect/domain"), ("backend", "backend/uconnect"))
    counted = [f"{name} {lines(folder, '.py')}" for name, folder in folders]
    counted += [f"{part} {lines(f'sites/{part}', '.ts', '.tsx')}" for part in ("src", "apps")]
    print(f"lines: {', '.join(counted)}")
