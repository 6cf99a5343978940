"""Which windows apply to whom."""

from functools import lru_cache

from django.conf import settings

from accounts.models import Plan, User
from api.quota.windows import Window

PERIODS = (("minute", 60), ("hour", 3600), ("day", 86400))


def windows_of(user: User, extra: str = "") -> list[Window]:
    """The windows of a user's plan, and the one of an action with a limit of its own; none for internal."""
    if user.plan == Plan.INTERNAL:
        return []
    windows = list(_windows(tuple(settings.RATE_LIMITS[user.plan])))
    return [*windows, *_a_minute(extra)] if extra else windows


@lru_cache(maxsize=16)  # a plan's are the same at each call, and take 7 µs to make
def _windows(limits: tuple[int | None, ...]) -> tuple[Window, ...]:
    named = zip(PERIODS, limits, strict=True)
    return tuple(Window(name, limit, seconds) for (name, seconds), limit in named if limit is not None)


def owner_of(user: User) -> str:
    """Who a user's calls count for, whatever credential they come with."""
    return f"user:{user.pk}"


def windows_of_address() -> list[Window]:
    """For calls without a valid credential, an address (IPv6: its /64)."""
    return _a_minute("address")


def windows_of_client() -> list[Window]:
    """For the OAuth endpoints, a client and address."""
    return _a_minute("oauth")


def _a_minute(name: str) -> list[Window]:
    (limit,) = settings.RATE_LIMITS[name]
    return [] if limit is None else [Window(name, limit, 60)]
