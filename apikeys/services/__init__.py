"""The rules about API keys. Pages, the API, the admin and commands call these.

Each function is one transaction that first locks what it decides about, so that two at once cannot
both win. Live = not deleted and not revoked (contract, "Credentials").
"""

from apikeys.services.ending import (
    delete_ended_keys,
    delete_key,
    find_keys,
    restore_key,
    revoke_key,
    revoke_keys_made_by,
)
from apikeys.services.living import UNCHANGED, change_key, create_key, refuse_used_form, widens
from apikeys.services.rows import (
    MAX_LIVE_KEYS,
    NAME_TAKEN,
    TOO_MANY,
    FormUsed,
    KeyEnded,
    NeedsRecentSignIn,
    has_room,
)

__all__ = [
    "MAX_LIVE_KEYS",
    "NAME_TAKEN",
    "TOO_MANY",
    "UNCHANGED",
    "FormUsed",
    "KeyEnded",
    "NeedsRecentSignIn",
    "change_key",
    "create_key",
    "delete_ended_keys",
    "delete_key",
    "find_keys",
    "has_room",
    "refuse_used_form",
    "restore_key",
    "revoke_key",
    "revoke_keys_made_by",
    "widens",
]
