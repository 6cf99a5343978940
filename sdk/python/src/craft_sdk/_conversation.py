"""The rules of making a call, once for threads and asyncio: which token, when again, what after a 401.

`conversation` is a generator that does nothing itself: it says what to do next (a step), is sent what came
of it, and in the end returns the answer. The transports carry the steps out.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from craft_sdk._answers import Reply
from craft_sdk._calls import Call
from craft_sdk._retry import wait_after
from craft_sdk._settings import FixedToken, Settings
from craft_sdk.errors import APIConnectionError


@dataclass(frozen=True)
class GetToken:
    """Ask the token source; send back the token."""


@dataclass(frozen=True)
class Renew:
    """Ask the token source for another token than the refused one; send it back."""

    refused: str = field(repr=False)


@dataclass(frozen=True)
class Send:
    """Make the call; send back a Reply or an APIConnectionError."""

    token: str | None = field(repr=False)


@dataclass(frozen=True)
class Wait:
    """Wait so many seconds."""

    seconds: float


Step = GetToken | Renew | Send | Wait
Conversation = Generator[Step, Any, Reply]


def conversation(call: Call[Any], settings: Settings, fixed: FixedToken | None) -> Conversation:
    """The steps to an answer, good or bad. Raises APIConnectionError when there is none."""
    can_renew = call.is_authenticated and fixed is None
    tries = 0
    refused: str | None = None
    while True:
        token = fixed.value if fixed and call.is_authenticated else None
        if can_renew:
            token = (yield GetToken()) if refused is None else (yield Renew(refused))
        outcome: Reply | APIConnectionError = yield Send(token)
        if isinstance(outcome, Reply) and outcome.status == 401:
            if not can_renew or refused is not None or not call.can_repeat or token is None:
                return outcome
            refused = token
            continue
        wait = wait_after(outcome, call, tries, settings)
        if wait is None:
            if isinstance(outcome, Reply):
                return outcome
            token = refused = None  # error trackers record the variables of each frame
            raise outcome
        tries += 1
        yield Wait(wait)
