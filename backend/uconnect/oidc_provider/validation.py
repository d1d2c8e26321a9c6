"""What a person may type as name, e-mail address and password; what may not be is answered with what to do."""

import re
from collections.abc import Sequence

from uconnect.application import email_addresses
from uconnect.domain.email_addresses import EmailAddress
from uconnect.domain.text import InvalidText, checked, isolated
from uconnect.domain.text_fields import NAME, PASSWORD

SHORTEST_PASSWORD, LONGEST_PASSWORD = PASSWORD.least, PASSWORD.most
FEWEST_GUESSES = 10**6  # below it, even slowed guessing would find the password (zxcvbn's score of 2)
OTHER_DOMAIN = "You cannot create an account with this address. Use an address"
JUDGED = 72  # characters; what is strong so far is strong, and judging takes time


class InvalidInput(Exception):
    """It cannot be that. The message is one sentence or two for the person; `field` is the one they typed it into."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


def name(text: str) -> str:
    """A name on one line. Raises InvalidInput."""
    try:
        return checked(text, NAME)
    except InvalidText as error:
        raise InvalidInput(str(error), "name") from error


def email(text: str) -> EmailAddress:
    """An e-mail address in its normal form; whether it is theirs, a code shows. Raises InvalidInput."""
    try:
        return email_addresses.normal(text)
    except email_addresses.NotAnAddress as error:
        raise InvalidInput(str(error), "email") from error


def sign_up_email(text: str, domains: Sequence[str]) -> EmailAddress:
    """An address that may make an account: one of these domains, if there are any. Whether it has an account already
    changes nothing here. Raises InvalidInput."""
    found = email(text)
    if not email_addresses.is_of_domains(found, domains):
        raise InvalidInput(f"{OTHER_DOMAIN} {domains_in_words(domains)}.", "email")
    return found


def domains_in_words(domains: Sequence[str]) -> str:
    """Some domains (see `email_addresses.is_of_domains`) as the end of a sentence about an address."""
    words = [f"below {isolated(it[2:])}" if it.startswith("*.") else f"at {isolated(it)}" for it in domains]
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


def password(text: str, *about: str) -> str:
    """A new password: neither short, nor common, nor made of `about`, such as the person's name.

    Anything may be in it, and nothing must (NIST SP 800-63B §5.1.1.2). Raises InvalidInput. Takes up to some 20 ms.
    """
    if len(text) < SHORTEST_PASSWORD:
        sentence = f"Choose a password of at least {SHORTEST_PASSWORD} characters. A few words are easy to remember."
        raise InvalidInput(sentence, "password")
    if len(text) > LONGEST_PASSWORD:
        raise InvalidInput(f"Choose a password of at most {LONGEST_PASSWORD} characters.", "password")
    if _guesses(text, about) < FEWEST_GUESSES:
        raise InvalidInput(
            "This password is easy to guess: it is common, or contains your name or address. Choose another, such as"
            " four unrelated words.",
            "password",
        )
    return text


def _guesses(text: str, about: tuple[str, ...]) -> float:
    from zxcvbn import zxcvbn  # noqa: PLC0415 - 15 MB of words, for the first who chooses a password

    known = [part for text in about for part in (text, *re.split(r"[\W_]+", text)) if len(part) > 2]
    return float(zxcvbn(text[:JUDGED], known)["guesses"])
