"""One spelling of where a server is, as browsers write it: scheme, host and port."""

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_NAME = 253  # characters (RFC 1035, 2.3.4)
NAME = re.compile(r"(?!.*\.(0x[0-9a-f]*|\d+)\Z)(?!(0x[0-9a-f]*|\d+)\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")


def normalised(url: str) -> str:
    """An address that is nothing but scheme, host and port, as browsers write it: in small letters, without the port
    that goes without saying, a name in another script in ASCII (RFC 5891), no dot at its end. Empty if it is none."""
    try:
        parts = urlsplit(url.strip().rstrip("/"))
        host, port = normalised_host(parts.hostname or ""), parts.port
    except ValueError:  # brackets without an address, a port that is no number, a name that cannot be
        return ""
    if parts.scheme not in DEFAULT_PORTS or not host or port == 0 or "@" in parts.netloc:
        return ""
    if parts.path or parts.query or parts.fragment:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}")


def normalised_host(host: str) -> str:
    """A name or an address of a machine, without brackets. Raises ValueError if it is none.

    A last label that looks like a number belongs to an IPv4 address in a form that browsers rewrite (WHATWG URL, "ends
    in a number"): only the usual form is taken.
    """
    if ":" in host:
        return str(IPv6Address(host)) if "%" not in host else _fault(host)
    name = (host if host.isascii() else idna.encode(host, uts46=True).decode()).lower().removesuffix(".")
    if len(name) <= LONGEST_NAME and NAME.fullmatch(name):
        return name
    return str(IPv4Address(name))


def _fault(host: str) -> str:
    raise ValueError(host)
