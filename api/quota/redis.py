"""Windows in Redis or Valkey, shared by all processes. One script decides in one round trip."""

import hashlib
import socket
import ssl
import struct
import threading

import hiredis
import redis
from redis.connection import ConnectionInterface
from redis.exceptions import NoScriptError

from api.quota.windows import Found, Window

# An owner's windows are one hash: NAME is the count, NAME:end when it closes, in milliseconds of the server's
# clock. So a call takes three commands, not three a window. ARGV: 1 to count or 0 to look; then each window's
# name, limit and length.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fields = {}
for i = 2, #ARGV, 3 do
  fields[#fields + 1] = ARGV[i]
  fields[#fields + 1] = ARGV[i] .. ':end'
end
local kept = redis.call('HMGET', KEYS[1], unpack(fields))
local found, changed, full, longest = {}, {}, false, 0
for i = 1, #fields, 2 do
  local limit, length = tonumber(ARGV[(3 * i + 3) / 2]), tonumber(ARGV[(3 * i + 5) / 2])
  local before, close = tonumber(kept[i]), tonumber(kept[i + 1])
  if not close or close <= now then
    before, close = 0, now + length
    changed[#changed + 1] = fields[i + 1]
    changed[#changed + 1] = close
    longest = math.max(longest, length)
  end
  if before >= limit then full = true end
  changed[#changed + 1] = fields[i]
  changed[#changed + 1] = before + 1
  found[i], found[i + 1] = before, close - now
end
if ARGV[1] == '1' and not full then
  redis.call('HSET', KEYS[1], unpack(changed))
  if longest > 0 and longest > redis.call('PTTL', KEYS[1]) then redis.call('PEXPIRE', KEYS[1], longest) end
end
return found
"""
SCRIPT_ID = hashlib.sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()  # what EVALSHA calls it by
WAIT_SECONDS = 0.25  # for one answer; then limits are off for a moment


class RedisBackend:
    """Windows in Redis or Valkey, shared by all processes.

    Each thread has a connection of its own: redis-py's client with its pool, retries and events takes 124 µs
    of CPU for this call, its bare connection 41.
    """

    def __init__(self, url: str) -> None:
        self._make_connection = redis.ConnectionPool.from_url(
            url, socket_timeout=WAIT_SECONDS, socket_connect_timeout=WAIT_SECONDS, retry=None
        ).make_connection
        self._thread = threading.local()

    def add(self, owner: str, windows: list[Window]) -> Found:
        """See Backend. Raises redis.RedisError."""
        return self._ask(1, owner, windows)

    def read(self, owner: str, windows: list[Window]) -> Found:
        """See Backend. Raises redis.RedisError."""
        return self._ask(0, owner, windows)

    def _ask(self, adds: int, owner: str, windows: list[Window]) -> Found:
        arguments = [part for each in windows for part in (each.name, each.limit, each.seconds * 1000)]
        flat = self._run(1, f"quota:{owner}", adds, *arguments)
        return [
            (before, milliseconds / 1000) for before, milliseconds in zip(flat[::2], flat[1::2], strict=True)
        ]

    def _run(self, *arguments: str | int) -> list[int]:
        """What the script returns; a connection that has died since the last call is made anew, once.

        So is one to a server that has become a replica: where the address leads now may be another.
        """
        connection = self._connection()
        was_connected = connection.is_connected
        try:
            return _evaluate(connection, arguments)
        except (redis.ConnectionError, redis.ReadOnlyError) as error:
            connection.disconnect()  # type: ignore[no-untyped-call]  # redis-py's own
            # A BlockingIOError is the kernel's word that the time is up: that is no reason to wait once more.
            if not was_connected or isinstance(error.__context__, BlockingIOError):
                raise
            return _evaluate(connection, arguments)

    def _connection(self) -> ConnectionInterface:
        """This thread's own. It closes itself when anything goes wrong, so no answer is left in it."""
        connection: ConnectionInterface | None = getattr(self._thread, "connection", None)
        if connection is None:
            connection = self._thread.connection = self._make_connection()
        return connection


def _evaluate(connection: ConnectionInterface, arguments: tuple[str | int, ...]) -> list[int]:
    if not connection.is_connected:
        connection.connect()  # type: ignore[no-untyped-call]  # redis-py's own
        _let_the_kernel_wait(connection._sock)  # type: ignore[attr-defined]  # its type names no socket
    try:
        return _call(connection, "EVALSHA", SCRIPT_ID, *arguments)
    except NoScriptError:  # the server has started anew
        return _call(connection, "EVAL", SCRIPT, *arguments)


def _call(connection: ConnectionInterface, *command: str | int) -> list[int]:
    # Packed here: redis-py first looks at each argument, for types that there are not.
    packed = hiredis.pack_command(command)  # type: ignore[arg-type]  # its type is of one argument
    connection.send_packed_command([packed], check_health=False)  # type: ignore[no-untyped-call]  # redis-py's own
    answer: list[int] = connection.read_response()
    return answer


def _let_the_kernel_wait(sock: socket.socket) -> None:
    """Have the time-out kept by the kernel. Python asks it ahead of each send and receive whether it may.

    Each of these calls lets another thread run: with four busy ones a count took 128 µs of CPU, so 60. TLS
    keeps Python's own: there one receive is several of the kernel's.
    """
    if isinstance(sock, ssl.SSLSocket):
        return
    sock.settimeout(None)
    microseconds = round(WAIT_SECONDS * 1_000_000)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", *divmod(microseconds, 1_000_000)))
