"""A key works until a moment, and at that very moment no more."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.web.client import Client
from apikeys import tokens
from apikeys.lookup import KeyRefused, authenticate_key
from apikeys.models import APIKey, APIKeySecret
from apikeys.services import create_key
from tests.apikeys.uses import call

LAPTOP = Client(ip="203.0.113.7", agent="curl/8.5")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("ends", ["the key", "its secret"])
def test_a_key_ends_at_the_very_moment_when_it_or_its_secret_does(
    alice: User, time_machine: TimeMachineFixture, ends: str
) -> None:
    time_machine.move_to(NOON - timedelta(hours=1), tick=False)
    _, raw = create_key(alice, name="Reports", permission="read-only")
    if ends == "the key":
        APIKey.objects.update(expires_at=NOON)
    else:
        APIKeySecret.objects.update(retires_at=NOON)
    time_machine.move_to(NOON - TICK, tick=False)
    assert authenticate_key(tokens.parse(raw), call(LAPTOP)).user == alice
    time_machine.move_to(NOON, tick=False)
    reason = "The API key has expired." if ends == "the key" else "This secret was replaced by a rotation."
    with pytest.raises(KeyRefused, match=f"^{reason}"):
        authenticate_key(tokens.parse(raw), call(LAPTOP))
