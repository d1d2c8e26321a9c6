"""Each check of a token stands against a forgery that nothing else would stop."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from tests.support.forged_tokens import FORGERIES, Good
from uconnect.adapters.tokens import verification
from uconnect.adapters.tokens.verification import TokenTrust

NOW = 1_800_000_000.0
ISSUER = "https://issuer.example/ours"
KEY = ECKey.generate_key("P-256", {"kid": "ours", "use": "sig", "alg": "ES256"})
TRUST = TokenTrust.of(ISSUER, {"keys": [KEY.as_dict(private=False)]}, ["uconnect-user", "uconnect-school"], "ES256")
CLAIMS = {"iss": ISSUER, "sub": "ada", "aud": "uconnect-user", "client_id": "uconnect-user", "exp": NOW + 600}
GOOD = Good({"alg": "ES256", "kid": "ours", "typ": "at+jwt"}, CLAIMS, KEY, NOW)
Patch = pytest.MonkeyPatch


def believed() -> set[str]:
    return {name for name, forge in FORGERIES.items() if verification.verify(forge(GOOD), TRUST, NOW)}


def test_what_is_forged_of_a_good_token_is_not_believed() -> None:
    assert verification.verify(GOOD.signed(), TRUST, NOW)
    assert believed() == set()


def says(**claims: Any) -> Callable[[Patch], None]:
    """As if a token said this, whatever it says."""
    real = verification._believed

    def believed(said: Mapping[str, Any], *about: Any) -> Any:
        return real({**said, **claims}, *about)

    return lambda patch: patch.setattr(verification, "_believed", believed)


def unverified(patch: Patch) -> None:
    """As if it were signed, whoever has signed it."""

    def decode(token: str, *_: Any, **__: Any) -> jwt.Token:
        found = jws.extract_compact(token.encode())
        return jwt.Token({"kid": "ours"} | found.headers(), json.loads(found.payload))

    patch.setattr(jwt, "decode", decode)


CHECKS: dict[str, Callable[[Patch], None]] = {
    "of another site's audience": lambda patch: patch.setattr(verification, "_for_us", lambda *_: True),
    "for a site that is none of ours": says(client_id="uconnect-user", aud="uconnect-user"),
    "of another issuer": says(iss=ISSUER),
    "of nobody": says(sub="somebody"),
    "ended": says(exp=NOW + 1),
    "not yet good": says(nbf=0),
    "an ID token": lambda patch: patch.setattr(verification, "_is_access", lambda *_: True),
    "signed by somebody else": unverified,
    "unsigned": unverified,
    "with its own key in it": unverified,
    "signed with the public key": unverified,
}


@pytest.mark.planted(14)
@pytest.mark.parametrize("forgery", CHECKS)
def test_without_its_check_a_forgery_is_believed(forgery: str, monkeypatch: Patch) -> None:
    CHECKS[forgery](monkeypatch)
    assert forgery in believed()
