"""An authenticator in software: it makes passkeys and signs as WebAuthn Level 3 says, or wrongly on purpose."""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, MAY_SYNC, SYNCED, HAS_CREDENTIAL = 0x01, 0x04, 0x08, 0x10, 0x40  # flags (§6.1)


@dataclass
class Authenticator:
    """One device of a person at the page of `origin`. Its counter grows with each signature, or stays 0."""

    origin: str = "http://localhost:8000"
    flags: int = PRESENT | VERIFIED | MAY_SYNC | SYNCED
    counts: bool = False
    count: int = 0
    rp_id: str = ""  # another than was asked for
    cross_origin: bool = False
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: bytes = b""

    def create(self, asked: dict[str, Any]) -> str:
        """What the browser answers to a page that asks for a new passkey."""
        assert asked["do"] == "create", asked
        assert encoded(self.id) not in asked["exclude"], "the authenticator has one already"
        self.user_handle = decoded(asked["user"]["id"])
        point = self.private.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        credential = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(key)
        data = self._data(asked["rp"]["id"], HAS_CREDENTIAL) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer("webauthn.create", asked, attestationObject=attestation)

    def get(self, asked: dict[str, Any]) -> str:
        """What the browser answers to a page that asks for a signature."""
        assert asked["do"] == "get", asked
        assert not asked["allow"] or encoded(self.id) in asked["allow"], "the browser would offer nothing"
        self.count += self.counts
        data = self._data(asked["rpId"])
        signed = data + hashlib.sha256(self._client_data("webauthn.get", asked)).digest()
        signature = self.private.sign(signed, ec.ECDSA(hashes.SHA256()))
        fields = {"authenticatorData": data, "signature": signature, "userHandle": self.user_handle}
        return self._answer("webauthn.get", asked, **fields)

    def changed(self, **changes: Any) -> "Authenticator":
        """The same passkey in another device, or in one that does something wrong."""
        return replace(self, **changes)

    def _data(self, rp_id: str, more: int = 0) -> bytes:
        party = hashlib.sha256((self.rp_id or rp_id).encode()).digest()
        return party + bytes([self.flags | more]) + struct.pack(">I", self.count)

    def _client_data(self, kind: str, asked: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps(said).encode()

    def _answer(self, kind: str, asked: dict[str, Any], **fields: bytes) -> str:
        response = {name: encoded(value) for name, value in fields.items()}
        response["clientDataJSON"] = encoded(self._client_data(kind, asked))
        return json.dumps(
            {"id": encoded(self.id), "rawId": encoded(self.id), "type": "public-key", "response": response}
        )


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
