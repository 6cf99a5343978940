"""API keys, their secrets, and what is known of their use."""

from apikeys.models.keys import (
    RESTORABLE_FOR,
    RESTORABLE_IN_WORDS,
    APIKey,
    APIKeyQuerySet,
    APIKeySecret,
    DisabledBy,
    KeyState,
    new_key_id,
)
from apikeys.models.usage import (
    APIKeyCaller,
    APIKeyRequest,
    APIKeyRequestBatch,
    APIKeyTry,
    APIKeyUsage,
    Outcome,
    TryReason,
    UsagePeriod,
)

__all__ = [
    "RESTORABLE_FOR",
    "RESTORABLE_IN_WORDS",
    "APIKey",
    "APIKeyCaller",
    "APIKeyQuerySet",
    "APIKeyRequest",
    "APIKeyRequestBatch",
    "APIKeySecret",
    "APIKeyTry",
    "APIKeyUsage",
    "DisabledBy",
    "KeyState",
    "Outcome",
    "TryReason",
    "UsagePeriod",
    "new_key_id",
]
