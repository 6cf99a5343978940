"""What a deactivated account loses, and that it gets none of it back by being active again."""

from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.models import User
from accounts.reauthentication import NeedsRecentSignIn
from accounts.services import lock_unchanged, switch_account
from apikeys.models import APIKey, DisabledBy, KeyState
from apikeys.services import create_key, enable_key
from tests.api.oauth.flow import call, connect, exchange, get_code, make_app, refresh
from tests.fixtures import signed_in


def by_service(user: User, active: bool) -> None:
    switch_account(user, active=active)


def by_saving(user: User, active: bool) -> None:
    row = User.objects.get(pk=user.pk)
    row.is_active = active
    row.save()


def by_saving_the_field(user: User, active: bool) -> None:
    row = User.objects.get(pk=user.pk)
    row.is_active = active
    row.save(update_fields=["is_active"])


def by_update(user: User, active: bool) -> None:
    User.objects.filter(pk=user.pk).update(is_active=active)


def by_bulk_update(user: User, active: bool) -> None:
    row = User.objects.get(pk=user.pk)
    row.is_active = active
    User.objects.bulk_update([row], ["is_active"])


def by_the_admin(user: User, active: bool) -> None:
    sam = User.objects.get(email="sam@example.com")
    act = "activate" if active else "deactivate"
    path = f"/admin/accounts/user/{user.pk}/{act}/"
    assert signed_in(sam).post(path, {"reason": "Spam"}).status_code == 302


WAYS = [by_service, by_saving, by_saving_the_field, by_update, by_bulk_update, by_the_admin]
Switch = Callable[[User, bool], None]


@pytest.mark.parametrize("switch", WAYS)
@pytest.mark.long
def test_no_session_token_or_code_answers_again_and_keys_come_back_disabled(
    switch: Switch, alice: User, bob: User, sam: User, alice_browser: Client
) -> None:
    app = make_app(bob)
    tokens, code = connect(alice_browser, app), get_code(alice_browser, app)
    key, raw = create_key(alice, name="Reports bot", permission="read-only")
    program = Client(headers={"Authorization": f"Bearer {raw}"})
    assert program.get("/v1/me").status_code == 200

    switch(alice, False)
    assert program.get("/v1/me").status_code == 401
    switch(alice, True)

    assert signed_in(alice).get("/settings/profile/").status_code == 200
    assert alice_browser.get("/settings/profile/").status_code == 302
    assert alice_browser.get("/v1/me").status_code == 401
    assert call(tokens["access_token"]).status_code == 401
    assert refresh(app, tokens["refresh_token"]).status_code == 400
    assert exchange(app, code).status_code == 400
    response = program.get("/v1/me")
    assert response.status_code == 401
    assert "The API key is disabled." in response["WWW-Authenticate"]
    row = APIKey.objects.get(pk=key.pk)
    assert (row.state, row.disabled_for) == (KeyState.DISABLED, DisabledBy.REACTIVATION)


def test_the_rows_of_the_sessions_go_too(alice: User, alice_browser: Client) -> None:
    assert UserSession.objects.filter(user=alice).exists()
    switch_account(alice, active=False)
    assert not UserSession.objects.filter(user=alice).exists()
    assert not alice_browser.session.session_key or not alice_browser.session.exists(
        alice_browser.session.session_key
    )


@pytest.mark.matrix  # what is rare
@pytest.mark.parametrize("switch", [by_saving, by_update])
def test_to_switch_on_what_is_on_ends_nothing(switch: Switch, alice: User, alice_browser: Client) -> None:
    _, raw = create_key(alice, name="Reports bot", permission="read-only")
    switch(alice, True)
    assert alice_browser.get("/settings/profile/").status_code == 200
    assert Client(headers={"Authorization": f"Bearer {raw}"}).get("/v1/me").status_code == 200


def test_a_request_that_read_the_account_before_cannot_switch_it_on_again_by_saving(alice: User) -> None:
    before = User.objects.get(pk=alice.pk)
    switch_account(alice, active=False)
    moment = User.objects.get(pk=alice.pk).credentials_valid_after
    before.set_password("another-long-password")
    before.save()
    alice.refresh_from_db()
    assert alice.check_password("another-long-password")
    assert (alice.is_active, alice.credentials_valid_after) == (False, moment)
    assert alice.oauth_valid_after == moment


def test_a_request_that_read_the_account_before_it_was_deleted_does_not_bring_it_back(alice: User) -> None:
    before = User.objects.get(pk=alice.pk)
    alice.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        before.save()
    assert not User.objects.exists()


def test_what_began_before_makes_and_enables_no_key(alice: User) -> None:
    key, _ = create_key(alice, name="Reports bot", permission="read-only")
    switch_account(alice, active=False)
    switch_account(alice, active=True)
    key = alice.api_keys.with_public_id().get()
    before = User.objects.get(pk=alice.pk)
    key.user = before
    switch_account(alice, active=False)
    switch_account(alice, active=True)
    assert not lock_unchanged(before)
    with pytest.raises(NeedsRecentSignIn):
        create_key(before, name="Late", permission="read-only")
    with pytest.raises(NeedsRecentSignIn):
        enable_key(key)
    assert APIKey.objects.get().state == KeyState.DISABLED
