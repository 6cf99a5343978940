"""What Craft does differently from allauth.mfa's defaults."""

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from accounts.utils.encryption import decrypt, encrypt


class FactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted under ENCRYPTION_KEYS; passkeys are for WEB_URL, whatever host was named."""

    def encrypt(self, text: str) -> str:
        """What the database holds of a secret."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again. Raises Undecipherable."""
        return decrypt(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Whom a passkey is for (Web Authentication, section 5.4.2)."""
        return {"id": settings.WEB_HOST, "name": "Craft"}
