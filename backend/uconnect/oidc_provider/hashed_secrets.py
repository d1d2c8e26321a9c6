"""Random secrets are sent once and stored only as hashes: a reader of the database cannot use what is in it."""

import hashlib
import secrets


def new_secret() -> str:
    """A new secret of 256 random bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def new_public_id() -> str:
    """A new public identifier of 128 random bits: it names a thing and opens nothing."""
    return secrets.token_urlsafe(16)


def hash_secret(secret: str) -> bytes:
    """The hash to store of a secret. It is fast on purpose: unlike a password, 256 random bits cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()
