"""The tables: accounts, sessions, tokens and keys. Every secret in them is hashed, but for the signing keys."""

import sqlite3

from uconnect.adapters.sqlite import Migrations
from uconnect.application.email_addresses import kept
from uconnect.oidc_provider import second_factor_schema

OTHERS = (("issuer_proof", "email"), ("issuer_invitation", "email"), ("issuer_moved", "old"), ("issuer_moved", "new"))


def _normalize_emails(connection: sqlite3.Connection) -> None:
    """Accounts that an earlier release kept under another spelling of their address move to the normal form.

    Two accounts may turn out to be of one address: an invitation kept what a school had typed, and sign-up a form of
    its own. Then neither is lost nor merged. One has the normal form; the other keeps its spelling, and signs in by
    that.
    """
    for table, column in OTHERS:
        _normalize_column(connection, table, column)
    for email in not_normalized(connection):
        connection.execute("UPDATE OR IGNORE issuer_account SET email = ? WHERE email = ?", (kept(email), email))


def not_normalized(connection: sqlite3.Connection) -> list[str]:
    """The addresses of accounts that are not in their normal form."""
    rows = connection.execute("SELECT email FROM issuer_account ORDER BY email").fetchall()
    return [email for (email,) in rows if kept(email) != email]


def _normalize_column(connection: sqlite3.Connection, table: str, column: str) -> None:
    rows = connection.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()  # noqa: S608 - names of our own
    for (email,) in rows:
        if kept(email) != email:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (kept(email), email))  # noqa: S608


