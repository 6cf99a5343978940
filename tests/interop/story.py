"""What a client lived through, and what must be true of it whichever client it was."""

import json
from dataclasses import dataclass
from typing import Any

from apikeys.tokens import HOLDS_SECRET
from tests.interop.server import App, Craft

SCOPE = "read write"  # what each app asks for first
MORE = "read write delete"  # what it asks for when the person says no


@dataclass
class Story:
    """As the client itself saw it."""

    first: dict[str, Any]  # the answer to the code
    me: dict[str, Any]  # GET /v1/me with it
    second: dict[str, Any]  # the answer to the refresh
    me_again: dict[str, Any]
    status_after_revoke: int
    denied: str  # the error it was told when the person said no


def check(story: Story, craft: Craft, app: App) -> None:
    """Compare the story with the docs, and with what the server says without any library."""
    for answer in (story.first, story.second):
        assert answer["access_token"].startswith("craft_oat_")
        assert answer["refresh_token"].startswith("craft_ort_")
        assert answer["token_type"].lower() == "bearer"
        assert answer["expires_in"] == 3600
        assert _scope(answer) == SCOPE
    assert story.first["access_token"] != story.second["access_token"]
    assert story.first["refresh_token"] != story.second["refresh_token"]
    assert story.me == story.me_again == {"success": True, "data": craft.me}
    assert story.status_after_revoke == 401
    assert story.denied == "access_denied"
    assert craft.status(story.first["access_token"]) == craft.status(story.second["access_token"]) == 401
    refresh = {
        "grant_type": "refresh_token",
        "refresh_token": story.second["refresh_token"],
        "client_id": app.client_id,
        "client_secret": app.client_secret,
    }
    status, body = craft.call("POST", "/v1/oauth/token", json_body=refresh)
    assert (status, json.loads(body)["error"]) == (400, "invalid_grant")
    assert (
        HOLDS_SECRET.search(craft.log.read_text()) is None
    )  # of a token, code or secret its public id alone


def _scope(answer: dict[str, Any]) -> str:
    """Some libraries make a list of it."""
    scope = answer["scope"]
    return scope if isinstance(scope, str) else " ".join(scope)
