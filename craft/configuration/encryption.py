"""ENCRYPTION_KEYS: under which is encrypted what must be read again, such as a mail that waits."""

import base64
import re

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core.exceptions import ImproperlyConfigured

from craft.configuration.environment import env

KEY = re.compile(r"[A-Za-z0-9_-]{43}=")  # 32 bytes in URL-safe base64, as Fernet.generate_key() gives them
MAKE_ONE = (
    "python3 -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())'"
)


def encryption_keys(secret_keys: list[str], *, is_local: bool) -> list[str]:
    """The keys, newest first. Required where WEB_URL is not local.

    Where it is, those derived from SECRET_KEY and its fallbacks come last: nothing has to be set, and what
    was encrypted before something was stays readable.
    """
    text: str = env.str("ENCRYPTION_KEYS", default="")
    keys = [part.strip() for part in text.split(",") if part.strip()]
    if not all(map(KEY.fullmatch, keys)):
        # The value is not repeated: it is a secret.
        raise ImproperlyConfigured(
            "ENCRYPTION_KEYS is malformed. It must hold keys of 44 characters, newest first, with commas "
            f"between them. Make one with: {MAKE_ONE}"
        )
    if is_local:
        return [*keys, *map(_derived, secret_keys)]
    if not keys:
        raise ImproperlyConfigured(
            "ENCRYPTION_KEYS is not set. It encrypts what waits to be mailed, and must be kept as long as "
            f"what it encrypts. Make one with: {MAKE_ONE}"
        )
    return keys


def _derived(secret_key: str) -> str:
    """A key that whoever knows SECRET_KEY can make again (RFC 5869)."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"craft ENCRYPTION_KEYS")
    return base64.urlsafe_b64encode(kdf.derive(secret_key.encode())).decode()
