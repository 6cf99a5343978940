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
from craft_sdk.errors import APIConnectionError, APITimeoutError

LARGE = 64 * 1024  # bytes: a smaller body has gone out whole before a server can refuse it


@dataclass(frozen=True)
class GetToken:
    """Ask the token source; send back the token."""


@dataclass(frozen=True)
class Renew:
    """Ask the token source for another token than the refused one; send it back."""

    refused: str = field(repr=False)


@dataclass(frozen=True)
class Send:
    """Make the call; send back a Reply or an APIConnectionError.

    `is_held_back`: with the first byte of the body only, so that it can be refused but never carried out.
    """

    token: str | None = field(repr=False)
    is_held_back: bool = False


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
        if may_be_refused_early(outcome, call):
            outcome = refusal_of((yield Send(token, is_held_back=True))) or outcome
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


def may_be_refused_early(outcome: Reply | APIConnectionError, call: Call[Any]) -> bool:
    """Whether a refusal may have been lost with the connection.

    A server that refuses a large body by its head alone answers and closes while the body is on its way;
    asyncio then tells of the broken connection and has let the answer go.
    """
    is_lost = isinstance(outcome, APIConnectionError) and not isinstance(outcome, APITimeoutError)
    return is_lost and call.size > LARGE


def refusal_of(outcome: Reply | APIConnectionError) -> Reply | None:
    """What a call that was held back was refused with; None when nobody had anything against it.

    408 and 5xx are about the body that did not come.
    """
    if not isinstance(outcome, Reply) or outcome.status == 408:
        return None
    return outcome if 400 <= outcome.status < 500 else None
