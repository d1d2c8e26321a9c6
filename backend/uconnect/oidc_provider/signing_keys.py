"""The keys that sign tokens: one signs, and an old one is trusted until the last token that it signed has ended.

A new key signs from the transaction that makes it on, in every process that has the file open: each token is signed
inside a transaction, by the key that is the newest there. So nothing has to be told to a server that runs. Of an old
key only the public half is kept. It is good for a hint at signing out, and for nothing else.
"""

import json
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey, KeySet

from uconnect.adapters.sqlite import Database
from uconnect.adapters.tokens import verification
from uconnect.adapters.tokens.verification import Claims, TokenTrust
from uconnect.oidc_provider.token_store import ALGORITHM, TOKEN_LIFETIME, Signer

RELOAD = 1.0  # seconds between two looks for unknown keys: a token may name any key, and each look costs a read


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key: its name, when it was made, and until when tokens that it signed are good (None: it signs). Unix
    seconds."""

    kid: str
    made: int
    until: int | None


def make_first(connection: sqlite3.Connection, now: float) -> ECKey:
    """The key that signs. At the first start there is none: it is made."""
    row = connection.execute("SELECT jwk FROM issuer_key ORDER BY made DESC LIMIT 1").fetchone()
    return ECKey.import_key(json.loads(row[0])) if row else _add(connection, int(now))


def rotate(connection: sqlite3.Connection, now: float, *, stolen: bool = False) -> ListedKey:
    """Sign with a new key from now on. The private half of the old key is gone for good.

    With `stolen` no token of an older key is good any more: somebody else may have the old key. The sites then fetch
    new tokens by themselves, since refresh tokens are not signed.
    """
    (last,) = connection.execute("SELECT coalesce(max(made), -1) FROM issuer_key").fetchone()
    if stolen:
        connection.execute("DELETE FROM issuer_key")
    else:
        for kid, jwk in connection.execute("SELECT kid, jwk FROM issuer_key").fetchall():
            public = ECKey.import_key(json.loads(jwk)).as_dict(private=False)
            connection.execute("UPDATE issuer_key SET jwk = ? WHERE kid = ?", (json.dumps(public), kid))
    # The newest is known by its time, also where two are made in one second, or where the clock was set back.
    made = max(int(now), last + 1)
    return ListedKey(str(_add(connection, made).kid), made, None)


def listed(connection: sqlite3.Connection) -> list[ListedKey]:
    """All keys, the newest first."""
    found: list[ListedKey] = []
    for kid, made in connection.execute("SELECT kid, made FROM issuer_key ORDER BY made DESC"):
        found.append(ListedKey(kid, made, found[-1].made + TOKEN_LIFETIME if found else None))
    return found


def is_trusted(connection: sqlite3.Connection, kid: str, now: float) -> bool:
    """Whether a token that this key signed may be good now."""
    return any(it.kid == kid and (it.until is None or now < it.until) for it in listed(connection))


def _add(connection: sqlite3.Connection, made: int) -> ECKey:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    jwk = json.dumps(key.as_dict(private=True))
    connection.execute("INSERT INTO issuer_key (kid, jwk, made) VALUES (?, ?, ?)", (key.kid, jwk, made))
    return key


class SigningKeys:
    """The keys of the issuer `url`, as its database has them. `clients` are the ids of our sites."""

    def __init__(self, url: str, clients: Collection[str], database: Database, now: Callable[[], float]) -> None:
        self._url, self._clients, self._database, self._now = url, frozenset(clients), database, now
        self._signer = Signer(url, database.write(lambda connection: make_first(connection, now())))
        self._looked = float("-inf")
        self._known = database.read(_public)

    @property
    def trust(self) -> TokenTrust:
        """Whose signature is known. Whether a key is still trusted says `is_trusted`."""
        return TokenTrust(self._url, self._known, self._clients, ALGORITHM)

    def signer(self, connection: sqlite3.Connection) -> Signer:
        """What signs in the transaction of `connection`."""
        (kid,) = connection.execute("SELECT kid FROM issuer_key ORDER BY made DESC LIMIT 1").fetchone()
        if kid != self._signer.kid:
            self._signer = Signer(self._url, make_first(connection, 0))
            # Known before its first token is out: a stranger who names keys all the time would put the look off.
            self._known = _public(connection)
        return self._signer

    async def published(self) -> dict[str, Any]:
        """The public keys of tokens that may be good now (RFC 7517 §5)."""

        def trusted(connection: sqlite3.Connection) -> list[Any]:
            now = self._now()
            return [it for it in _public(connection).keys if is_trusted(connection, str(it.kid), now)]

        return dict(KeySet(await self._database.read_soon(trusted)).as_dict(private=False))

    async def claims(self, token: str) -> Claims | None:
        """What an access token says, if its key is known and it has not expired."""
        found = verification.verify(token, self.trust, self._now())
        if found is None and await self._knows_more(token):
            found = verification.verify(token, self.trust, self._now())
        return found

    async def read_hint(self, id_token: str) -> dict[str, Any] | None:
        """What an ID token of ours says, also after its end, and after that of its key: people sign out late."""
        await self._knows_more(id_token)
        return verification.read_hint(id_token, self.trust)

    async def _knows_more(self, token: str) -> bool:
        """Look in the database for a token's key that is not known here, at most once in RELOAD seconds. Whether it
        was looked for."""
        kid, now = verification.key_id(token), self._now()
        if kid is None or any(it.kid == kid for it in self._known.keys) or 0 <= now - self._looked < RELOAD:
            return False
        self._looked, before = now, self._known
        found = await self._database.read_soon(_public)
        if self._known is before:  # else a signer has read them since
            self._known = found
        return True


def _public(connection: sqlite3.Connection) -> KeySet:
    rows = connection.execute("SELECT jwk FROM issuer_key ORDER BY made DESC").fetchall()
    keys = [ECKey.import_key(json.loads(jwk)) for (jwk,) in rows]
    return KeySet([ECKey.import_key(it.as_dict(private=False)) for it in keys])
