"""Every letter we write, in plain words. A subject holds no secret, and no letter names more than a school.

The texts are templates, one file a letter: the subject, an empty line, the text. Jinja2 is imported when the first one
is written: on AWS most functions write none.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from uconnect.domain.text import fitted, isolated
from uconnect.domain.text_fields import NAME

if TYPE_CHECKING:
    from jinja2 import Environment

ADDRESS = re.compile(r"://|@|\bwww\.|\b[\w-]+\.[^\W\d_]{2,}", re.IGNORECASE)  # https://x, a@x, www.x, x.example


@dataclass(frozen=True, slots=True)
class Email:
    """Plain text for one address. `stop` is a link that stops such letters by one POST, empty if there is none."""

    to: str
    subject: str
    text: str
    stop: str = ""

    @property
    def stop_headers(self) -> dict[str, str]:
        """What lets a mail program offer to stop such letters with one click (RFC 8058)."""
        if not self.stop:
            return {}
        return {"List-Unsubscribe": f"<{self.stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def confirm_code(to: str, code: str, link: str) -> Email:
    """To an address that someone signs up with."""
    return _letter("confirm_code", to, code=code, link=link)


def reset_code(to: str, code: str, link: str) -> Email:
    """To an account whose password was forgotten, or so someone says."""
    return _letter("reset_code", to, code=code, link=link)


def set_password(to: str, link: str) -> Email:
    """To an account that came without a password from another uconnect."""
    return _letter("set_password", to, link=link)


def new_address_code(to: str, code: str) -> Email:
    """To the address that an account is to have from now on."""
    return _letter("new_address_code", to, code=code)


def link_code(to: str, code: str) -> Email:
    """To an account that shall be linked to a person of another sign-in, or so someone says."""
    return _letter("link_code", to, code=code)


def address_in_use(to: str, link: str) -> Email:
    """To an account's owner: someone wanted an account with this address, which the page did not tell them exists."""
    return _letter("address_in_use", to, link=link)


def email_in_use(to: str) -> Email:
    """The same when someone wanted to change an account of theirs to this address."""
    return _letter("email_in_use", to)


def password_changed(to: str) -> Email:
    """To an account's owner, after the fact."""
    return _letter("password_changed", to)


def passkey_added(to: str) -> Email:
    """To an account's owner, after the fact."""
    return _letter("passkey_added", to)


def passkey_removed(to: str) -> Email:
    """To an account's owner, after the fact."""
    return _letter("passkey_removed", to)


def provider_connected(to: str) -> Email:
    """To an account's owner, after the fact: somebody of another provider signs in to it."""
    return _letter("provider_connected", to)


def recovery_code_used(to: str, left: int) -> Email:
    """To an account's owner, after the fact. `left` is how many codes still work."""
    return _letter("recovery_code_used", to, left=str(left))


def recovery_codes_made(to: str) -> Email:
    """To an account's owner, after the fact."""
    return _letter("recovery_codes_made", to)


def passkeys_reset(to: str) -> Email:
    """To an account's owner whose passkeys the operator has removed."""
    return _letter("passkeys_reset", to)


def email_changed(to: str) -> Email:
    """To the address an account had until now."""
    return _letter("email_changed", to)


def invitation(to: str, school: str, link: str) -> Email:
    """To someone who shall be a school's worker. Whoever opens the link has proved that the address is theirs."""
    return _letter("invitation", to, school=_school(school), link=link)


def invitation_to_account(to: str, school: str) -> Email:
    """To someone who shall be a school's worker, but whose address is somebody already."""
    return _letter("invitation_to_account", to, school=_school(school))


def school_invitation(to: str, link: str) -> Email:
    """To a school that the operator wants on board."""
    return _letter("school_invitation", to, link=link)


def invitation_to_sign_up(to: str, school: str, link: str) -> Email:
    """The same where accounts are made on the issuer's own pages, which prove the address by a code."""
    return _letter("invitation_to_sign_up", to, school=_school(school), link=link)


def school_invitation_to_sign_up(to: str, page: str) -> Email:
    """The same for a school."""
    return _letter("school_invitation_to_sign_up", to, page=page)


def new_message(to: str, site: str, url: str, stop: str) -> Email:
    """To a party for which a message waits. It tells nothing of the message: neither whose it is nor what it is about
    (leak 38). `site` is the address of its site, `url` that of the API."""
    link = f"{url}/api/notices/{stop}"
    return replace(_letter("new_message", to, host=urlsplit(site).netloc, site=site, stop=link), stop=link)


def test_email(to: str) -> Email:
    """To whom the operator names, to see whether letters leave."""
    return _letter("test_email", to)


def account_closed(to: str) -> Email:
    """To the address of an account that has ended."""
    return _letter("account_closed", to)


def _letter(name: str, to: str, **values: str) -> Email:
    subject, _, text = _templates().get_template(f"{name}.txt").render(values).partition("\n\n")
    return Email(to, subject, text)


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - see above

    return Environment(  # noqa: S701 - plain text: escaped, a school's name would be spelled wrong
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _school(name: str) -> str:
    """A school's name as a letter shows it, on one line. Mail programs make a link of what looks like one: a school
    that is called by an address would send people there in our name."""
    line = fitted(name, NAME)
    return "A school" if ADDRESS.search(line) or not line else isolated(line)
