"""Builds and installs what the benchmark runs, into folders of its own below build/bench."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

BENCH = Path(__file__).parent
ROOT = BENCH.parent
BUILD = ROOT / "build" / "bench"
C_FLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror")


def run(*command: str | Path, cwd: Path = ROOT, environment: dict[str, str] | None = None) -> None:
    """Run a command that prints only if it fails; the benchmark then ends with what it printed."""
    ended = subprocess.run(
        command, cwd=cwd, env={**os.environ, **(environment or {})}, capture_output=True, encoding="utf-8", check=False
    )
    if ended.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{(ended.stdout + ended.stderr)[-4000:]}")


def debian(program: str, *packages: str) -> None:
    """Install Debian packages if a program is missing, or a file that is given by its path."""
    if shutil.which(program) or Path(program).exists():
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise SystemExit(
            f"The benchmark needs {program}: install it (on Debian: apt-get install {' '.join(packages)})."
        )
    print(f"installing {' '.join(packages)}", flush=True)
    install = ("apt-get", "-qq", "-y", "--no-install-recommends", "install", *packages)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(*install, environment=quiet)
    except SystemExit:
        run("apt-get", "-qq", "update")
        run(*install, environment=quiet)


def without_service(name: str) -> None:
    """Stop the service that a Debian package has just started: the benchmark starts its own, from its own folder."""
    if Path("/run/systemd/system").exists():
        run("systemctl", "disable", "--now", name)


def compiled(name: str, *folders: str, flags: Sequence[str] = ()) -> Path:
    """The program (or library) `name`, of all C files in these folders of bench/; built if one is newer."""
    sources = [path for folder in folders for path in sorted((BENCH / folder).glob("*.[ch]"))]
    program = BUILD / name
    if not program.exists() or program.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        debian("gcc", "build-essential")
        program.parent.mkdir(parents=True, exist_ok=True)
        files = [path for path in sources if path.suffix == ".c"]
        made = program.with_name(f"{name}.{os.getpid()}")  # a test process beside this one may compile it, too
        run("gcc", *C_FLAGS, "-I", BENCH / "c", "-o", made, *files, *flags)
        made.replace(program)
    return program


def load_generator() -> Path:
    return compiled("load", "load", "c")


def slow_sync() -> Path:
    return compiled("slow_sync.so", "slow_sync", flags=("-shared", "-fPIC", "-ldl"))


def folder_for(name: str, *locks: Path) -> tuple[Path, bool]:
    """The folder that a peer is installed in, and whether it holds what its locks ask for: else it is empty."""
    folder, wanted = BUILD / name, hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    stamp = folder / ".installed"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return folder, True
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder, False


def installed(folder: Path, *locks: Path) -> None:
    """Note that a folder holds what its locks ask for."""
    stamp = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    (folder / ".installed").write_text(stamp, "utf-8")


def python_packages(name: str, lock: Path) -> Path:
    """An environment of its own with the packages of a lock; the path of its programs."""
    folder, is_there = folder_for(name, lock)
    if not is_there:
        print(f"installing {name}", flush=True)
        run(sys.executable, "-m", "venv", "--without-pip", folder)
        uv = Path(sys.executable).parent / "uv"
        run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", folder / "bin" / "python", lock)
        installed(folder, lock)
    return folder / "bin"


def node_packages(name: str, source: Path, environment: dict[str, str]) -> Path:
    """A folder with the packages of a package-lock.json; the path of its node_modules."""
    files = [source / each for each in ("package.json", "package-lock.json", ".npmrc")]
    folder, is_there = folder_for(name, *files)
    if not is_there:
        print(f"installing {name}", flush=True)
        for file in files:
            shutil.copy(file, folder)
        run("npm", "ci", cwd=folder, environment=environment)
        installed(folder, *files)
    return folder / "node_modules"
