"""Which calls are tried again, and after how long."""

import secrets
from typing import Any

import httpx

from craft_sdk._answers import retry_after
from craft_sdk._calls import Call
from craft_sdk._settings import Settings
from craft_sdk.errors import APIConnectionError

FIRST_WAIT = 0.5  # seconds
LONGEST_WAIT = 8.0
SPREAD = 0.25  # of a wait that was told, on top of it: who waits for the same minute does not wake at once
AWAY = (502, 503, 504)  # Craft, or the server behind a proxy, is away or busy
_dice = secrets.SystemRandom()


def wait_after(
    outcome: httpx.Response | APIConnectionError, call: Call[Any], tries: int, settings: Settings
) -> float | None:
    """Seconds to wait before another try; None when there must be none.

    A refused call (429) did nothing and is made again, whatever its method; one of which nobody knows what
    became of it only if a second does no harm. `tries`: how many were repeated already.
    """
    if tries >= settings.max_retries or not call.can_repeat:
        return None
    is_refused = isinstance(outcome, httpx.Response) and outcome.status_code == 429
    is_lost = not isinstance(outcome, httpx.Response) or outcome.status_code in AWAY
    if not (is_refused or (is_lost and call.is_idempotent)):
        return None
    told = retry_after(outcome) if isinstance(outcome, httpx.Response) else None
    if told is None:
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0**tries) * _dice.uniform(0.5, 1.0)
    if told > settings.max_retry_wait:
        return None
    return told + _dice.uniform(0.0, max(FIRST_WAIT, SPREAD * told))
