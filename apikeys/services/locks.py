"""Locks that the rules take before they decide, so that two at once cannot both win."""

from accounts.models import ACCESS_ENDS, User
from accounts.reauthentication import NeedsRecentSignIn
from apikeys.models import APIKey
from apikeys.services.checks import KeyEnded


def lock_keys_of(user: User) -> None:
    """Let one change at a time decide about a user's set of live keys.

    Not the key of the row: with that, writing activity, which refers to the user, would wait for this lock
    while it holds a key's, and restoring would wait for the key's while it holds this one.

    Raises NeedsRecentSignIn when the account was switched off or on, or signed out everywhere, since `user`
    was read: what let the caller in is over.
    """
    seen = [getattr(user, moment) for moment in ACCESS_ENDS]
    locked = User.objects.select_for_update(no_key=True).only(*ACCESS_ENDS).get(pk=user.pk)
    if [getattr(locked, moment) for moment in ACCESS_ENDS] != seen:
        raise NeedsRecentSignIn


def lock_key(key: APIKey) -> APIKey:
    """The key's row as it is now, locked. Raises KeyEnded when the row is gone."""
    try:
        return (
            APIKey.objects.with_public_id()
            .select_related("user")
            .select_for_update(of=("self",))
            .get(pk=key.pk)
        )
    except APIKey.DoesNotExist:
        raise KeyEnded("This key is deleted.") from None
