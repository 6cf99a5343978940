"""The rules of renewing tokens, once for threads and asyncio.

`renewal` is a generator that does nothing itself: it says what to do next (a step), is sent what came of
it, and in the end returns tokens that are good. Whoever runs it sees to it that only one runs at a time.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from craft_sdk.errors import OAuthError
from craft_sdk.oauth.tokens import Tokens


@dataclass(frozen=True)
class Load:
    """Ask the store; send back its tokens, or None."""


@dataclass(frozen=True)
class Refresh:
    """Get new tokens for these; send them back, or the OAuthError."""

    tokens: Tokens


@dataclass(frozen=True)
class Save:
    """Hand new tokens to the store."""

    tokens: Tokens


Step = Load | Refresh | Save


@dataclass
class Memory:
    """What is known without asking the store: the newest tokens, and a refresh token that is dead."""

    tokens: Tokens | None = field(default=None, repr=False)
    dead: str | None = field(default=None, repr=False)
    reason: str = ""


def renewal(memory: Memory, refused: str | None) -> Generator[Step, Any, Tokens]:
    """The steps to tokens that are good and not the refused ones. Raises OAuthError."""
    if memory.tokens is not None and memory.tokens.is_good(refused):
        return memory.tokens
    stored: Tokens | None = yield Load()
    if stored is not None and stored.is_good(refused):  # another process has renewed them
        memory.tokens = stored
        return stored
    old = stored or memory.tokens
    if old is None:
        raise OAuthError("There are no tokens: ask the person to connect the app.", code="no_tokens")
    if old.refresh_token == memory.dead:
        raise OAuthError(memory.reason, code="invalid_grant")
    outcome: Tokens | OAuthError = yield Refresh(old)
    if isinstance(outcome, OAuthError):
        stored = yield Load()
        if stored is not None and stored.is_good(refused):  # another process was faster
            memory.tokens = stored
            return stored
        if outcome.code == "invalid_grant":
            memory.dead, memory.reason = old.refresh_token, outcome.message
        raise outcome
    memory.tokens = outcome
    yield Save(outcome)
    return outcome
