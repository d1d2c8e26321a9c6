"""Keeps a passkey that a page has asked for, with the recovery codes of the first one and an e-mail to its owner."""

import sqlite3

from uconnect.adapters.mail import templates
from uconnect.adapters.mail.outbox import Outbox
from uconnect.oidc_provider import accounts, passkeys, recovery_codes, validation
from uconnect.oidc_provider.hashed_secrets import new_public_id
from uconnect.oidc_provider.pages import Field, PageRequest
from uconnect.oidc_provider.passkeys import Passkey
from uconnect.oidc_provider.relying_party import NewCredential
from uconnect.oidc_provider.sessions import day

NO_SCRIPT = "Your browser sent no passkey. Allow scripts for this address, then try again."
KEEP = (
    "Write these codes down, and keep them apart from your devices. If you do not have your passkey, each of them signs"
    " you in once."
)
FULL = (
    f"This passkey was not added: it is in use already, or you have {passkeys.MOST} passkeys, which is the limit."
    " Remove one first."
)
DEFAULT_NAME = "My passkey"

PASSKEY_NAME = Field("name", "Name of the passkey", "text", "off", "Such as: my phone")


def passkey_name(request: PageRequest) -> str:
    """The name that was typed for a passkey. Raises InvalidInput."""
    return validation.name(request.field("name") or DEFAULT_NAME)


def new_passkey(made: NewCredential, subject: str, name: str, now: float) -> Passkey:
    """What is kept of a passkey that was just made."""
    about = (made.credential, subject, made.key, made.count, made.syncs, made.backed_up)
    return Passkey(new_public_id(), *about, name, int(now), day(now))


def add_passkey(connection: sqlite3.Connection, outbox: Outbox, passkey: Passkey) -> list[str] | None:
    """Keep a new passkey, and tell its owner. Returns the recovery codes that come with the first one; None if it
    cannot be kept."""
    profile = accounts.profile(connection, passkey.subject)
    is_first = not passkeys.has_any(connection, passkey.subject)
    if profile is None or not passkeys.add(connection, passkey):
        return None
    outbox.put(connection, templates.passkey_added(profile.email))
    return recovery_codes.renew(connection, passkey.subject) if is_first else []
