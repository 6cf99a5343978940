"""The mails about keys: one function and one template (apikeys/email/) each. Never a secret."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.mail import outbox
from accounts.mails import queue_notice
from accounts.models import User
from accounts.utils.durations import duration_in_words
from accounts.web.client import Client
from apikeys.models import APIKey


def send_created(key: APIKey, client: Client) -> None:
    """Tell the owner that there is a new key."""
    _send("created", key, client, by_app=bool(key.made_by))


def send_widened(key: APIKey, client: Client) -> None:
    """Tell the owner that a key may do more than before."""
    _send("widened", key, client)


def send_rotated(key: APIKey, client: Client, grace: int) -> None:
    """Tell the owner that a key has a second secret; `grace` in seconds."""
    _send("rotated", key, client, grace=duration_in_words(grace) if grace else "")


def send_disabled_by_staff(key: APIKey) -> None:
    """Tell the owner that staff disabled a key, and why."""
    context = {"key": key, "shown_id": key.shown_id, "reason": key.disabled_reason, "at": timezone.now()}
    outbox.queue("apikeys/email/disabled", to=key.user.email, context=context)


def send_expiry(user: User, keys: Sequence[tuple[APIKey, int]], now: datetime) -> None:
    """Tell the owner which keys expire in how many days, or have expired: 0."""
    lines = [
        {"name": key.name, "shown_id": key.shown_id, "when": _when(key, days, now)} for key, days in keys
    ]
    context = {"keys": lines, "expired": all(days == 0 for _, days in keys)}
    outbox.queue("apikeys/email/expiry", to=user.email, context=context)


def _send(template: str, key: APIKey, client: Client, **more: Any) -> None:
    queue_notice(f"apikeys/email/{template}", key.user, client, key=key, shown_id=key.shown_id, **more)


def _when(key: APIKey, days: int, now: datetime) -> str:
    at = key.expires_at
    if at is None or days == 0:
        return "has expired"
    left = max(round((at - now).total_seconds() / 86400), 1)
    return f"in {left} day{'' if left == 1 else 's'}, on {at.day} {at:%B %Y}"
