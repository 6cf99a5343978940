"""What a key's owner had better do: least privilege, nothing lying about. One piece of advice at a time."""

from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from accounts.web.client import Client
from apikeys.models import APIKey
from apikeys.scopes import Permission
from apikeys.services import change_key
from apikeys.services.locks import lock_key
from apikeys.status import Filter, KeySummary

UNDO_FOR = timedelta(days=7)


class Advice(StrEnum):
    """In the order in which they are given. Each is a filter of the list, too."""

    ONLY_READS = Filter.ONLY_READS.value
    IDLE = Filter.IDLE.value
    OLD = Filter.OLD.value
    NEVER_EXPIRES = Filter.NEVER_EXPIRES.value


def first_advice(summary: KeySummary) -> Advice | None:
    """The most important advice about a key that works, but what its owner has put aside."""
    if not summary.is_usable or summary.rotation is not None:
        return None
    signs, put_aside = summary.signs, summary.key.advice_put_aside
    return next(
        (advice for advice in Advice if Filter(advice.value) in signs and advice.value not in put_aside), None
    )


def may_undo_narrowing(key: APIKey) -> bool:
    """Whether the coach's change to read-only can be taken back with one press."""
    return (
        key.is_live
        and key.narrowed_at is not None
        and key.permission == Permission.READ_ONLY
        and timezone.now() - key.narrowed_at < UNDO_FOR
    )


@transaction.atomic
def narrow(key: APIKey, client: Client) -> APIKey:
    """Make the key read-only, as advised; one that is so already stays as it is. Raises StateForbids."""
    is_widened = lock_key(key).permission == Permission.READ_WRITE
    key = change_key(key, permission=Permission.READ_ONLY, client=client)
    if is_widened:
        key.narrowed_at = timezone.now()
        key.save(update_fields=["narrowed_at"])
    return key


@transaction.atomic
def undo_narrowing(key: APIKey, *, may_widen: bool, client: Client) -> APIKey:
    """Let the key write again; nothing happens when that is not on offer.

    Raises NeedsRecentSignIn, StateForbids.
    """
    if not may_undo_narrowing(key):
        return key
    key = change_key(key, permission=Permission.READ_WRITE, may_widen=may_widen, client=client)
    key.narrowed_at = None
    key.save(update_fields=["narrowed_at"])
    return key


@transaction.atomic
def put_aside(key: APIKey, advice: Advice) -> None:
    """Give this advice about this key no more. Raises StateForbids."""
    key = lock_key(key)
    key.advice_put_aside = sorted({*key.advice_put_aside, advice.value})
    key.save(update_fields=["advice_put_aside"])
