"""The tables of passkeys, recovery codes and sign-ins that wait for their second step: one migration of the issuer."""

SCRIPT = (
    """CREATE TABLE issuer_passkey (
        id TEXT PRIMARY KEY, -- random: names it on the page of passkeys
        credential BLOB NOT NULL UNIQUE, -- the id that its authenticator gave it
        subject TEXT NOT NULL,
        key BLOB NOT NULL, -- public, as COSE writes it
        count INT NOT NULL, -- of signatures; 0 if its authenticator does not count
        syncs INT NOT NULL, -- whether it may be copied to other devices of its owner
        backed_up INT NOT NULL, -- whether it was, when it was last used
        name TEXT NOT NULL,
        made INT NOT NULL,
        used INT NOT NULL -- the day it was last used
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX issuer_passkey_subject ON issuer_passkey (subject)",
    """CREATE TABLE issuer_recovery_code (
        subject TEXT NOT NULL,
        code BLOB NOT NULL, -- a hash
        PRIMARY KEY (subject, code)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE issuer_second_step ( -- sign-ins whose first step was right; see second_step
        ticket BLOB PRIMARY KEY, -- hash of the cookie
        client TEXT NOT NULL,
        subject TEXT NOT NULL,
        sid TEXT NOT NULL, -- the session that is confirmed; '' if one is to begin
        issuer TEXT NOT NULL, -- the provider that has named the person; '' if a password was right
        authenticated INT NOT NULL, -- from here on what that provider says: see sessions.UpstreamProof
        lifetime INT NOT NULL,
        upstream_sid BLOB,
        vouched INT NOT NULL,
        upstream_subject TEXT NOT NULL,
        email TEXT NOT NULL,
        ends INT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "ALTER TABLE issuer_session ADD COLUMN strong INT NOT NULL DEFAULT 0",  # more than a password was shown
    "ALTER TABLE issuer_session ADD COLUMN latest INT NOT NULL DEFAULT 0",  # it ends then, however much it is used
    "ALTER TABLE issuer_session ADD COLUMN used INT NOT NULL DEFAULT 0",  # the day it last got tokens
    # Until now a session lasted as long, whether it was used or not.
    "UPDATE issuer_session SET latest = expires, used = authenticated - authenticated % 86400",
)
