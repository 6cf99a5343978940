"""Sessions as database rows, with a key that is checked before it reaches the database."""

import re
from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session

SESSION_KEY = re.compile(r"[0-9a-z]{32}")


class SessionStore(DatabaseStore):
    """Django's own store; `row` is the row it was loaded from.

    A cookie may hold any character, NUL included, which PostgreSQL refuses with an error: a key that
    Django cannot have made is no session.
    """

    row: Session | None = None

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and SESSION_KEY.fullmatch(key))

    def _get_session_from_db(self) -> Any:
        self.row = super()._get_session_from_db()  # type: ignore[misc]
        return self.row

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session


def signed_in_at(session: SessionStore) -> datetime | None:
    """When the session's sign-in began: its first authentication record, as allauth keeps them."""
    records = session.get("account_authentication_methods") or []
    return datetime.fromtimestamp(records[0]["at"], UTC) if records else None
