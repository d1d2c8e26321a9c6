"""What an operator has: the wheel, installed, with nothing of this clone around it."""

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest
from tools import wheel


@dataclass(frozen=True)
class Installed:
    """A virtual environment that contains uconnect from the wheel."""

    folder: Path
    command: Path
    wheel: Path


@pytest.fixture(scope="session")
def installed() -> Iterator[Installed]:
    """The wheel in a fresh virtual environment. What it needs is read from the environment of the tests: fetching it
    again is what `bench/install.py` measures."""
    folder = Path(mkdtemp(prefix="uconnect-installed-"))
    try:
        built = wheel.build(folder / "dist")
        environment = folder / "environment"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
        python = environment / "bin" / "python"
        install = [
            wheel.UV,
            "pip",
            "install",
            "--quiet",
            "--offline",
            "--no-deps",
            "--no-cache",
            "--python",
            str(python),
        ]
        subprocess.run([*install, str(built)], check=True)
        borrowed = next(environment.glob("lib/python*/site-packages")) / "borrowed.pth"
        borrowed.write_text(f"{sysconfig.get_path('purelib')}\n")
        yield Installed(folder, environment / "bin" / "uconnect", built)
    finally:
        shutil.rmtree(folder)
