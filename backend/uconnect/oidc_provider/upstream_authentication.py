"""How uconnect proves to another provider that it is the client it says: by a secret, or by a key."""

from typing import Any
from urllib.parse import quote_plus

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey, OKPKey, RSAKey

from uconnect.oidc_provider.upstream_settings import Upstream
from uconnect.oidc_provider.upstream_tokens import KEY_TYPES


def client_authentication(upstream: Upstream, url: str) -> ClientAuth:
    """What a request to the token endpoint at `url` is sent with (OpenID Connect Core §9)."""
    if upstream.key is not None:
        key = KEY_TYPES[upstream.key["kty"]].import_key(dict(upstream.key))
        method: Any = PrivateKeyJWT(url, headers={"kid": key.kid} if key.kid else None, alg=algorithm_of(key))
        return ClientAuth(upstream.client_id, key, method)
    if not upstream.secret:
        return ClientAuth(upstream.client_id, None, "none")
    method = "client_secret_post" if upstream.post_secret else _basic
    return ClientAuth(upstream.client_id, upstream.secret, method)


def algorithm_of(key: RSAKey | ECKey | OKPKey) -> str:
    """The algorithm that a client's key signs with."""
    if isinstance(key, RSAKey):
        return "RS256"
    if isinstance(key, OKPKey):
        return "EdDSA"
    return {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[str(key.curve_name)]


def _basic(auth: ClientAuth, method: str, uri: str, headers: dict[str, str], body: str) -> tuple[str, Any, str]:
    """HTTP Basic with both parts as forms write them (RFC 6749 §2.3.1), which Authlib leaves out: a secret with a `%`
    or a `:` would be another."""
    encoded = ClientAuth(quote_plus(auth.client_id), quote_plus(auth.client_secret))
    found: tuple[str, Any, str] = encoded.prepare(method, uri, headers, body)
    return found
