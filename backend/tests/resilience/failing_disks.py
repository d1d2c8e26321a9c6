"""Two ways in which a disk takes no more, and takes it again: it is full, or it refuses every write."""

import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

SIZE = 4 * 2**20  # bytes of the small disk


class Disk(Protocol):
    """The disk under a server's data."""

    def fail(self, server: int) -> None:
        """Take nothing more; `server` is the process that writes."""
        ...

    def mend(self, server: int) -> None: ...


class Full:
    """A file that fills what is left of a small disk."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fail(self, server: int) -> None:
        with self._ballast.open("wb", buffering=0) as ballast:
            try:
                while ballast.write(b"x" * 4096):
                    pass
            except OSError:  # there is no room left, which is what was wanted
                return

    def mend(self, server: int) -> None:
        self._ballast.unlink()


class Refusing:
    """No byte more in any file, as on a disk that was mounted anew to be read only: a running process can be told so
    by the limit of its files' size."""

    def fail(self, server: int) -> None:
        resource.prlimit(server, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def mend(self, server: int) -> None:
        resource.prlimit(server, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def full(folder: Path) -> Iterator[Disk]:
    """A disk of a few megabytes in memory at `folder`. Needs the right to mount."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "uconnect-test", folder], check=True)
    try:
        yield Full(folder)
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def refusing(folder: Path) -> Iterator[Disk]:
    yield Refusing()


DISKS: dict[str, Callable[[Path], AbstractContextManager[Disk]]] = {"full": full, "refusing": refusing}
