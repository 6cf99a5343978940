"""RATE_LIMITS and STORAGE_BYTES: how much each plan may do and hold, and what else is limited."""

from django.core.exceptions import ImproperlyConfigured

from accounts.utils.sizes import parse_size
from craft.configuration.environment import env

DEFAULT_RATE_LIMITS: dict[str, tuple[int | None, ...]] = {
    "free": (60, 500, 1_000),
    "pro": (300, 3_000, 10_000),
    "enterprise": (1_000, 10_000, None),
    "address": (300,),
    "oauth": (300,),
    "post_projects": (10,),
    "post_files": (100,),
}
DEFAULT_STORAGE_BYTES: dict[str, int | None] = {
    "free": 2**30,
    "pro": 50 * 2**30,
    "enterprise": 2**40,
    "internal": None,
}


def rate_limits() -> dict[str, tuple[int | None, ...]]:
    """RATE_LIMITS: a plan's calls a minute/an hour/a day, and single limits a minute; `-` is none.

    What is left out keeps its default.
    """
    limits = dict(DEFAULT_RATE_LIMITS)
    for part in filter(None, env.str("RATE_LIMITS", default="").replace(" ", "").split(",")):
        name, _, text = part.partition("=")
        values = text.split("/")
        if name not in limits or len(values) != len(limits[name]) or not all(map(_is_limit, values)):
            raise ImproperlyConfigured(
                f"RATE_LIMITS has {part!r}. Example: free=60/500/1000,address=300. "
                f"Known names: {', '.join(limits)}."
            )
        limits[name] = tuple(None if value == "-" else int(value) for value in values)
    return limits


def storage_bytes() -> dict[str, int | None]:
    """STORAGE_BYTES: how much a plan's files and deployments may hold together; `-` (None) is no limit.

    What is left out keeps its default.
    """
    limits = dict(DEFAULT_STORAGE_BYTES)
    for part in filter(None, env.str("STORAGE_BYTES", default="").replace(" ", "").split(",")):
        name, _, text = part.partition("=")
        size = parse_size(text)
        if name not in limits or (text != "-" and not size):
            raise ImproperlyConfigured(
                f"STORAGE_BYTES has {part!r}. Example: free=1GiB,pro=500MiB,internal=-, in KiB, MiB, GiB, "
                f"TiB or plain bytes. Known names: {', '.join(limits)}."
            )
        limits[name] = None if text == "-" else size
    return limits


def _is_limit(text: str) -> bool:
    return text == "-" or (text.isascii() and text.isdigit() and 1 <= int(text) <= 10**9)
