"""Sends e-mails: a letter is stored with the change that causes it, and sent until a mail server has taken it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uconnect.adapters.mail import templates
    from uconnect.adapters.mail.one_letter import send_now
    from uconnect.adapters.mail.outbox import MIGRATIONS, Outbox, OutboxStatus, StoredEmail
    from uconnect.adapters.mail.smtp import Server, SmtpSender, TlsMode
    from uconnect.adapters.mail.templates import Email

__all__ = [
    "MIGRATIONS",
    "Email",
    "Outbox",
    "OutboxStatus",
    "Server",
    "SmtpSender",
    "StoredEmail",
    "TlsMode",
    "send_now",
    "templates",
]

MODULES = {
    "smtp": ("SmtpSender", "TlsMode", "Server"),
    "templates": ("Email",),
    "one_letter": ("send_now",),
    "outbox": ("MIGRATIONS", "StoredEmail", "Outbox", "OutboxStatus"),
}


def __getattr__(name: str) -> Any:
    """Imports each name on first use: Lambda writes letters without the SMTP sender and the outbox."""
    if name == "templates":
        return import_module("uconnect.adapters.mail.templates")
    for module, names in MODULES.items():
        if name in names:
            return getattr(import_module(f"uconnect.adapters.mail.{module}"), name)
    raise AttributeError(name)
