"""What the issuer has to write to people, whoever writes and carries it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class Templates(Protocol):
    """The letters as `uconnect.adapters.mail.templates` has them; each is for the address `to`."""

    def confirm_code(self, to: str, code: str, link: str) -> Any: ...
    def reset_code(self, to: str, code: str, link: str) -> Any: ...
    def new_address_code(self, to: str, code: str) -> Any: ...
    def address_in_use(self, to: str, link: str) -> Any: ...
    def email_in_use(self, to: str) -> Any: ...
    def password_changed(self, to: str) -> Any: ...
    def email_changed(self, to: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Mailer:
    """`put` keeps a letter in the transaction that decided it: it leaves if that commits, and nobody waits for it.

    `box` is the address where letters are read that do not leave, if they can be.
    """

    letters: Templates
    put: Callable[[sqlite3.Connection, Any], None]
    box: str = ""
