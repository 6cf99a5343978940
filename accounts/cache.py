"""The shared cache: Redis, and this process's own memory for as long as Redis is away.

It holds the counts that throttle sign-in. An outage must neither answer 500 nor lift the throttle.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

log = logging.getLogger(__name__)
RETRY_REDIS_AFTER = 2.0  # seconds in which an absent Redis is not asked again
TIMEOUT = 0.25  # seconds to wait for it


class _Client(RedisCacheClient):
    """Keeps its connection's client: making one for each call costs more than the call."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The one of the pool."""
        index: int = self._get_connection_pool_index(write)  # type: ignore[attr-defined]
        clients = self.__dict__.setdefault("_clients", {})
        if index not in clients:
            clients[index] = super().get_client(key, write=write)
        return clients[index]


class SharedCache(RedisCache):
    """Django's Redis cache with a memory to fall back on."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT, **params.pop("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._class = _Client
        self._memory = LocMemCache("shared-cache-fallback", params)
        self._ask_again_at = 0.0


def _with_fallback(name: str) -> Callable[..., Any]:
    method = getattr(RedisCache, name)

    @wraps(method)
    def call(self: SharedCache, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._ask_again_at:
            try:
                return method(self, *args, **kwargs)
            except redis.RedisError as error:
                self._ask_again_at = time.monotonic() + RETRY_REDIS_AFTER
                log.warning("the shared cache is away; using this process's memory (%s)", error)
        return getattr(self._memory, name)(*args, **kwargs)

    return call


for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "has_key",
    "incr",
    "set_many",
    "delete_many",
):
    setattr(SharedCache, _name, _with_fallback(_name))
