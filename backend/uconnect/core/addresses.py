"""One e-mail address is one, however it is written: here and in the built-in issuer."""

import unicodedata


def normal(email: str) -> str:
    """The one spelling of an address: Unicode composed, letters small. Two parties cannot differ in capitals only.

    Not case-folded: that would turn an ß into ss, which is another person's mailbox.
    """
    return unicodedata.normalize("NFC", email.strip()).lower()
