"""Turns a stored letter into an e-mail message: the same bytes at each attempt, and no header beyond what it needs."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from uconnect.adapters.mail.outbox import StoredEmail
from uconnect.application.email_addresses import for_mail

NAME = "uconnect"


def message(kept: StoredEmail, sender: str) -> EmailMessage:
    """The letter from the address `sender`. Raises ValueError if no mail can be made of it.

    Its Message-ID names the letter, so that a server which was handed it twice can tell (RFC 5322 §3.6.4).
    """
    made = EmailMessage(SMTP)
    made["From"] = Address(NAME, addr_spec=sender)
    made["To"] = Address(addr_spec=for_mail(kept.letter.to))
    # Python decodes `=?utf-8?q?=0D=0ABcc...?=` in a school's name, and writes the new line it finds: another header.
    made["Subject"] = kept.letter.subject.replace("=?", "= ?")
    made["Date"] = datetime.fromtimestamp(kept.written, UTC)
    made["Message-ID"] = f"<{kept.id}@{domain(sender)}>"
    made["Auto-Submitted"] = "auto-generated"  # so that nobody's absence note answers (RFC 3834 §5)
    made.set_content(kept.letter.text)
    return made


def domain(address: str) -> str:
    """The part after the @."""
    return address.rpartition("@")[2]
