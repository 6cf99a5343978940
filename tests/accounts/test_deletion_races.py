"""An account deleted while requests of its owner run: either comes first, neither breaks."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from accounts.services import create_user
from api.oauth.models import AccessToken, AuthorizationCode, RefreshToken
from tests.api.oauth.flow import exchange, get_code, make_app, refresh
from tests.api.projects.test_races import at_once
from tests.fixtures import PASSWORD, signed_in

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
ROUNDS = 8


def race(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls return when all begin at once."""
    return at_once(len(calls), lambda number: calls[number]())


def test_an_exchange_and_a_refresh_during_the_deletion_of_their_user_break_neither(bob: User) -> None:
    app, seen = make_app(bob), set()
    for number in range(ROUNDS):
        user = create_user(email=f"alice{number}@example.com", name="Alice", password=PASSWORD)
        browser = signed_in(user)
        pair = exchange(app, get_code(browser, app)).json()
        code = get_code(browser, app)
        exchanged, refreshed, deleted = race(
            partial(exchange, app, code),
            partial(refresh, app, pair["refresh_token"]),
            User.objects.filter(pk=user.pk).delete,
        )
        assert deleted[1]["accounts.User"] == 1
        seen |= {exchanged.status_code, refreshed.status_code}
    assert seen <= {200, 400}
    assert not User.objects.exclude(pk=bob.pk).exists()
    for model in (AccessToken, RefreshToken, AuthorizationCode):
        assert not model.objects.exists()


def test_another_persons_exchange_during_the_deletion_of_the_apps_owner_breaks_neither(alice: User) -> None:
    browser = signed_in(alice)
    for number in range(ROUNDS):
        owner = create_user(email=f"bob{number}@example.com", name="Bob", password=PASSWORD)
        app = make_app(owner)
        code = get_code(browser, app)
        exchanged, deleted = race(partial(exchange, app, code), owner.delete)
        assert deleted[1]["accounts.User"] == 1
        assert exchanged.status_code in (200, 400, 401)
    assert not AccessToken.objects.exists()
