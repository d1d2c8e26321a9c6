"""Brings e-mail addresses to one spelling. Every address is normalized here before it is compared or stored.

The normal form is: the local part as RFC 8265 §3.3 prepares user names (full width and half width mapped, small
letters, NFC), and the domain as the U-label of IDNA 2008 after the mapping of UTS 46. Why: docs/decisions/0028.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from uconnect.domain.email_addresses import A_LABEL, EmailAddress, earlier
from uconnect.domain.text_fields import EMAIL

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

LONGEST, LONGEST_LOCAL = EMAIL.most, 64  # octets (RFC 5321 §4.5.3.1); a domain's own limit is IDNA's
NOT_WHOLE = "Enter a full address, like name@example.org."
NO_DOMAIN = "No e-mail can reach this address. Check the part after the @."
TOO_LONG = f"This address is too long. Use at most {LONGEST_LOCAL} characters before the @, and {LONGEST} in all."

PLAIN = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9.-]*[a-z0-9-]")  # each is its own normal form, if it has one
BELOW = "x"  # a name below a domain, to make an address of it
FULL_STOP = "\u3002"  # the ideographic one, as input methods type it; UTS 46 takes it for a dot
UNSEEN = {"Cf", "Cc", "Zs", "Zl", "Zp"}  # categories of what a paste brings along at either end


class NotAnAddress(ValueError):
    """No letter can reach this. The message is one sentence or two for the person."""


def normal(text: str) -> EmailAddress:
    """The normal form of an address that somebody typed. Raises NotAnAddress."""
    local, _, domain = _prepared(text).rpartition("@")
    if len(domain) > LONGEST or len(local.encode("utf-8", "replace")) > LONGEST_LOCAL:
        raise NotAnAddress(TOO_LONG)
    parsed = _parsed(local, domain.removesuffix("."))
    if earlier(parsed.normalized) != parsed.normalized:  # the library's tables and Python's do not agree on it
        raise NotAnAddress(NO_DOMAIN)
    return EmailAddress(parsed.normalized)


def normal_domain(text: str) -> str:
    """The normal form of a domain, also of a top-level one, such as `edu`. Raises NotAnAddress."""
    return normal(f"{BELOW}@{BELOW}.{text.strip()}").removeprefix(f"{BELOW}@{BELOW}.")


def is_of_domains(email: EmailAddress, domains: Sequence[str]) -> bool:
    """Whether an address is of one of these domains, which are in their normal form. `*.` before one stands for all
    domains below it, and not for itself. Every address is of no domains at all."""
    domain = email.rpartition("@")[2]
    return not domains or any(domain.endswith(it[1:]) if it.startswith("*.") else domain == it for it in domains)


def kept(text: str) -> str:
    """The normal form; of what is no address by today's rules, the spelling that an earlier release kept."""
    if PLAIN.fullmatch(text) and A_LABEL not in text:
        return text
    try:
        return normal(text)
    except NotAnAddress:
        return earlier(text)


def spellings(text: str) -> tuple[str, ...]:
    """Under which spellings an account may be found, in the order to look.

    The earlier release's spelling comes first. Where two accounts are one address by today's rules, both were left as
    they were, and the one with the odd spelling is found by exactly that.
    """
    return tuple(dict.fromkeys((earlier(text), kept(text))))


def for_mail(address: str) -> str:
    """The address as mail servers know it: the domain in A-labels (RFC 5891). Raises NotAnAddress."""
    local, _, domain = address.rpartition("@")
    parsed = _parsed(local, domain)
    return parsed.ascii_email or parsed.normalized


def _prepared(text: str) -> str:
    """Without what a paste brings along at the ends; widths and dots mapped; the local part in small letters."""
    first, last = 0, len(text)
    while first < last and unicodedata.category(text[first]) in UNSEEN:
        first += 1
    while last > first and unicodedata.category(text[last - 1]) in UNSEEN:
        last -= 1
    line = "".join(map(_of_usual_width, text[first:last])).replace(FULL_STOP, ".")
    local, at, domain = line.rpartition("@")
    return f"{earlier(local)}{at}{domain}"


def _of_usual_width(character: str) -> str:
    """A full-width or half-width character as the one it stands for (RFC 8265 §3.3.1)."""
    kind, _, points = unicodedata.decomposition(character).partition("> ")
    return chr(int(points, 16)) if kind in {"<wide", "<narrow"} else character


def _parsed(local: str, domain: str) -> "ValidatedEmail":
    """As the library reads it. `.test` is allowed: a closed network may use it (RFC 6761 §6.2)."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - 40 ms, not for a cold start

    try:
        return validate_email(f"{local}@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise NotAnAddress(NO_DOMAIN if local and "." in domain and _fits(local) else NOT_WHOLE) from error


def _fits(local: str) -> bool:
    """Whether it is not the local part that makes an address none."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - (the same)

    try:
        validate_email(f"{local}@example.org", check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
