"""Refresh tokens: rotation, reuse, narrowing and their two ends (RFC 6749, section 6; RFC 9700, 4.14)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from api.oauth.models import AccessToken, RefreshToken
from apikeys.tokens import Kind, generate
from tests.api.oauth.flow import (
    App,
    assert_invalid_grant,
    call,
    connect,
    exchange,
    get_code,
    is_live,
    post,
    refresh,
)
from tests.cases import cases
from tests.mailbox import mailbox

pytestmark = pytest.mark.database
DAY = 86400


USED = "The refresh token was used already."
REVOKED = "It was revoked."
EXPIRED = "The refresh token has expired. Ask the user again."


def test_a_refresh_gives_a_new_pair_and_ends_the_old_one(alice_browser: Client, app: App) -> None:
    old = connect(alice_browser, app)
    response = refresh(app, old["refresh_token"])
    assert response.status_code == 200
    new = response.json()
    assert new.keys() == old.keys()
    assert new["scope"] == "read write"
    assert not {new["access_token"], new["refresh_token"]} & {old["access_token"], old["refresh_token"]}
    assert is_live(app, old) == (False, False)
    assert is_live(app, new) == (True, True)
    assert RefreshToken.objects.filter(revoked=None).count() == 1


def test_a_public_app_refreshes_by_naming_itself(alice_browser: Client, public_app: App) -> None:
    tokens = connect(alice_browser, public_app)
    response = refresh(public_app, tokens["refresh_token"])
    assert response.status_code == 200
    assert call(response.json()["access_token"]).status_code == 200
    assert call(tokens["access_token"]).status_code == 401


def test_a_retry_within_ten_seconds_is_refused_and_nothing_else_happens(
    alice_browser: Client, app: App, clock: time_machine.Traveller
) -> None:
    old = connect(alice_browser, app)
    new = refresh(app, old["refresh_token"]).json()
    for seconds in (0, 5, 5):
        clock.shift(seconds)
        assert_invalid_grant(refresh(app, old["refresh_token"]), USED)
    assert is_live(app, new) == (True, True)
    assert not Activity.objects.filter(event="token_reuse").exists()
    assert not [mail for mail in mailbox() if "disconnected" in mail.subject]


Commits = Callable[..., AbstractContextManager[list[Any]]]


def test_a_later_replay_ends_the_family_and_tells_the_user_once(
    alice: User,
    alice_browser: Client,
    app: App,
    clock: time_machine.Traveller,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    old = connect(alice_browser, app)
    bystander = connect(alice_browser, app)
    new = refresh(app, old["refresh_token"]).json()
    newest = refresh(app, new["refresh_token"]).json()
    clock.shift(10.001)
    with django_capture_on_commit_callbacks(execute=True):
        assert_invalid_grant(refresh(app, old["refresh_token"]), USED)
    assert is_live(app, newest) == (False, False)
    assert_invalid_grant(refresh(app, newest["refresh_token"]), REVOKED)
    assert is_live(app, bystander) == (True, True)
    with django_capture_on_commit_callbacks(execute=True):
        for spent in (old, new, newest, old):
            clock.shift(60)
            refresh(app, spent["refresh_token"])
    line = Activity.objects.get(event="token_reuse")
    assert (line.user, line.credential, line.details) == (alice, app.id, {"name": "Acme Sync"})
    assert line.ip == "127.0.0.1"
    spent_at = RefreshToken.objects.exclude(rotated_at=None).values_list("rotated_at", "revoked")
    assert [revoked for _, revoked in spent_at] == [rotated for rotated, _ in spent_at]
    [message] = [mail for mail in mailbox() if "disconnected" in mail.subject]
    assert message.to == ["alice@example.com"]
    assert message.subject == "[Craft] Acme Sync was disconnected"
    assert f"Hello {alice.get_full_name()}," in message.body
    assert "http://localhost:8000/settings/connected-apps/" in message.body
    assert "craft_ort" not in message.body


def test_a_replay_by_another_app_harms_nobody(
    alice_browser: Client, app: App, other_app: App, public_app: App, clock: time_machine.Traveller
) -> None:
    old = connect(alice_browser, app)
    new = refresh(app, old["refresh_token"]).json()
    clock.shift(60)
    for thief in (other_app, public_app):
        for token in (old["refresh_token"], new["refresh_token"]):
            assert_invalid_grant(refresh(thief, token), "The refresh token is invalid or was revoked.")
    assert is_live(app, new) == (True, True)


@pytest.mark.matrix  # to the second
@pytest.mark.parametrize(("seconds", "lives"), [(30 * DAY - 1, True), (30 * DAY, False), (60 * DAY, False)])
def test_a_refresh_token_that_is_not_used_dies_after_thirty_days(
    alice_browser: Client, app: App, clock: time_machine.Traveller, seconds: int, lives: bool
) -> None:
    tokens = connect(alice_browser, app)
    clock.shift(seconds)
    assert is_live(app, tokens) == (False, lives)
    response = refresh(app, tokens["refresh_token"])
    if lives:
        assert response.status_code == 200
    else:
        assert_invalid_grant(response, EXPIRED)


def test_ninety_days_after_the_consent_it_is_over_however_often_it_was_used(
    alice_browser: Client, app: App, clock: time_machine.Traveller
) -> None:
    code = get_code(alice_browser, app)
    clock.shift(30)  # the exchange does not begin a new count
    tokens = exchange(app, code).json()
    for _ in range(4):
        clock.shift(20 * DAY)
        tokens = refresh(app, tokens["refresh_token"]).json()
    clock.shift(10 * DAY - 31)
    tokens = refresh(app, tokens["refresh_token"]).json()
    clock.shift(1)
    assert_invalid_grant(refresh(app, tokens["refresh_token"]), EXPIRED)
    assert is_live(app, tokens) == (True, False)
    clock.shift(3600)
    assert is_live(app, tokens) == (False, False)


@pytest.mark.matrix  # each kind
@cases("kind", [kind for kind in Kind if kind != Kind.REFRESH_TOKEN])
def test_another_kind_of_token_is_no_refresh_token(alice_browser: Client, app: App, kind: Kind) -> None:
    tokens = connect(alice_browser, app)
    forged = generate(kind)
    RefreshToken.objects.update(token_checksum=forged.digest.hex())
    unknown = "The refresh token is invalid or was revoked."
    assert_invalid_grant(refresh(app, forged.raw), unknown)
    assert_invalid_grant(refresh(app, tokens["access_token"]), unknown)
    assert_invalid_grant(refresh(app, forged.digest.hex()), unknown)


@pytest.mark.matrix  # what it costs
def test_cost_is_bounded_whatever_the_number_of_tokens(
    alice_browser: Client, app: App, django_assert_max_num_queries: Any
) -> None:
    tokens = connect(alice_browser, app)
    for _ in range(5):
        connect(alice_browser, app)
        tokens = refresh(app, tokens["refresh_token"]).json()
    with django_assert_max_num_queries(
        11
    ) as done:  # SAVEPOINT and RELEASE of the test's own transaction included
        tokens = refresh(app, tokens["refresh_token"]).json()
    assert len([each for each in done.captured_queries if "SAVEPOINT" not in each["sql"]]) < 10
    code = get_code(alice_browser, app)
    with django_assert_max_num_queries(13):
        assert exchange(app, code).status_code == 200
    with django_assert_max_num_queries(1):
        assert call(tokens["access_token"]).status_code == 200


def test_no_rows_are_left_behind_by_refused_requests(alice_browser: Client, app: App, other_app: App) -> None:
    tokens = connect(alice_browser, app)
    before = AccessToken.objects.count(), RefreshToken.objects.count()
    refresh(other_app, tokens["refresh_token"])
    refresh(app, tokens["refresh_token"], scope="admin")
    refresh(app, tokens["refresh_token"], client_secret="x")
    post("/v1/oauth/token", {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    assert (AccessToken.objects.count(), RefreshToken.objects.count()) == before


def test_what_the_person_did_since_is_said(alice: User, alice_browser: Client, app: App) -> None:
    tokens, rows = connect(alice_browser, app), User.objects.filter(pk=alice.pk)
    authorized_at = RefreshToken.objects.get().authorized_at
    for since, words in (
        ({"is_active": False}, "The user's account is deactivated."),
        ({"is_active": True, "closing_at": timezone.now()}, "The user's account is closing."),
        (
            {"closing_at": None, "oauth_valid_after": authorized_at + timedelta(microseconds=1)},
            "The user has ended all access. Ask the user again.",
        ),
    ):
        rows.update(**since)
        assert_invalid_grant(refresh(app, tokens["refresh_token"]), words)
    rows.update(oauth_valid_after=authorized_at)  # the very moment is not before it
    assert is_live(app, tokens) == (True, True)
    assert refresh(app, tokens["refresh_token"]).status_code == 200
