"""How the text of a setting becomes its value. A reader that refuses a text raises Fault: what to set instead."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from email_validator import validate_email

from uconnect.adapters.mail import Server, TlsMode
from uconnect.application.email_addresses import normal_domain
from uconnect.application.loopback import is_loopback
from uconnect.domain.enums import Kind
from uconnect.domain.rate_limit import RateLimit
from uconnect.entrypoints.server.base_url import normalised, normalised_host

SHORTEST_LETTER, LONGEST_LETTER = 60, 12 * 3600  # seconds; a link that lets somebody in is good for a day at the most
SMTP_PORTS = {TlsMode.NEAR: 25, TlsMode.START_TLS: 587, TlsMode.TLS: 465}

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)


class NeedPasskey(StrEnum):
    """Who needs more than a password."""

    NONE = "none"
    SCHOOLS = "schools"
    ALL = "all"

    def includes(self, kind: Kind) -> bool:
        """Whether people of this site do."""
        return self is NeedPasskey.ALL or (self is NeedPasskey.SCHOOLS and kind is Kind.SCHOOL)


class Fault(Exception):
    """A value that is refused. The message says what to set instead."""


def _instead(sentence: str) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """A reader that refuses with this sentence whatever makes it raise a ValueError."""

    def made(read: Callable[[str], T]) -> Callable[[str], T]:
        @wraps(read)
        def reader(text: str) -> T:
            try:
                return read(text)
            except ValueError:
                raise Fault(sentence) from None

        return reader

    return made


def _require(holds: object) -> None:
    if not holds:
        raise ValueError


@_instead("Set it to a number from 1 to 65535, such as 8000.")
def port(text: str) -> int:
    _require(text.isascii() and text.isdecimal() and 0 < int(text) < 65536)
    return int(text)


@_instead("Set it to a number from 1 to 9999999.")
def count(text: str) -> int:
    _require(re.fullmatch("[1-9][0-9]{0,6}", text))
    return int(text)


@_instead("Set it to a number of days from 14 to 36500, such as 180, or remove it to keep threads for ever.")
def days(text: str) -> int:
    """Days from the warning that threads give on. 0 if none are set."""
    _require(not text or (re.fullmatch("[1-9][0-9]{0,4}", text) and 14 <= int(text) <= 36500))
    return int(text or 0)


@_instead("Set it to a number of minutes from 5 to 1440, such as 15, or remove it.")
def minutes(text: str) -> int:
    """Minutes. 0 if none are set."""
    _require(not text or (re.fullmatch("[1-9][0-9]{0,3}", text) and 5 <= int(text) <= 1440))
    return int(text or 0)


@_instead("Set it to an address or the name of this computer, such as 10.0.0.7, or to :: for all of its addresses.")
def host(text: str) -> str:
    """An address without brackets, a name, or the path of a file."""
    if text.startswith("/"):
        return text
    bracketed = text.startswith("[") and text.endswith("]")
    return normalised_host(text[1:-1] if bracketed else text)


def path(text: str) -> Path:
    """A file or a folder. A `~` is the home of who runs uconnect: no shell has replaced it in a file or after a `=`."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise Fault("This home folder does not exist. Write the whole path, starting with /.") from None


def optional_path(text: str) -> Path | None:
    """A folder. None if none is set."""
    return path(text) if text else None


@_instead("Set it to the address people open, such as https://ask.uni.edu.")
def url(text: str) -> str:
    """Scheme, host and port, as browsers write them. Only this machine may be reached without https."""
    parts = urlsplit(text.rstrip("/"))
    if parts.path and normalised(f"{parts.scheme}://{parts.netloc}"):
        raise Fault(f"uconnect has a host name for itself, without a path: set it to {parts.scheme}://{parts.netloc}.")
    found = normalised(text)
    host = urlsplit(found).hostname or ""
    _require(host)
    if not found.startswith("https:") and not is_loopback(host):
        raise Fault(
            "Browsers can sign people in only over https. Put a server with a certificate in front of uconnect, and set"
            " URL to its https:// address."
        )
    return found


