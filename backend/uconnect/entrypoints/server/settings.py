"""Reads and checks all settings. A wrong value stops the start with a sentence that says how to correct it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from uconnect.entrypoints.server import limits
from uconnect.entrypoints.server.base_url import normalised
from uconnect.entrypoints.server.mail_settings import MailSettings, read_mail_settings
from uconnect.entrypoints.server.settings_sources import InvalidSetting, SettingsSource, is_loopback, read_sources
from uconnect.entrypoints.server.sign_in_limits import limits as sign_in_limits
from uconnect.oidc_provider import Limits

__all__ = ["InvalidSetting", "Settings", "is_loopback", "read"]


@dataclass(frozen=True, slots=True)
class Settings:
    """See `known.SETTINGS`, and docs/settings.md made of it. `mailing` is None while letters are kept to be read."""

    port: int
    host: str
    url: str
    proxies: tuple[str, ...]
    connections: int
    connections_per_address: int
    data: Path
    sites: Path
    schools_invited_only: bool
    mail: MailSettings | None
    limits: Limits

    @property
    def socket_url(self) -> str:
        return f"ws{self.url.removeprefix('http')}/api/socket"

    @property
    def database(self) -> Path:
        return self.data / "uconnect.sqlite"

    @property
    def has_dev_mailbox(self) -> bool:
        """Whether letters can be read on a page: they open accounts, so nobody else may reach this machine."""
        return self.mail is None and is_loopback(self.host) and is_loopback(urlsplit(self.url).hostname or "")


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings. Raises Unusable."""
    given = read_sources(environment)
    _check_certificates(environment)
    port = _port(given)
    host = given.get("HOST", "127.0.0.1")
    url = _url(given, port)
    if "URL" not in given.values and not is_loopback(host):
        raise given.wrong(
            "HOST",
            "That opens uconnect to a network: set URL too, to where people reach it, such as https://ask.uni.edu.",
        )
    connections = _number(given, "CONNECTIONS", given.get("CONNECTIONS", str(limits.CONNECTIONS)))
    half = str(max(1, connections // 2))
    return Settings(
        port=port,
        host=host,
        url=url,
        proxies=_proxies(given),
        connections=connections,
        connections_per_address=_number(given, "CONNECTIONS_PER_ADDRESS", given.get("CONNECTIONS_PER_ADDRESS", half)),
        data=Path(given.get("DATA", "data")),
        sites=Path(given.get("SITES", str(Path(__file__).parents[4] / "sites" / "dist"))),
        schools_invited_only=_invited_only(given),
        mail=read_mail_settings(given),
        limits=sign_in_limits(given),
    )


def _port(given: SettingsSource) -> int:
    port = given.get("PORT", "8000")
    if not (port.isascii() and port.isdecimal()) or not 0 < int(port) < 65536:
        raise given.wrong("PORT", "Set it to a number from 1 to 65535, such as 8000.")
    return int(port)


def _number(given: SettingsSource, name: str, value: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,6}", value):
        raise given.wrong(name, "Set it to a number from 1 to 9999999, such as 1000.")
    return int(value)


def _url(given: SettingsSource, port: int) -> str:
    url = normalised(given.get("URL", f"http://localhost:{port}"))
    host = urlsplit(url).hostname or ""
    if not host:
        raise given.wrong("URL", "Set it to where people reach uconnect, such as https://ask.uni.edu.")
    if not url.startswith("https:") and not is_loopback(host):
        raise given.wrong(
            "URL",
            "It is without https, and browsers sign people in over https only: put a server with a certificate in"
            " front, and set URL to its https:// address.",
        )
    return url


def _proxies(given: SettingsSource) -> tuple[str, ...]:
    proxies = [proxy.strip() for proxy in given.get("PROXIES", "127.0.0.1, ::1").split(",")]
    try:
        return tuple(_address(proxy) for proxy in proxies)
    except ValueError:
        raise given.wrong(
            "PROXIES", "Set it to addresses or networks, separated by commas, such as 10.0.0.4, 10.1.0.0/16."
        ) from None


def _address(proxy: str) -> str:
    network = ip_network(proxy)
    return str(network) if "/" in proxy else str(network.network_address)


def _check_certificates(environment: Mapping[str, str]) -> None:
    """OpenSSL says nothing of a file that is not there, and trusts nobody."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if environment.get(name) and not Path(environment[name]).exists():
            raise InvalidSetting(
                f"{name} is {environment[name]!r}, and there is no such thing: no mail server's certificate would be"
                f" good. Set it to the authorities that you trust, or leave {name} out."
            )


def _invited_only(given: SettingsSource) -> bool:
    schools = given.get("SCHOOLS", "open")
    if schools not in ("open", "invited"):
        raise given.wrong("SCHOOLS", "Set it to open, or to invited.")
    return schools == "invited"
