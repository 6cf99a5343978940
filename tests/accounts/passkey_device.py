"""A device that makes and uses passkeys, as honest or not as a test wants it (Web Authentication Level 3)."""

import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
PRESENT, VERIFIED, HAS_KEY = FLAG.UP, FLAG.UV, FLAG.AT


class Device:
    """One passkey. `counts`: whether it counts its signatures, as a security key does."""

    def __init__(self, origin: str = "http://localhost:8000", *, counts: bool = False) -> None:
        self.origin, self.counts, self.counter = origin, counts, 0
        self.verifies = True
        self.id = secrets.token_bytes(32)
        self.handle = ""
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any]) -> str:
        """What a page's script sends after navigator.credentials.create."""
        asked = options["publicKey"]
        self.handle = asked["user"]["id"]
        cose = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]  # fido2's own
        key = AttestedCredentialData.create(Aaguid(bytes(16)), self.id, cose)
        data = AuthenticatorData.create(self._site(), self._flags() | HAS_KEY, self._count(), key)
        return self._send(
            attestationObject=AttestationObject.create("none", data, {}),
            clientDataJSON=self._client_data("webauthn.create", asked["challenge"]),
        )

    def get(self, options: dict[str, Any]) -> str:
        """What a page's script sends after navigator.credentials.get."""
        client_data = self._client_data("webauthn.get", options["publicKey"]["challenge"])
        data = AuthenticatorData.create(self._site(), self._flags(), self._count())
        signature = self._key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._send(
            authenticatorData=data,
            clientDataJSON=client_data,
            signature=signature,
            userHandle=websafe_decode(self.handle),
        )

    def _client_data(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self.origin)

    def _count(self) -> int:
        self.counter += self.counts
        return self.counter

    def _flags(self) -> AuthenticatorData.FLAG:
        return PRESENT | (VERIFIED if self.verifies else FLAG(0))

    def _site(self) -> bytes:
        return sha256(b"localhost").digest()

    def _send(self, **response: bytes) -> str:
        name = websafe_encode(self.id)
        encoded = {field: websafe_encode(value) for field, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": encoded})
