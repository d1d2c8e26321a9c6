"""Somebody asks for an e-mail with a code, as the sign-up page does: each network may ask for so many."""

import base64
import hashlib

import httpx

from tests.support.provider_pages import form
from tests.support.stores import fresh
from uconnect.domain.enums import Kind

CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 64).digest()).rstrip(b"=").decode()
ONE_EACH = "1/99999"  # LETTERS_NETWORK, with which a second one from a network is refused


def ask_for_code(http: httpx.Client, url: str, **headers: str) -> int:
    """The status of the answer. `url` is the server's own address, which `http` need not connect to."""
    asked = {
        "response_type": "code",
        "client_id": "uconnect-user",
        "redirect_uri": f"{url}/{Kind.USER.value}/",
        "scope": "openid email profile",
        "state": "state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    page = http.get(f"/oauth/sign-up?{httpx.QueryParams(asked)}", headers=headers)
    assert page.status_code == 200, page.text
    action, hidden = form(page.text)
    typed = {"name": "Ada", "email": f"{fresh()}@uni.example", "password": "four quiet herons wading"}
    return http.post(action, data=hidden | typed, headers=headers | {"Origin": url}).status_code
