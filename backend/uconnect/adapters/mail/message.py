"""Turns a stored letter into an e-mail message: the same bytes at each attempt, and no header beyond what it needs."""

from datetime import UTC, datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy

from uconnect.adapters.mail.outbox import StoredEmail
from uconnect.application.email_addresses import for_mail

NAME = "uconnect"


class OneLine(UnstructuredHeader, BaseHeader):
    """A header with an address in it. Python would break a long one by spelling it as encoded words, which nobody who
    looks for a link reads."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", OneLine)
POLICY = SMTP.clone(header_factory=HEADERS)


def message(kept: StoredEmail, sender: str) -> EmailMessage:
    """The letter from the address `sender`. Raises ValueError if no mail can be made of it.

    Its Message-ID names the letter, so that a server which was handed it twice can tell (RFC 5322 §3.6.4).
    """
    made = EmailMessage(POLICY)
    made["From"] = Address(NAME, addr_spec=sender)
    made["To"] = Address(addr_spec=for_mail(kept.letter.to))
    # Python decodes `=?utf-8?q?=0D=0ABcc...?=` in a school's name, and writes the new line it finds: another header.
    made["Subject"] = kept.letter.subject.replace("=?", "= ?")
    made["Date"] = datetime.fromtimestamp(kept.written, UTC)
    made["Message-ID"] = f"<{kept.id}@{domain(sender)}>"
    made["Auto-Submitted"] = "auto-generated"  # so that nobody's absence note answers (RFC 3834 §5)
    for name, value in kept.letter.stop_headers.items():
        made[name] = value
    made.set_content(kept.letter.text)
    return made


def domain(address: str) -> str:
    """The part after the @."""
    return address.rpartition("@")[2]
