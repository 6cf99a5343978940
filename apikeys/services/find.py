"""Finding a key by whatever names it."""

import re

from apikeys.models import APIKey, APIKeyQuerySet
from apikeys.tokens import public_id_of_key

KEY_ID = re.compile(r"key_[0-9A-Za-z]{1,40}")


def is_key_id(text: str) -> bool:
    """Whether it names a key, of which nobody has looked yet whether there is one."""
    return bool(KEY_ID.fullmatch(text) or public_id_of_key(text))


def find_keys(identifier: str) -> APIKeyQuerySet:
    """The key that `key_…`, a public id, `craft_key_<public id>` or a whole raw key names; or none.

    A raw key is found by its public id alone: who may search may see the key's row anyway.
    """
    text = identifier.strip()
    keys = APIKey.objects.with_public_id()
    if KEY_ID.fullmatch(text):
        return keys.filter(uid=text)
    public_id = public_id_of_key(text)
    return keys.filter(secrets__public_id=public_id) if public_id else keys.none()
