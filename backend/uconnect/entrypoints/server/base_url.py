"""Normalizes the base URL as browsers write it: scheme, host and port."""

from urllib.parse import urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}


def normalised(url: str) -> str:
    """An address that is nothing but scheme, host and port, as browsers write it: in small letters, without the port
    that goes without saying, a name in another script in ASCII (RFC 5891). Empty if it is none."""
    try:
        parts = urlsplit(url.strip().rstrip("/"))
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:  # brackets without an address, a port that is no number, a name that cannot be
        return ""
    if parts.scheme not in DEFAULT_PORTS or not host or port == 0 or "@" in parts.netloc:
        return ""
    if parts.path or parts.query or parts.fragment:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}")


def _ascii(host: str) -> str:
    return host if host.isascii() else idna.encode(host, uts46=True).decode()
