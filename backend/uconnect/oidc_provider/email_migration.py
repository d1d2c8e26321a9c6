"""Accounts that an earlier release kept under another spelling of their address move to the normal form.

Two accounts may turn out to be of one address: an invitation kept what a school had typed, and sign-up a form of its
own. Then neither is lost nor merged. One has the normal form; the other keeps its spelling, and signs in by that.
"""

import sqlite3

from uconnect.application.email_addresses import kept

OTHERS = (("issuer_proof", "email"), ("issuer_invitation", "email"), ("issuer_moved", "old"), ("issuer_moved", "new"))


def respell(connection: sqlite3.Connection) -> None:
    """Move every address to its normal form, but for accounts whose normal form another account has."""
    for table, column in OTHERS:
        _respell_column(connection, table, column)
    for email in odd(connection):
        connection.execute("UPDATE OR IGNORE issuer_account SET email = ? WHERE email = ?", (kept(email), email))


def odd(connection: sqlite3.Connection) -> list[str]:
    """The addresses of accounts that are not in their normal form."""
    rows = connection.execute("SELECT email FROM issuer_account ORDER BY email").fetchall()
    return [email for (email,) in rows if kept(email) != email]


def _respell_column(connection: sqlite3.Connection, table: str, column: str) -> None:
    rows = connection.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()  # noqa: S608 - names of our own
    for (email,) in rows:
        if kept(email) != email:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (kept(email), email))  # noqa: S608
