"""What a line of the log is, for every logger of the process: the server's own, too."""

import logging
import re
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from api import request_id
from apikeys.tokens import mask_tokens

# What follows in a link that was mailed is a secret.
LINK = re.compile(r"(/login/link/|/password/reset/key/[0-9A-Za-z]+-)[^/\s'\"\\]+")


def mask(text: str) -> str:
    """The text without a secret of a token or a link that was mailed."""
    return LINK.sub(r"\1***", mask_tokens(text))


class LineFormatter(logging.Formatter):
    """Text for people. The whole of it is masked, a traceback included: a token may stand anywhere."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} [{request_id}] {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_id.current()
        return mask(super().format(record))


class JSONFormatter(JsonFormatter):
    """One JSON object a line, masked in the same way: what every line has, and what the event has."""

    def __init__(self) -> None:
        super().__init__("{message}", style="{", rename_fields={"exc_info": "traceback"})

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Put what every line has first."""
        log_data |= {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": request_id.current(),
        }
        super().add_fields(log_data, record, message_dict)
        log_data.pop("request", None)  # Django's own object, of no use in a log

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class OnlyCrashes(logging.Filter):
    """Django's word on a refused request is dropped: api.refusal_log has it in one line. A crash is kept."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR and record.exc_info is not None


def configuration(log_format: str) -> dict[str, Any]:
    """Django's LOGGING: one line an event on stderr; never a body, a header or a query string."""
    formatter = {"text": "craft.logs.LineFormatter", "json": "craft.logs.JSONFormatter"}[log_format]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"only_crashes": {"()": "craft.logs.OnlyCrashes"}},
        "formatters": {"line": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "django.request": {"filters": ["only_crashes"]},
            "django.security": {"level": "CRITICAL"},  # what a client did, with a traceback
            "fido2": {"level": "WARNING"},  # a line for each use of a passkey, with its id
            "oauth2_provider": {"level": "WARNING"},  # five lines each time that housekeeping runs
            "_granian": {"handlers": [], "propagate": True},
            "granian.access": {"handlers": [], "propagate": True},
        },
    }
