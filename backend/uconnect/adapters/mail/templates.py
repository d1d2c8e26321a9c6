"""The text of every letter. A subject holds no secret, and no letter names more than a school."""

import re
from dataclasses import dataclass

ADDRESS = re.compile(r"://|@|\bwww\.|\b[\w-]+\.[^\W\d_]{2,}", re.IGNORECASE)  # https://x, a@x, www.x, x.example
IN_USE = "Someone wanted to use this address for a uconnect account. It has one already, and nothing was changed."
NOT_TOLD = "If it was not you, you need not do anything: nobody was told that you have an account."


@dataclass(frozen=True, slots=True)
class Email:
    """Plain text for one address."""

    to: str
    subject: str
    text: str


def confirm_code(to: str, code: str, link: str) -> Email:
    """To an address that someone signs up with."""
    return _letter(
        to,
        "Your code to confirm your address",
        f"Your code is {code}",
        "Type it on the page where you signed up. It works for 15 minutes.",
        f"If it does not work, choose a name and a password here, in any browser:\n{link}",
        "If you did not sign up for uconnect, you need not do anything: without this letter no account is made.",
    )


def reset_code(to: str, code: str, link: str) -> Email:
    """To an account whose password was forgotten, or so someone says."""
    return _letter(
        to,
        "Your code to choose a new password",
        f"Your code is {code}",
        "Type it on the page where you asked for it. It works for 15 minutes.",
        f"If it does not work, choose a new password here, in any browser:\n{link}",
        "If you did not ask for a new password, keep this letter to yourself: your password stays as it is.",
    )


def new_address_code(to: str, code: str) -> Email:
    """To the address that an account is to have from now on."""
    return _letter(
        to,
        "Your code to confirm your new address",
        f"Your code is {code}",
        "Type it on the page where you changed your address. It works for 15 minutes.",
        "If you did not ask for this, you need not do anything: without the code nothing is changed.",
    )


def address_in_use(to: str, link: str) -> Email:
    """To an account's owner: someone wanted an account with this address, which the page did not tell them exists."""
    return _letter(
        to,
        "You have a uconnect account already",
        IN_USE,
        f"If it was you, sign in with this address. If you forgot the password, choose a new one here:\n{link}",
        NOT_TOLD,
    )


def email_in_use(to: str) -> Email:
    """The same when someone wanted to change an account of theirs to this address."""
    return _letter(
        to,
        "You have a uconnect account already",
        IN_USE,
        "If it was you, sign in with this address. If you do not remember the password, choose 'Forgot your password?'"
        " on the sign-in page.",
        NOT_TOLD,
    )


def password_changed(to: str) -> Email:
    """To an account's owner, after the fact."""
    return _letter(
        to,
        "Your password was changed",
        "The password of your uconnect account was changed, and every other browser was signed out.",
        "If it was not you, choose 'Forgot your password?' on the sign-in page now: that shuts out whoever did it.",
    )


def email_changed(to: str) -> Email:
    """To the address an account had until now."""
    return _letter(
        to,
        "Your account has another address now",
        "The e-mail address of your uconnect account was changed. You sign in with the new one, and nothing more will"
        " be sent to this one.",
        "If it was not you, tell whoever runs uconnect at your university.",
    )


def invitation(to: str, school: str, link: str) -> Email:
    """To someone who shall be a school's worker. Whoever opens the link has proved that the address is theirs."""
    return _letter(
        to,
        f"{_school(school)} invites you to answer its threads",
        f"{_school(school)} answers questions with uconnect and invites you to help.",
        f"Choose a password here, and you are in:\n{link}",
        "The link works once, for 14 days. It is for you alone: whoever has it can answer in your place. If you do not"
        " know this school, you need not do anything.",
    )


def invitation_to_account(to: str, school: str) -> Email:
    """To someone who shall be a school's worker, but whose address is somebody already."""
    return _letter(
        to,
        f"{_school(school)} invites you to answer its threads",
        f"{_school(school)} answers questions with uconnect and invites you to help.",
        "This address has a uconnect account already, and one address is one account. To accept, tell the school"
        " another address of yours. The school was not told of your account.",
        "If you do not want to, you need not do anything.",
    )


def school_invitation(to: str, link: str) -> Email:
    """To a school that the operator wants on board."""
    return _letter(
        to,
        "Your school is invited to uconnect",
        "With uconnect, people ask your school a question, and your school answers, whoever in it does.",
        f"Say what your school is called and choose a password here, and it is in:\n{link}",
        "The link works once, for 14 days. It is for you alone: whoever has it can answer in your school's name.",
    )


def invitation_to_sign_up(to: str, school: str, link: str) -> Email:
    """The same where accounts are made on the issuer's own pages, which prove the address by a code."""
    return _letter(
        to,
        f"{_school(school)} invites you to answer its threads",
        f"{_school(school)} answers questions with uconnect and invites you to help.",
        f"Make an account with this address here, or sign in with it, and you are in:\n{link}",
        "It must be this address: it is the one that was invited. If you do not know this school, you need not do"
        " anything.",
    )


def school_invitation_to_sign_up(to: str, page: str) -> Email:
    """The same for a school."""
    return _letter(
        to,
        "Your school is invited to uconnect",
        "With uconnect, people ask your school a question, and your school answers, whoever in it does.",
        f"Make an account with this address here, and your school is in:\n{page}",
        "It must be this address: it is the one that was invited.",
    )


def account_closed(to: str) -> Email:
    """To the address of an account that has ended."""
    return _letter(
        to,
        "Your account is closed",
        "Your uconnect account is closed. What it held is erased, and this is the last letter we write to you.",
    )


def _letter(to: str, subject: str, *paragraphs: str) -> Email:
    return Email(to, subject, "\n\n".join(paragraphs) + "\n")


def _on_one_line(text: str) -> str:
    """What others chose stays on the line it is put on."""
    return " ".join(text.split())


def _school(name: str) -> str:
    """A school's name as a letter shows it. Mail programs make a link of what looks like one: a school that is called
    by an address would send people there in our name."""
    return "A school" if ADDRESS.search(name) else _on_one_line(name)
