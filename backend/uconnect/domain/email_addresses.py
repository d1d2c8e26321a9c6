"""The type of an e-mail address in its normal form, which `application.email_addresses` makes."""

import unicodedata
from typing import NewType

EmailAddress = NewType("EmailAddress", str)
A_LABEL = "xn--"


def earlier(email: str) -> str:
    """The spelling under which releases before the normal form kept an address: NFC, small letters.

    Not case-folded: that would turn an ß into ss, which is another person's mailbox.
    """
    return unicodedata.normalize("NFC", email.strip()).lower()


def checked(email: str) -> EmailAddress:
    """The address, if it can be a normal form. Raises ValueError: whoever calls the core has forgotten to make one.

    A second spelling that slipped through would be a second party with one mailbox, so this is not left to trust.
    """
    domain = email.rpartition("@")[2]
    if email != earlier(email) or A_LABEL in domain or domain.endswith("."):
        raise ValueError("An e-mail address reached the core that is not in its normal form.")
    return EmailAddress(email)
