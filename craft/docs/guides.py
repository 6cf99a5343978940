"""The pages of prose below /docs/."""

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from accounts.models import Plan
from api.errors import CODES, FORBIDDEN, UNAUTHORIZED
from api.schema.operation import MEANINGS
from apikeys.scopes import WORDING, Scope
from apikeys.usage import retention
from craft.docs.authentication_page import samples
from craft.docs.markup import dimmed, prose

GUIDES = {
    "authentication": "Authentication",
    "api-keys": "Looking after API keys",
    "rate-limits": "Rate limits",
    "errors": "Errors",
}
ERROR = """{
  "success": false,
  "error": {
    "code": "INVALID_REQUEST",
    "message": "The request is not valid",
    "details": {
      "limit": ["This must be a whole number from 1 to 100."]
    }
  }
}"""


def context_of(name: str) -> dict[str, Any]:
    """What a guide's template shows."""
    if name == "authentication":
        return {
            "samples": samples(),
            "scopes": [(scope, WORDING[scope].documented) for scope in Scope],
            "answers": _answers(),
        }
    if name == "api-keys":
        return {"kept": retention.IN_WORDS}
    return _rate_limits() if name == "rate-limits" else _errors()


def _errors() -> dict[str, Any]:
    """Every status with its code and what it means."""
    lines = [(status, CODES.get(status, "INTERNAL_ERROR"), prose(text)) for status, text in MEANINGS.items()]
    return {"errors": lines, "example": dimmed(ERROR)}


def _answers() -> dict[str, SafeString]:
    """The answers that the page about authentication shows."""
    return {
        name: dimmed(json.dumps(answer, indent=2))
        for name, answer in {
            "401": {"success": False, "error": {"code": CODES[401], "message": UNAUTHORIZED}},
            "403": {"success": False, "error": {"code": CODES[403], "message": FORBIDDEN}},
            "me": {
                "success": True,
                "data": {"id": "user_123", "email": "user@example.com", "name": "John Doe"},
            },
        }.items()
    }


def _rate_limits() -> dict[str, Any]:
    """The limits of this installation."""
    plans = [
        (plan.label, [f"{limit:,}" if limit else "none" for limit in settings.RATE_LIMITS[plan]])
        for plan in Plan
        if plan in settings.RATE_LIMITS
    ]
    single = ("address", "oauth", "post_projects", "post_files")
    return {"plans": plans, "limits": {name: settings.RATE_LIMITS[name][0] for name in single}}
