"""What an operator may set, from the environment; what is wrong is refused at start with the sentence that mends it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit


class Unusable(Exception):
    """A setting that cannot be. The message says which, and what to set instead."""


@dataclass(frozen=True, slots=True)
class Settings:
    """PORT and HOST: where to listen. DATA: the data folder. URL: where people reach it. SITES: the built sites."""

    port: int
    host: str
    data: Path
    url: str
    sites: Path

    @property
    def socket_url(self) -> str:
        return f"ws{self.url.removeprefix('http')}/api/socket"


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings. Raises Unusable."""
    port = environment.get("PORT", "8000")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Unusable(f"PORT is {port!r}. Set it to a number from 1 to 65535, such as 8000.")
    host = environment.get("HOST", "127.0.0.1")
    url = environment.get("URL", f"http://localhost:{port}").rstrip("/")
    _check_url(url)
    if "URL" not in environment and not is_loopback(host):
        raise Unusable(
            "HOST opens uconnect to a network. Set URL too: where people reach it, such as https://ask.uni.edu."
        )
    return Settings(
        port=int(port),
        host=host,
        data=Path(environment.get("DATA", "data")),
        url=url,
        sites=Path(environment.get("SITES", Path(__file__).parents[3] / "sites" / "dist")),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise Unusable(f"URL is {url!r}. Set it to where people reach uconnect, such as https://ask.uni.edu.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise Unusable(
            f"URL is {url!r}, without https. Browsers sign people in over https only: put a server with a"
            " certificate in front, and set URL to its https:// address."
        )
