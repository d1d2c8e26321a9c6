"""What the pages' forms consist of; password managers and phones understand each field."""

from dataclasses import dataclass, field

from uconnect.oidc_provider import email_verification, validation


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled input that must be filled in. `more` are its other attributes.

    None has a `maxlength`: browsers cut what is pasted without a word, and count UTF-16 units where we count code
    points. What is too long is refused in words.
    """

    name: str
    label: str
    type: str
    autocomplete: str
    hint: str = ""
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """A page with one form. `links` are (address, text) below it; `second` is another button (name, text) that needs
    no field filled in; `hidden` are (name, value) that are sent with it."""

    title: str
    about: str
    button: str
    fields: tuple[Field, ...]
    links: tuple[tuple[str, str], ...] = ()
    second: tuple[str, str] | None = None
    hidden: tuple[tuple[str, str], ...] = ()


PLAIN = {"autocapitalize": "none", "spellcheck": "false"}
RULE = f"At least {validation.SHORTEST_PASSWORD} characters. A few words are easy to remember."

NAME = Field("name", "Your name", "text", "name")
EMAIL = Field("email", "E-mail", "email", "username", more={"inputmode": "email"} | PLAIN)
NEW_EMAIL = Field("email", "New e-mail", "email", "email", more={"inputmode": "email"} | PLAIN)
PASSWORD = Field("password", "Password", "password", "current-password")
NEW_PASSWORD = Field("password", "New password", "password", "new-password", RULE)
CODE = Field(
    "code", "Code", "text", "one-time-code", f"{email_verification.DIGITS} digits", {"inputmode": "numeric"} | PLAIN
)
