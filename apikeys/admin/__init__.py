"""API keys in the Django admin."""

from apikeys.admin.keys import APIKeyAdmin

__all__ = ["APIKeyAdmin"]
