"""Reports of errors to Sentry, where SENTRY_DSN is set: what broke and where in our code, and nothing else.

Of an event only what is named here is sent. No words of an exception, no values of variables, nothing of the
request: each may hold a token, a cookie, a body. The log has them, under the `request_id` that the event has.
"""

import logging
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.logging import LoggingIntegration, ignore_logger
from sentry_sdk.types import Event, Hint

from api import request_id

SENT = ("event_id", "timestamp", "platform", "level", "logger", "environment", "server_name", "sdk")
OURS = ("accounts.", "api.", "apikeys.", "craft.")
OF_FRAME = ("abs_path", "filename", "function", "module", "lineno", "in_app")


def start(dsn: str, environment: str) -> None:
    """Report each error of the log from now on: a crash is one, in pages and commands alike."""
    ignore_logger("craft.refused")  # its line on a crash is about the same one
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        before_send=only_what_is_named,
        # Nothing is gathered that would have to be thrown away: no breadcrumbs, values, bodies, sessions.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR, sentry_logs_level=None)],
        max_breadcrumbs=0,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        propagate_traces=False,
    )


def only_what_is_named(event: Event, hint: Hint) -> Event:
    """The event without all that is not named above."""
    given: dict[str, Any] = dict(event)
    sent: dict[str, Any] = {name: given[name] for name in SENT if name in given}
    if str(given.get("logger")).startswith(OURS):
        # As it stands in our code, without what is put into its places.
        sent["logentry"] = {"message": str((given.get("logentry") or {}).get("message", ""))}
    thrown = (given.get("exception") or {}).get("values", [])
    sent["exception"] = {"values": [_exception(each) for each in thrown]}
    sent["tags"] = {"request_id": request_id.current()}
    return sent  # type: ignore[return-value]  # an Event of fewer fields


def _exception(thrown: dict[str, Any]) -> dict[str, Any]:
    frames = (thrown.get("stacktrace") or {}).get("frames", [])
    return {
        "type": thrown.get("type"),
        "module": thrown.get("module"),
        "stacktrace": {
            "frames": [{name: each[name] for name in OF_FRAME if name in each} for each in frames]
        },
    }
