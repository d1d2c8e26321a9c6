"""The zips that Lambda runs: the modules of ours that run there, and an SDK trimmed to the services they speak to.

The same sources make the same bytes, so a key names what is in it and nothing is put up twice. Compiled files go along
when an interpreter of the functions' version is here; they are not checked against their sources (PEP 552), which a zip
gives new times.
"""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = (
    "__init__.py",
    "adapters/__init__.py",
    "adapters/clock.py",
    "adapters/dynamodb/*.py",
    "adapters/mail/__init__.py",
    "adapters/mail/ses.py",
    "adapters/mail/templates.py",
    "adapters/mail/templates/*.txt",
    "adapters/realtime/__init__.py",
    "adapters/realtime/api_gateway.py",
    "adapters/stand_ins.py",
    "adapters/tokens/__init__.py",
    "adapters/tokens/cognito.py",
    "api/*.py",
    "application/*.py",
    "domain/**/*.py",
    "entrypoints/__init__.py",
    "entrypoints/aws_lambda/*.py",
)
SERVICES = {"dynamodb", "apigatewaymanagementapi", "lambda", "cognito-idp", "sesv2", "sqs"}
PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}  # Lambda has glibc 2.34
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a zip's times


@dataclass(frozen=True)
class Packed:
    """A zip, under a name made of its bytes."""

    path: Path

    @property
    def key(self) -> str:
        return f"{self.path.stem}-{hashlib.sha256(self.path.read_bytes()).hexdigest()[:16]}.zip"


def functions(arch: str, version: str, build: Path = ROOT / "build") -> Packed:
    """What all functions share. `version` is Python's, as in 3.13."""
    folder = _emptied(build / f"lambda-{arch}-{version}")
    _install("lambda", folder, arch, version)
    _trim(folder / "botocore")
    shutil.rmtree(folder / "dns")  # email-validator asks the network for nothing here
    for pattern in OURS:
        for source in (ROOT / "backend/uconnect").glob(pattern):
            target = folder / source.relative_to(ROOT / "backend")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    _compile(folder, version)
    return _zip(folder, folder.with_suffix(folder.suffix + ".zip"))


def pillow(arch: str, version: str, build: Path = ROOT / "build") -> Packed:
    """The layer of the one function that reads pictures."""
    folder = _emptied(build / f"pillow-{arch}-{version}")
    _install("pillow", folder / "python", arch, version)
    return _zip(folder, folder.with_suffix(folder.suffix + ".zip"))


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _install(locked: str, folder: Path, arch: str, version: str) -> None:
    """Wheels for the functions' machine, whatever this one is; each by its hash."""
    command = [ROOT / ".venv/bin/uv", "pip", "install", "--quiet", "--link-mode", "copy"]
    wheels = ["--python-version", version, "--python-platform", PLATFORMS[arch], "--only-binary", ":all:"]
    what = ["--target", folder, "--require-hashes", "-r", ROOT / f"requirements/{locked}.txt"]
    subprocess.run([*map(str, command), *wheels, *map(str, what)], check=True)


def _trim(botocore: Path) -> None:
    for each in (botocore / "data").iterdir():
        if each.is_dir() and each.name not in SERVICES:
            shutil.rmtree(each)
    for unasked in (botocore / "data").glob("*/*/*"):
        if unasked.name.startswith(("examples", "completions", "waiters", "paginators")):
            unasked.unlink()


def _compile(folder: Path, version: str) -> None:
    shutil.rmtree(folder / "bin", ignore_errors=True)  # commands
    python = interpreter(version)
    if python is None:
        sys.stderr.write(f"No python{version} is here: the functions compile when they start, which takes longer.\n")
        return
    # The path that is compiled in is Lambda's, so that the bytes are the same wherever they were made.
    flags = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/var/task"]
    subprocess.run([python, "-m", "compileall", *flags, str(folder)], check=True)


def interpreter(version: str) -> str | None:
    """A Python of this minor version, if there is one here."""
    for python in filter(None, (sys.executable, shutil.which(f"python{version}"))):
        asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        if subprocess.run(asked, capture_output=True, encoding="utf-8", check=False).stdout.strip() == version:
            return python
    return None


def _zip(folder: Path, path: Path) -> Packed:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in _files(folder):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)), EARLIEST)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, file.read_bytes())
    return Packed(path)


def _files(folder: Path) -> Iterator[Path]:
    """In one order, without what differs from one installation to the next."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name not in {"RECORD", "INSTALLER", "REQUESTED", ".lock"}:
            yield file


if __name__ == "__main__":
    arch, version = sys.argv[1:3]
    for packed in (functions(arch, version), pillow(arch, version)):
        print(f"{packed.path.relative_to(ROOT)}  {packed.path.stat().st_size / 1e6:.2f} MB  {packed.key}")
