"""The pages of prose below /docs/: each a template of Markdown in templates/docs/guides/."""

import json
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat

from accounts.models import Plan
from api.errors import CODES, FORBIDDEN, UNAUTHORIZED
from apikeys.scopes import WORDING, Scope
from apikeys.usage import retention
from craft.docs import markdown
from craft.docs.plain import render_plain
from craft.docs.sdk_samples import THEIR_HOST

# Name in the address and of the template → label in the navigation, in its order.
START = {
    "quick-start": "Quick start",
    "authentication": "Authentication",
    "changelog": "Changelog",
}
GUIDES = {
    "api-keys": "Keys and their life",
    "rotation": "Rotate without downtime",
    "after-a-leak": "After a leak",
    "oauth": "OAuth for apps",
    "oauth-web": "OAuth for web apps",
    "oauth-native": "OAuth for native apps",
    "sessions": "Sessions and CSRF",
    "files": "Files and deployments",
    "pagination": "Pagination",
    "errors": "Errors and retries",
    "rate-limits": "Rate limits",
    "webhooks": "Webhooks",
}
ALL = {**START, **GUIDES}
# An SDK has to be told of any host but its own.
CLIENTS = {
    "new CraftClient()": 'new CraftClient({ baseUrl: "HERE" })',
    "new CraftClient({ auth: oauth })": 'new CraftClient({ auth: oauth, baseUrl: "HERE" })',
    "with CraftClient() as": 'with CraftClient(base_url="HERE") as',
    "with CraftClient(auth=oauth) as": 'with CraftClient(auth=oauth, base_url="HERE") as',
}


def source(name: str) -> str:
    """A guide as Markdown, with the hosts and limits of this installation. `name` is one of ALL."""
    return here(render_plain(f"docs/guides/{name}.md", _values()))


def guide(name: str) -> markdown.Guide:
    """A guide as its page shows it. `name` is one of ALL."""
    return markdown.read(source(name))


def here(text: str) -> str:
    """Guides name the hosts as the public page does; their readers have this installation's."""
    if base_url := _base_url():
        for made, told in CLIENTS.items():
            text = text.replace(made, told.replace("HERE", base_url))
    return text.replace("https://api.craft.fast", settings.API_URL).replace(
        "https://craft.fast", settings.WEB_URL
    )


def _base_url() -> str:
    """Where this installation's API is, if not where the SDKs look for it."""
    return "" if settings.API_URL == THEIR_HOST else settings.API_URL


def _values() -> dict[str, Any]:
    """What a guide may say of this installation."""
    single = ("address", "oauth", "post_projects", "post_files")
    return {
        "base_url": _base_url(),
        "scopes": [(scope, WORDING[scope].documented) for scope in Scope],
        "answers": {
            "401": _error(CODES[401], UNAUTHORIZED),
            "403": _error(CODES[403], FORBIDDEN),
        },
        "file_max": filesizeformat(settings.FILE_MAX_BYTES),
        "files_per_project": f"{settings.FILES_PER_PROJECT:,}",
        "deployments_per_project": f"{settings.DEPLOYMENTS_PER_PROJECT:,}",
        "kept": retention.IN_WORDS,
        "plans": [
            (plan.label, [f"{limit:,}" if limit else "none" for limit in settings.RATE_LIMITS[plan]])
            for plan in Plan
            if plan in settings.RATE_LIMITS
        ],
        "limits": {name: settings.RATE_LIMITS[name][0] for name in single},
        "error": _error(
            CODES[400],
            "The request is not valid",
            details={"limit": ["This must be a whole number from 1 to 100."]},
        ),
    }


def _error(code: str, message: str, **more: Any) -> str:
    return json.dumps({"success": False, "error": {"code": code, "message": message, **more}}, indent=2)
