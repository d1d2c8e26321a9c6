"""Opens the sockets to listen on: of an address, in a file, or those that systemd has opened already."""

import errno
import os
import socket
import stat
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from uconnect.application.loopback import is_loopback
from uconnect.entrypoints.server.settings import InvalidSetting, Settings
from uconnect.entrypoints.server.websocket_protocol import UNREAD_TIMEOUT

BACKLOG = 2048
FIRST_PASSED = 3  # the number of the first socket that systemd opened (sd_listen_fds(3))
GROUP_TOO = 0o660  # whoever can write to the file can say who sends a request, as a server in PROXIES can


def listen(chosen: Settings, environment: MutableMapping[str, str] = os.environ) -> list[socket.socket]:
    """The sockets to listen on. Raises InvalidSetting."""
    with ExitStack() as opened:
        if passed := [opened.enter_context(it) for it in _passed(environment)]:
            for each in passed:
                _check(each, chosen)
        found = passed or [opened.enter_context(it) for it in _listen(chosen)]
        opened.pop_all()
    return found


def _listen(chosen: Settings) -> Iterator[socket.socket]:
    if chosen.host.startswith("/"):
        yield _listen_in(Path(chosen.host))
        return
    # With `::` there is one for each family: through one for both, an address of IPv4 would come in another spelling
    # (`::ffff:10.0.0.4`), which is no proxy's and shares its network with all others.
    hosts = ["::", "0.0.0.0"] if chosen.host == "::" else [chosen.host]  # noqa: S104 - as who sets it means
    yield from (_listen_on(host, chosen.port) for host in hosts)


def _listen_on(host: str, port: int) -> socket.socket:
    try:
        family = min(it[0] for it in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))  # IPv4 if it has both
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise InvalidSetting(f"uconnect cannot listen on port {port} of {host}: {_why_not(error)}") from error
    _end_unread(listening)
    return listening


def _end_unread(listening: socket.socket) -> None:
    """Let the system end connections whose other end reads nothing; they have this from the socket they came by."""
    if hasattr(socket, "TCP_USER_TIMEOUT") and listening.family != socket.AF_UNIX:  # on Linux
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_TIMEOUT)


def _why_not(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return f"{error.strerror}. Set HOST to an address of this computer."
    told = os.strerror(error.errno or 0)
    match error.errno:
        case errno.EADDRINUSE:
            return f"{told}. If another uconnect runs, stop it. If not, set PORT to another number."
        case errno.EACCES | errno.EPERM:
            return f"{told}. Set PORT to a number from 1024 on, which needs no special rights."
        case _:
            return f"{told}. Set HOST to an address of this computer."


# --- a socket in a file -----------------------------------------------------------------------------------------------


def _listen_in(file: Path) -> socket.socket:
    """Listen in a file. One that a server has left behind is replaced."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_unused(file)
        listening.bind(str(file))
        file.chmod(GROUP_TOO)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        why = error.strerror or str(error)  # a path that is too long has no number
        raise InvalidSetting(
            f"uconnect cannot listen in {file}: {why}. Set HOST to a file in a folder that uconnect may write to."
        ) from error
    except InvalidSetting:
        listening.close()
        raise
    return listening


def _remove_unused(file: Path) -> None:
    try:
        mode = file.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise InvalidSetting(f"HOST is {str(file)!r}, which is not a socket. Set HOST to a file that does not exist.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            asking.connect(str(file))
        except ConnectionRefusedError:  # nothing listens there
            file.unlink()
            return
    raise InvalidSetting(f"Another program listens in {file}. Stop it first, or set HOST to another file.")


# --- sockets from systemd ---------------------------------------------------------------------------------------------


def _passed(environment: MutableMapping[str, str]) -> list[socket.socket]:
    """The sockets that were opened for this very process. Processes that it starts are not told of them."""
    told = {name: environment.pop(name, "") for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")}
    if told["LISTEN_PID"] != str(os.getpid()) or not told["LISTEN_FDS"].isdecimal():
        return []
    found = [socket.socket(fileno=FIRST_PASSED + number) for number in range(int(told["LISTEN_FDS"]))]
    for each in found:
        each.set_inheritable(False)
    return found


def _check(passed: socket.socket, chosen: Settings) -> None:
    """Refuse what would serve wrongly, or people whom a setting keeps out."""
    listens = passed.type == socket.SOCK_STREAM and passed.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    if not listens:
        raise InvalidSetting("systemd has opened a socket that takes no connections. Set ListenStream= and Accept=no.")
    if passed.family == socket.AF_INET6 and not passed.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY):
        raise InvalidSetting(
            "systemd has opened one socket for IPv4 and IPv6. Set BindIPv6Only=ipv6-only, and ListenStream= once for"
            " each: 0.0.0.0:8000 and [::]:8000."
        )
    is_near = passed.family != socket.AF_UNIX and is_loopback(passed.getsockname()[0])
    if not is_near and is_loopback(urlsplit(chosen.url).hostname or ""):
        raise InvalidSetting(
            "systemd has opened a socket that others can reach. Set URL to the address people open, such as"
            " https://ask.uni.edu."
        )
    _end_unread(passed)
