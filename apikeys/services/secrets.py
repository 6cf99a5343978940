"""Making secrets of keys: the one place where one is in clear text."""

from apikeys import tokens
from apikeys.models import APIKey, APIKeySecret


def add_secret(key: APIKey, *, grace_seconds: int | None = None, form_id: str | None = None) -> str:
    """Store a fresh secret's digest and return the raw key; `key.public_id` is the new one's.

    `grace_seconds`: of a rotation, how long the one before outlives the first use of this one.
    """
    token = tokens.generate(tokens.Kind.API_KEY)
    APIKeySecret.objects.create(
        key=key,
        public_id=token.public_id,
        digest=token.digest,
        grace_seconds=grace_seconds,
        form_id=form_id,
    )
    key.public_id = token.public_id
    return token.raw
