"""Random secrets leave once and are kept only as hashes: who reads the database cannot use what it finds."""

import hashlib
import secrets


def new_secret() -> str:
    """A new secret of 256 random bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def new_public_id() -> str:
    """A new public identifier of 128 random bits: it names a thing and opens nothing."""
    return secrets.token_urlsafe(16)


def hash_secret(secret: str) -> bytes:
    """What is stored of a secret. Fast on purpose: 256 random bits cannot be guessed, unlike a password."""
    return hashlib.sha256(secret.encode()).digest()
