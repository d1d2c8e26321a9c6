"""The settings of an operator. A wrong one is refused at start, with a sentence that says what to set instead."""

import os
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from uconnect.application.loopback import is_loopback
from uconnect.entrypoints.server.settings_sources import InvalidSetting, SettingsSource, read_sources
from uconnect.entrypoints.server.settings_table import SETTINGS, Settings
from uconnect.entrypoints.server.settings_values import Fault, NeedPasskey
from uconnect.entrypoints.server.trace_sender import can_send
from uconnect.oidc_provider.relying_party import can_have_passkeys

__all__ = ["InvalidSetting", "Settings", "read"]


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings. Raises InvalidSetting."""
    source = read_sources(environment)
    _check_certificates(environment)
    found: dict[str, Any] = {}
    for setting in SETTINGS:
        found[setting.field] = source.value(setting, found)
    settings = Settings(**found)
    if "URL" not in source.values and not is_loopback(settings.host):
        raise InvalidSetting(
            source.fault("HOST")
            + "This opens uconnect to a network. Set URL too, to the address people open, such as https://ask.uni.edu."
        )
    # realpath raises nothing for links that lead to each other: whoever uses the folder says so.
    if settings.backups and os.path.realpath(settings.backups) == os.path.realpath(settings.data):
        raise InvalidSetting(
            source.fault("BACKUPS")
            + "This is the data folder itself. Set it to another folder, better on another disk."
        )
    if settings.need_passkey is not NeedPasskey.NONE and not can_have_passkeys(settings.url):
        raise InvalidSetting(
            source.fault("NEED_PASSKEY")
            + "Browsers have no passkeys for an address of numbers. Set URL to an address with a name, or remove it."
        )
    if settings.traces and not can_send():
        raise InvalidSetting(
            "TRACES is set, but the packages that send traces are not installed. Install them as docs/monitoring.md"
            " says (pip install --require-hashes -r requirements-traces.txt), or remove TRACES."
        )
    _check_methods(settings, source)
    if settings.smtp and not settings.mail_from:
        raise InvalidSetting(
            "SMTP is set, but MAIL_FROM is not. Set it to the sender address of e-mails, such as help@uni.edu."
        )
    return settings


def _check_methods(settings: Settings, source: SettingsSource) -> None:
    """Refuse what lets nobody sign in."""
    try:
        _ = settings.sign_in_methods
    except Fault as fault:
        raise InvalidSetting(source.fault("PROVIDERS" if settings.providers else "PASSWORDS") + str(fault)) from None


def _check_certificates(environment: Mapping[str, str]) -> None:
    """Refuse what holds no certificates: OpenSSL would say nothing, and trust nobody."""
    for name, is_usable in (("SSL_CERT_FILE", _has_certificates), ("SSL_CERT_DIR", Path.is_dir)):
        given = Path(environment.get(name, ""))
        if environment.get(name) and not _holds(is_usable, given):
            what = "is not a file of certificates" if _holds(Path.is_file, given) else "does not exist"
            raise InvalidSetting(
                f"{name} is {environment[name]!r}, which {what}, so no certificate of a mail server would be"
                f" accepted. Set it to the authorities that you trust, or remove {name}."
            )


def _holds(check: Callable[[Path], bool], file: Path) -> bool:
    try:
        return check(file)
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        return False


def _has_certificates(file: Path) -> bool:
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    return True