@_instead("Set it to addresses or networks, separated by commas, such as 10.0.0.4, 10.1.0.0/16.")
def networks(text: str) -> tuple[str, ...]:
    found = [(each, ip_network(each.strip().strip("[]"))) for each in text.split(",")]
    return tuple(str(network if "/" in each else network.network_address) for each, network in found)


def one_of(choices: type[Choice]) -> Callable[[str], Choice]:
    """A reader of one of a few words."""
    *others, last = choices
    return _instead(f"Set it to {', '.join(others)} or {last}.")(choices)


@_instead("Set it to off or on.")
def is_on(text: str) -> bool:
    _require(text in ("off", "on"))
    return text == "on"


@_instead("Set it to the address of a receiver of OTLP over HTTP, without a path, such as http://127.0.0.1:4318.")
def receiver(text: str) -> str:
    """Scheme, host and port. Only this machine may be sent to without https. Empty if none is set."""
    if not text:
        return ""
    found = normalised(text)
    host = urlsplit(found).hostname or ""
    _require(host)
    if not found.startswith("https:") and not is_loopback(host):
        raise Fault("To another computer traces are sent encrypted: let the address begin with https://.")
    return found


@_instead("Set it to a number above 0 and up to 1, such as 0.1.")
def share(text: str) -> float:
    _require(re.fullmatch("1|(0|1)?[.][0-9]{1,6}", text) and 0 < float(text) <= 1)
    return float(text)


@_instead(
    "Set it to 20 to 200 characters of a-z, A-Z and 0-9 that no one can guess, such as what this writes:"
    " openssl rand -hex 20"
)
def token(text: str) -> str:
    """A secret that comes in a header. Empty if none is set."""
    _require(not text or re.fullmatch("[A-Za-z0-9._~+/=-]{20,200}", text))
    return text


@_instead("Set it to open or invited.")
def is_invited(text: str) -> bool:
    _require(text in ("open", "invited"))
    return text == "invited"


@_instead("Set it to a number of tries, a slash, and the seconds until one more is allowed, such as 10/600.")
def rate(text: str) -> RateLimit:
    _require(re.fullmatch("[1-9][0-9]{0,5}/[1-9][0-9]{0,5}", text))
    burst, seconds = text.split("/")
    return RateLimit(every=int(seconds) * 1000, burst=int(burst))


def rate_of_letters(text: str) -> RateLimit:
    found = rate(text)
    if not SHORTEST_LETTER <= found.every // 1000 <= LONGEST_LETTER:
        raise Fault("Set it to one e-mail every 60 to 43200 seconds, such as 5/3600.")
    return found


@_instead("Set it to a full e-mail address, such as help@uni.edu.")
def email_address(text: str) -> str:
    """An address in ASCII. Empty if none is set."""
    if text:
        _require(text.isascii())
        validate_email(text, check_deliverability=False, test_environment=True)
    return text


@_instead("Set it to domains, separated by commas, such as uni.edu, *.uni.edu. A * stands for all domains below.")
def domains(text: str) -> tuple[str, ...]:
    """Domains in their normal form, some with `*.` before them. Empty if none is set."""
    return tuple(map(_domain, text.split(","))) if text.strip() else ()


def _domain(text: str) -> str:
    below = text.strip().startswith("*.")
    name = normal_domain(text.strip().removeprefix("*."))
    _require(below or "." in name)
    return f"*.{name}" if below else name


@_instead(
    "Set it to your mail server, such as smtp://name:password@mail.uni.edu:587 or smtps://mail.uni.edu. In a name or"
    " password, write %40 for @, %3A for : and %2F for /."
)
def mail_server(text: str) -> Server | None:
    """The server of `smtp://name:password@host:port`. None if none is set."""
    if not text:
        return None
    parts = urlsplit(text)
    host, user, password = (
        normalised_host(parts.hostname or ""),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
    _require(parts.scheme in ("smtp", "smtps") and parts.port != 0 and parts.path in ("", "/"))
    _require(not parts.query and not parts.fragment and bool(user) == bool(password))
    near = TlsMode.NEAR if is_loopback(host) else TlsMode.START_TLS
    safety = TlsMode.TLS if parts.scheme == "smtps" else near
    return Server(host, parts.port or SMTP_PORTS[safety], safety, user, password)
