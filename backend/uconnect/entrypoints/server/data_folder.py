"""Locks the data folder for one process, and keeps other accounts of the machine from reading it.

It holds all that people wrote, and the key that signs them in: whoever can read it is everybody.
"""

import fcntl
import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from uconnect.entrypoints.server.settings_sources import InvalidSetting, reason

OWN_ONLY = 0o077  # what a mode must not have: anything for the group or others
LOCK = "uconnect.lock"


def be_private() -> None:
    """Let no file that this process makes be anybody else's."""
    os.umask(OWN_ONLY)


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Have the folder to oneself while the block lasts; it is made if it is not there. Raises InvalidSetting.

    An operator's commands do not need it to themselves: they run beside the server.
    """
    try:
        _make(data)
        check(data)
        lock = os.open(data / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except (OSError, RuntimeError) as error:  # the latter for links that lead to each other
        why = reason(error) if isinstance(error, OSError) else "its links lead in a circle"
        raise InvalidSetting(f"DATA is {str(data)!r}, and uconnect cannot keep its data there: {why}.") from error
    try:
        _take(data, lock)
        yield
    finally:
        os.close(lock)  # which also gives the lock back


def is_served(data: Path) -> bool:
    """Whether a server holds the folder now."""
    try:
        lock = os.open(data / LOCK, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _take(data: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        who = os.read(lock, 20).decode("ascii", "replace").strip()
        raise InvalidSetting(
            f"Another uconnect (process {who}) already uses {data}: people on one would not see messages of the"
            " other. Stop it first, or set DATA to another folder."
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def _make(data: Path) -> None:
    if data.is_symlink():
        raise InvalidSetting(f"{data} is a symbolic link. Set DATA to the folder itself: {data.resolve()}")
    if data.exists() and not data.is_dir():
        raise InvalidSetting(
            f"{data} is a file, but DATA must be a folder. Move the file, or set DATA to another folder."
        )
    data.mkdir(mode=0o700, parents=True, exist_ok=True)


def check(data: Path) -> None:
    """Refuse a folder or a file in it that is not for this account alone. Raises InvalidSetting, OSError."""
    ours = [data, *sorted(it for it in data.iterdir() if it.name.startswith("uconnect."))]
    found = {it: it.lstat() for it in ours}
    for path, about in found.items():
        if about.st_uid != os.geteuid():
            raise InvalidSetting(
                f"{path} belongs to another account (user id {about.st_uid}). Run uconnect as that account, or"
                f" make it yours: chown -R {os.geteuid()} {shlex.quote(str(data))}"
            )
        if path != data and not stat.S_ISREG(about.st_mode):
            raise InvalidSetting(f"{path} is not a regular file. Remove it, or put the file itself there.")
        if not os.access(path, os.W_OK):
            raise InvalidSetting(
                f"uconnect cannot write to {path}. Is its disk read-only, or the file marked as immutable?"
            )
    open_to_others = [path for path, about in found.items() if about.st_mode & OWN_ONLY]
    if open_to_others:
        if data in open_to_others and len(ours) == 1 and any(data.iterdir()):
            raise InvalidSetting(
                f"DATA is {str(data)!r}, and other things are in that folder, which other accounts of this computer can"
                " read. Set DATA to a folder that contains nothing else. uconnect creates it if it does not exist."
            )
        raise InvalidSetting(
            f"Other accounts of this computer can open {open_to_others[0]}, and so read what people wrote and sign in"
            f" as them. Run: {_closing(data, open_to_others)}"
        )


def _closing(data: Path, paths: list[Path]) -> str:
    """The command that keeps others out."""
    files = shlex.join(str(it) for it in paths if it != data)
    folder = f"chmod 700 {shlex.quote(str(data))}" if data in paths else ""
    return " && ".join(it for it in (folder, f"chmod 600 {files}" if files else "") if it)
