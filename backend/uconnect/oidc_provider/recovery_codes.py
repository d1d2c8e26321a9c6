"""Recovery codes: ten for each account, in place of a passkey that is lost. A code works once, after the password.

A code has 80 random bits, so a fast hash is enough: unlike a password, it cannot be guessed, not even by a reader of
the database. argon2 for each of ten codes would let who knows one password keep both hashing processes busy.
"""

import secrets
import sqlite3

from uconnect.oidc_provider.hashed_secrets import hash_secret

CODES = 10
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # without i, l, o and u, which are misread (Crockford's base 32)
GROUPS, LENGTH = 4, 4  # 16 letters of 5 bits
MISREAD = str.maketrans("ilo", "110")


def renew(connection: sqlite3.Connection, subject: str) -> list[str]:
    """Ten new codes, to be shown once. The earlier ones work no longer."""
    made = [_code() for _ in range(CODES)]
    connection.execute("DELETE FROM issuer_recovery_code WHERE subject = ?", (subject,))
    connection.executemany(
        "INSERT INTO issuer_recovery_code (subject, code) VALUES (?, ?)", [(subject, _hash(subject, it)) for it in made]
    )
    return made


def left(connection: sqlite3.Connection, subject: str) -> int:
    """How many codes of the account were not used yet."""
    row = connection.execute("SELECT count(*) FROM issuer_recovery_code WHERE subject = ?", (subject,)).fetchone()
    return int(row[0])


def use(connection: sqlite3.Connection, subject: str, typed: str) -> bool:
    """Use a code up, however it was typed. False if it is none of this account, or was used before."""
    done = connection.execute(
        "DELETE FROM issuer_recovery_code WHERE subject = ? AND code = ?", (subject, _hash(subject, typed))
    )
    return done.rowcount > 0


def _code() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def _hash(subject: str, typed: str) -> bytes:
    letters = "".join(it for it in typed.lower() if it.isalnum()).translate(MISREAD)
    return hash_secret(f"{subject} {letters}")
