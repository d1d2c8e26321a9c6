"""What we sign can be checked by anyone with our published key, and says who, for which site and until when."""

import base64
import hashlib
import json
import sqlite3
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from uconnect.oidc_provider import hashed_secrets
from uconnect.oidc_provider.sessions import Session

ALGORITHM = "ES256"
LIFETIME = 600  # seconds, of access and ID tokens alike


def key(connection: sqlite3.Connection, now: float) -> ECKey:
    """The key we sign with: made at the first start, the same ever after."""
    row = connection.execute("SELECT jwk FROM issuer_key ORDER BY made DESC LIMIT 1").fetchone()
    if row:
        return ECKey.import_key(json.loads(row[0]))
    made = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    connection.execute(
        "INSERT INTO issuer_key (kid, jwk, made) VALUES (?, ?, ?)",
        (made.kid, json.dumps(made.as_dict(private=True)), int(now)),
    )
    return made


class Signer:
    """Signs as the issuer `url`."""

    def __init__(self, url: str, private: ECKey) -> None:
        self._url = url
        self._private = private
        self.keys = KeySet([ECKey.import_key(private.as_dict(private=False))])

    @property
    def jwks(self) -> dict[str, Any]:
        """The public keys as they are published (RFC 7517 §5)."""
        return dict(self.keys.as_dict(private=False))

    def access_token(self, session: Session, scope: str, now: float, grant: str = "") -> str:
        """For the API (RFC 9068). No name and no address: the API's logs shall not hold them even by accident. It ends
        with its session, and before that with its `grant`, the family of refresh tokens that it was given with."""
        claims: dict[str, Any] = {"client_id": session.client, "scope": scope, "jti": hashed_secrets.new_public_id()}
        claims |= {"auth_time": session.authenticated, "sid": session.sid}
        claims |= {"grant": grant} if grant else {}
        return self._sign("at+jwt", session, claims, now)

    def id_token(self, session: Session, access_token: str, nonce: str | None, now: float) -> str:
        """For the site (OpenID Connect Core §2), and its hint when it signs out."""
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims: dict[str, Any] = {
            "auth_time": session.authenticated,
            "sid": session.sid,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        }
        if nonce is not None:
            claims["nonce"] = nonce
        return self._sign("JWT", session, claims, now)

    def hinted(self, id_token: str) -> dict[str, Any] | None:
        """What an ID token of ours says, also after its end: people sign out late (RP-Initiated Logout §4)."""
        try:
            found = jwt.decode(id_token, self.keys, algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, RecursionError):
            return None
        ours = found.header.get("typ") == "JWT" and found.claims.get("iss") == self._url
        return found.claims if ours else None

    def _sign(self, kind: str, session: Session, claims: dict[str, Any], now: float) -> str:
        common = {
            "iss": self._url,
            "sub": session.subject,
            "aud": session.client,
            "iat": int(now),
            "exp": int(now) + LIFETIME,
        }
        header = {"typ": kind, "alg": ALGORITHM, "kid": self._private.kid}
        return jwt.encode(header, common | claims, self._private, [ALGORITHM])
