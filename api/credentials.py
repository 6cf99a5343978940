"""What a request is authenticated with: `request.auth`."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple

from django.http import HttpRequest

from apikeys.scopes import Scope


class Credential(NamedTuple):
    """One way to act for a user, as GET /v1/auth tells it. `id` and `name` are None for a session.

    `limited_to`: the ids of the only projects it may touch; None = all of its user's.
    """

    kind: Literal["api_key", "oauth", "session"]
    scopes: frozenset[Scope]
    id: str | None = None
    name: str | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    limited_to: frozenset[str] | None = None
    grant_id: str | None = None  # of an access token: the consent behind it
    check_request: Callable[[HttpRequest], None] = lambda request: None  # after counting; raises to refuse
    ends_at: datetime | None = None  # of a key's secret: when it stops by itself, if that is known
    note_answer: Callable[[int], None] | None = None  # after each call, with its status
    end: Callable[[HttpRequest], None] = lambda request: None  # ends what was used, for DELETE /v1/auth
