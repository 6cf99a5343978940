"""Windows in Redis or Valkey, shared by all processes. One script decides in one round trip."""

import redis

from api.quota.windows import Found, Window

SCRIPT = """
local found, full = {}, false
for i, key in ipairs(KEYS) do
  local left = redis.call('PTTL', key)
  local before = 0
  if left > 0 then before = tonumber(redis.call('GET', key)) else left = ARGV[2 * i] * 1000 end
  if before >= tonumber(ARGV[2 * i - 1]) then full = true end
  found[2 * i - 1], found[2 * i] = before, left
end
if not full then
  for i, key in ipairs(KEYS) do
    if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * i] * 1000) end
  end
end
return found
"""


class RedisBackend:
    """Windows in Redis or Valkey, shared by all processes. The braces keep an owner's keys in one slot."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=0.25, socket_connect_timeout=0.25, retry=None, health_check_interval=0
        )
        self._script = self._redis.register_script(SCRIPT)

    def add(self, owner: str, windows: list[Window]) -> Found:
        """See Backend. Raises redis.RedisError."""
        arguments = [value for window in windows for value in (window.limit, window.seconds)]
        flat = self._script(keys=[_key(owner, window) for window in windows], args=arguments)
        return [
            (int(before), int(calls_left) / 1000)
            for before, calls_left in zip(flat[::2], flat[1::2], strict=True)
        ]

    def read(self, owner: str, windows: list[Window]) -> Found:
        """See Backend. Raises redis.RedisError."""
        with self._redis.pipeline(transaction=False) as pipe:
            for window in windows:
                pipe.get(_key(owner, window))
                pipe.pttl(_key(owner, window))
            flat = pipe.execute()
        return [
            (int(before), calls_left / 1000)
            if before is not None and calls_left > 0
            else (0, float(window.seconds))
            for before, calls_left, window in zip(flat[::2], flat[1::2], windows, strict=True)
        ]


def _key(owner: str, window: Window) -> str:
    return f"quota:{{{owner}}}:{window.name}"
