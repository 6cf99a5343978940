"""The id of the request that this thread answers: in X-Request-ID, in the log, and with a key's requests."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
