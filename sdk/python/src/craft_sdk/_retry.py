"""Which calls are tried again, and after how long."""

import secrets
from typing import Any

from craft_sdk._answers import Reply
from craft_sdk._calls import Call
from craft_sdk._settings import Settings
from craft_sdk.errors import APIConnectionError

FIRST_WAIT = 0.5  # seconds
LONGEST_WAIT = 8.0
AWAY = (502, 503, 504)  # a proxy whose server is away or busy
_dice = secrets.SystemRandom()


def wait_after(
    outcome: Reply | APIConnectionError, call: Call[Any], tries: int, settings: Settings
) -> float | None:
    """Seconds to wait before another try; None when there must be none.

    A refused call (429) did nothing and is made again, whatever its method; a lost one, or one that a
    proxy answered, only if it is safe. `tries`: how many were repeated already.
    """
    if tries >= settings.max_retries or not call.can_repeat:
        return None
    told = None
    if isinstance(outcome, Reply):
        told = outcome.retry_after
        if outcome.status != 429 and not (outcome.status in AWAY and call.is_safe):
            return None
    elif not call.is_safe:
        return None
    if told is None:
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0**tries) * _dice.uniform(0.5, 1.0)
    return None if told > settings.max_retry_wait else told + _dice.uniform(0.0, FIRST_WAIT)