MIGRATIONS = Migrations(
    "issuer",
    [
        (
            """CREATE TABLE issuer_account (
                subject TEXT PRIMARY KEY,
                email TEXT NOT NULL UNIQUE, -- normalised, see uconnect.application.email_addresses
                verified INT NOT NULL,
                password TEXT NOT NULL -- an argon2id hash with its parameters
            ) STRICT, WITHOUT ROWID""",
            """CREATE TABLE issuer_session (
                sid TEXT PRIMARY KEY, -- public: ID tokens carry it
                secret BLOB NOT NULL UNIQUE, -- hash of the cookie
                client TEXT NOT NULL,
                subject TEXT NOT NULL,
                authenticated INT NOT NULL,
                expires INT NOT NULL
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX issuer_session_expires ON issuer_session (expires)",
            """CREATE TABLE issuer_code (
                secret BLOB PRIMARY KEY,
                sid TEXT NOT NULL,
                client TEXT NOT NULL,
                redirect_uri TEXT NOT NULL,
                scope TEXT NOT NULL,
                nonce TEXT,
                challenge TEXT NOT NULL,
                expires INT NOT NULL
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX issuer_code_expires ON issuer_code (expires)",
            """CREATE TABLE issuer_family ( -- the refresh tokens that follow from one code: only the last is good
                id TEXT PRIMARY KEY,
                secret BLOB NOT NULL, -- hash of the last token
                code BLOB NOT NULL UNIQUE, -- hash of the code it began with
                sid TEXT NOT NULL,
                client TEXT NOT NULL,
                scope TEXT NOT NULL,
                used INT NOT NULL
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX issuer_family_sid ON issuer_family (sid)",
            "CREATE TABLE issuer_key (kid TEXT PRIMARY KEY, jwk TEXT NOT NULL, made INT NOT NULL) STRICT",
            "CREATE TABLE issuer_page_secret (secret BLOB NOT NULL) STRICT",
        ),
        (
            "ALTER TABLE issuer_account ADD COLUMN name TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE issuer_session ADD COLUMN browser TEXT NOT NULL DEFAULT ''",  # its family, such as Firefox
            "CREATE INDEX issuer_session_subject ON issuer_session (subject)",
            """CREATE TABLE issuer_proof (
                ticket BLOB PRIMARY KEY, -- hash of the cookie
                client TEXT NOT NULL,
                purpose TEXT NOT NULL,
                email TEXT NOT NULL,
                real INT NOT NULL, -- 0: no code will ever be right
                subject TEXT NOT NULL,
                name TEXT NOT NULL,
                password TEXT NOT NULL,
                code BLOB, -- hash of ticket and code; NULL once it was right
                tries INT NOT NULL, -- of the last code
                sent INT NOT NULL, -- codes so far
                letters INT NOT NULL, -- of these, really written
                code_ends INT NOT NULL,
                proved INT NOT NULL DEFAULT 0,
                ends INT NOT NULL
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX issuer_proof_email ON issuer_proof (email)",
            "CREATE INDEX issuer_proof_subject ON issuer_proof (subject)",
            """CREATE TABLE issuer_invitation (
                secret BLOB PRIMARY KEY, -- hash of what the link holds
                client TEXT NOT NULL,
                email TEXT NOT NULL,
                name TEXT NOT NULL,
                expires INT NOT NULL
            ) STRICT, WITHOUT ROWID""",
            """CREATE TABLE issuer_moved ( -- accounts with a new address that the product has not taken over yet
                subject TEXT NOT NULL,
                old TEXT NOT NULL,
                new TEXT NOT NULL,
                number INTEGER PRIMARY KEY AUTOINCREMENT
            ) STRICT""",
        ),
        (
            "ALTER TABLE issuer_family ADD COLUMN before BLOB",  # hash of the token that the last one came for
            "ALTER TABLE issuer_family ADD COLUMN changed INT NOT NULL DEFAULT 0",  # when that was first used
        ),
        (_normalize_emails,),
        (
            """CREATE TABLE issuer_device ( -- browsers that have signed in to an account; see sessions.Device
                id TEXT NOT NULL,
                subject TEXT NOT NULL,
                client TEXT NOT NULL,
                secret BLOB NOT NULL, -- hash of the cookie
                used INT NOT NULL, -- when it last signed in there
                PRIMARY KEY (id, subject)
            ) STRICT""",
            "CREATE INDEX issuer_device_secret ON issuer_device (secret)",
            "CREATE INDEX issuer_device_subject ON issuer_device (subject)",
            "CREATE INDEX issuer_device_used ON issuer_device (used)",
            """CREATE TABLE issuer_letter_limit ( -- how far the letters to an address are used up; see throttle
                kind TEXT NOT NULL,
                key BLOB NOT NULL, -- a hash: whose address it is can be checked, and not read
                due INT NOT NULL, -- Unix milliseconds
                PRIMARY KEY (kind, key)
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX issuer_letter_limit_due ON issuer_letter_limit (due)",
        ),
        (
            "ALTER TABLE issuer_invitation ADD COLUMN school TEXT NOT NULL DEFAULT ''",  # who invites; '' the operator
            "ALTER TABLE issuer_invitation ADD COLUMN place TEXT NOT NULL DEFAULT ''",  # the product's id of what for
            "ALTER TABLE issuer_account ADD COLUMN accepted TEXT NOT NULL DEFAULT ''",  # the last such place accepted
        ),
        (
            "DROP TABLE issuer_page_secret",  # it marked forms; now the browser says which page sent one (see csrf)
            "UPDATE issuer_letter_limit SET kind = 'EMAIL_CHANGES' WHERE kind = 'MOVES'",
            "UPDATE issuer_letter_limit SET kind = 'EMAIL_CHANGES_OF_ACCOUNT' WHERE kind = 'MOVES_OF_ACCOUNT'",
            "ALTER TABLE issuer_proof RENAME TO issuer_email_verification",
            "ALTER TABLE issuer_moved RENAME TO issuer_email_change",
            "ALTER TABLE issuer_family RENAME TO issuer_token_family",
            "DROP INDEX issuer_proof_email",
            "DROP INDEX issuer_proof_subject",
            "DROP INDEX issuer_family_sid",
            "CREATE INDEX issuer_email_verification_subject ON issuer_email_verification (subject)",
            "CREATE INDEX issuer_token_family_sid ON issuer_token_family (sid)",
        ),
        (
            "ALTER TABLE issuer_account ADD COLUMN suspended INT NOT NULL DEFAULT 0",  # Unix seconds since when; 0: not
            "CREATE INDEX issuer_account_suspended ON issuer_account (email) WHERE suspended > 0",
        ),
        (
            """CREATE TABLE issuer_link ( -- accounts whose owner signs in with a provider of others; see upstream_links
                issuer TEXT NOT NULL,
                upstream_subject TEXT NOT NULL, -- that provider's name for the person
                subject TEXT NOT NULL,
                address BLOB NOT NULL, -- hash of the e-mail address that it gave last: whether it changes is seen
                linked INT NOT NULL, -- since when, in Unix seconds
                PRIMARY KEY (issuer, upstream_subject)
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX issuer_link_subject ON issuer_link (subject)",
            """CREATE TABLE issuer_upstream_request ( -- people who are at such a provider now
                state BLOB PRIMARY KEY, -- hash of what the answer brings back
                browser BLOB NOT NULL, -- hash of the cookie of the browser that asked
                client TEXT NOT NULL,
                query TEXT NOT NULL, -- the site's request, as JSON
                upstream TEXT NOT NULL, -- the id of the provider in the settings
                purpose TEXT NOT NULL,
                invitation BLOB, -- hash of the secret of an invitation that shall be accepted
                sid TEXT NOT NULL, -- the session that asks for its owner's proof, or empty
                ends INT NOT NULL
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX issuer_upstream_request_ends ON issuer_upstream_request (ends)",
            """CREATE TABLE issuer_arrival ( -- people whom a provider has named, and who have one more page to fill in
                ticket BLOB PRIMARY KEY, -- hash of the cookie
                client TEXT NOT NULL,
                query TEXT NOT NULL,
                upstream TEXT NOT NULL,
                upstream_subject TEXT NOT NULL,
                email TEXT NOT NULL,
                name TEXT NOT NULL,
                subject TEXT NOT NULL, -- the account that the address belongs to, or empty
                invitation BLOB,
                authenticated INT NOT NULL,
                upstream_sid BLOB,
                ends INT NOT NULL
            ) STRICT, WITHOUT ROWID""",
            "CREATE INDEX issuer_arrival_ends ON issuer_arrival (ends)",
            """CREATE TABLE issuer_logout_token ( -- logout tokens that were used
                id BLOB PRIMARY KEY, -- hash of its issuer and its jti
                ends INT NOT NULL
            ) STRICT, WITHOUT ROWID""",
            "ALTER TABLE issuer_session ADD COLUMN issuer TEXT NOT NULL DEFAULT ''",  # who has signed them in; '' we
            "ALTER TABLE issuer_session ADD COLUMN upstream_sid BLOB",  # hash of that provider's name for its session
            "CREATE INDEX issuer_session_upstream_sid ON issuer_session (upstream_sid) WHERE upstream_sid NOT NULL",
        ),
        second_factor_schema.SCRIPT,
        (
            # When the person had proved who they are, as of the code: a session may be confirmed later.
            "ALTER TABLE issuer_token_family ADD COLUMN authenticated INT NOT NULL DEFAULT 0",
            """UPDATE issuer_token_family SET authenticated = coalesce(
                (SELECT authenticated FROM issuer_session WHERE sid = issuer_token_family.sid), 0)""",
        ),
    ],
)
