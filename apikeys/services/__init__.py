"""The rules about API keys. Pages, the API, the admin and commands call these.

Each function is one transaction that first locks what it decides about, so that two at once cannot
both win. Live = not deleted and not revoked: such a key holds its name and counts towards the limit.
"""

from apikeys.services.change import UNCHANGED, change_key, widens
from apikeys.services.checks import (
    MAX_LIVE_KEYS,
    NAME_TAKEN,
    TOO_MANY,
    KeyEnded,
    StateForbids,
    has_room,
)
from apikeys.services.create import create_key
from apikeys.services.disable import (
    LONGEST_SECONDS,
    disable_key,
    disable_keys_of,
    enable_key,
    is_disabled_for_good,
)
from apikeys.services.end import (
    delete_ended_keys,
    delete_key,
    keys_made_by,
    restore_key,
    revoke_key,
    revoke_keys_made_by,
)
from apikeys.services.expiry import tell_of_expiry
from apikeys.services.find import find_keys, is_key_id
from apikeys.services.rotate import GRACES, cancel_rotation, finish_rotation, rotate_key

__all__ = [
    "GRACES",
    "LONGEST_SECONDS",
    "MAX_LIVE_KEYS",
    "NAME_TAKEN",
    "TOO_MANY",
    "UNCHANGED",
    "KeyEnded",
    "StateForbids",
    "cancel_rotation",
    "change_key",
    "create_key",
    "delete_ended_keys",
    "delete_key",
    "disable_key",
    "disable_keys_of",
    "enable_key",
    "find_keys",
    "finish_rotation",
    "has_room",
    "is_disabled_for_good",
    "is_key_id",
    "keys_made_by",
    "restore_key",
    "revoke_key",
    "revoke_keys_made_by",
    "rotate_key",
    "tell_of_expiry",
    "widens",
]
