"""API keys: the credential a person makes for their own programs."""

from django.apps import AppConfig


class APIKeysConfig(AppConfig):
    name = "apikeys"
    verbose_name = "API keys"

    def ready(self) -> None:
        """Let a changed password disable keys, where its owner says so."""
        from accounts import keys_above
        from apikeys.services import disable_keys_of

        keys_above.disable_by(disable_keys_of)
