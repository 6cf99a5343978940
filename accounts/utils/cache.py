"""The shared cache: Redis, and this process's own memory for as long as Redis is away.

It holds the counts that throttle sign-in. An outage must neither answer 500 nor lift the throttle.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from accounts.utils.circuit_breaker import CircuitBreaker, ServiceAway

TIMEOUT = 0.25  # seconds to wait for it


class _Client(RedisCacheClient):
    """Keeps its connection's client: making one for each call costs more than the call."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The client of the pool that Django would choose, made once."""
        index: int = self._get_connection_pool_index(write)  # type: ignore[attr-defined]
        clients = self.__dict__.setdefault("_clients", {})
        if index not in clients:
            clients[index] = super().get_client(key, write=write)
        return clients[index]

    def disconnect(self) -> None:
        """Make each connection anew."""
        for client in self.__dict__.get("_clients", {}).values():
            client.connection_pool.disconnect()


class SharedCache(RedisCache):
    """Django's Redis cache with a memory to fall back on."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT, **params.pop("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._class = _Client
        self._memory = LocMemCache("shared-cache-fallback", params)
        self._breaker = CircuitBreaker(
            "the shared cache is away; using this process's memory", redis.RedisError
        )

    def ask(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What Redis answers. One that has become a replica is left: its address may lead to another."""
        try:
            return method(self, *args, **kwargs)
        except redis.ReadOnlyError:
            self._cache.disconnect()  # type: ignore[attr-defined]  # Django's own, without a type
            raise


def _with_fallback(name: str) -> Callable[..., Any]:
    method = getattr(RedisCache, name)

    @wraps(method)
    def call(self: SharedCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._breaker.call(self.ask, method, *args, **kwargs)
        except ServiceAway:
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
