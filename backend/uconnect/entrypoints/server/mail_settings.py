"""Reads the settings of outgoing mail. A password in them is never shown again."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from uconnect.adapters.mail import Server, TlsMode
from uconnect.entrypoints.server.settings_sources import InvalidSetting, SettingsSource, is_loopback

PORTS = {TlsMode.NEAR: 25, TlsMode.START_TLS: 587, TlsMode.TLS: 465}
INSTEAD = (
    "Set it to your mail server, such as smtp://name:password@mail.uni.edu:587 or smtps://mail.uni.edu. In a name or"
    " password, write %40 for @, %3A for : and %2F for /."
)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The server that takes our letters, and the address they come from."""

    server: Server
    sender: str


def read_mail_settings(given: SettingsSource) -> MailSettings | None:
    """How letters leave, None if they stay. Raises Unusable."""
    sender = given.get("MAIL_FROM", "")
    if sender and not _is_address(sender):
        raise given.wrong("MAIL_FROM", "Set it to a whole e-mail address, such as help@uni.edu.")
    smtp = given.get("SMTP", "")
    if not smtp:
        return None
    if not sender:
        raise InvalidSetting(
            "SMTP is set without MAIL_FROM. Set it to the address letters come from, such as help@uni.edu."
        )
    server = _server(smtp)
    if server is None:
        raise given.wrong("SMTP", INSTEAD, secret=True)
    return MailSettings(server, sender)


def _is_address(text: str) -> bool:
    try:
        return text.isascii() and bool(validate_email(text, check_deliverability=False, test_environment=True))
    except EmailNotValidError:
        return False


def _server(smtp: str) -> Server | None:
    try:
        parts = urlsplit(smtp)
        host, port, user, password = parts.hostname, parts.port, unquote(parts.username or ""), parts.password or ""
    except ValueError:  # a port that is no number, brackets without an address
        return None
    if parts.scheme not in ("smtp", "smtps") or not host or port == 0 or parts.path not in ("", "/"):
        return None
    if parts.query or parts.fragment or bool(user) != bool(password):
        return None
    near = TlsMode.NEAR if is_loopback(host) else TlsMode.START_TLS
    safety = TlsMode.TLS if parts.scheme == "smtps" else near
    return Server(host, port or PORTS[safety], safety, user, unquote(password))
