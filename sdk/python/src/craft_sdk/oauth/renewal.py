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


@dataclass(frozen=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


Step = Load | Refresh | Save | Pause
PAUSES = (0.0, 0.25, 1.0)  # seconds, while another process may be saving what it got


@dataclass
class Memory:
    """What is known without asking the store.

    `tokens`: the newest ones; `is_saved`: whether the store has them. `dead`: a refresh token that is of no
    use any more, and why.
    """

    tokens: Tokens | None = field(default=None, repr=False)
    is_saved: bool = True
    dead: str | None = field(default=None, repr=False)
    reason: str = ""

    def good(self, refused: str | None) -> Tokens | None:
        """Saved tokens that last for a while and are not the refused ones."""
        return self.tokens if self.is_saved and self.tokens and self.tokens.is_good(refused) else None


Renewal = Generator[Step, Any, Tokens]


def renewal(memory: Memory, refused: str | None) -> Renewal:
    """The steps to tokens that are good and not the refused ones. Raises OAuthError."""
    if memory.tokens is None or not memory.tokens.is_good(refused):
        fresh = (yield from _stored(memory, refused)) or (yield from _refreshed(memory, refused))
    else:
        fresh = memory.tokens
    if not memory.is_saved:  # new, or the store failed the last time
        yield Save(fresh)
        memory.is_saved = True
    return fresh


def _stored(memory: Memory, refused: str | None) -> Generator[Step, Any, Tokens | None]:
    """What another process with the same store has renewed, if it is good."""
    if not memory.is_saved:
        return None
    stored: Tokens | None = yield Load()
    memory.tokens = stored or memory.tokens
    return memory.good(refused)


def _refreshed(memory: Memory, refused: str | None) -> Renewal:
    """New tokens for the old ones. Raises OAuthError."""
    old = memory.tokens
    if old is None:
        raise OAuthError("There are no tokens: ask the person to connect the app.", code="no_tokens")
    if old.refresh_token == memory.dead:
        raise OAuthError(memory.reason, code="invalid_grant")
    outcome: Tokens | OAuthError = yield Refresh(old)
    if isinstance(outcome, Tokens):
        memory.tokens, memory.is_saved = outcome, False
        return outcome
    if outcome.code == "invalid_grant":
        for seconds in PAUSES:  # another process may have spent the same refresh token a moment ago
            yield Pause(seconds)
            faster = yield from _stored(memory, refused)
            if faster:
                return faster
        memory.dead, memory.reason = old.refresh_token, outcome.message
    raise outcome


def to_revoke(memory: Memory, stored: Tokens | None) -> list[Tokens]:
    """What there is to revoke: the store's tokens, and those in memory if the store has others.

    The person may have connected anew in another process, and this one still knows the old tokens.
    """
    each = {tokens.refresh_token: tokens for tokens in (stored, memory.tokens) if tokens}
    return list(each.values())
