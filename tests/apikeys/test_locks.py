"""What a rule decides by, it reads under a lock: each rule meets one that is not through yet."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.reauthentication import NeedsRecentSignIn
from accounts.services import switch_account
from accounts.web.one_time_forms import FormUsed
from apikeys.models import APIKey
from apikeys.services import KeyEnded, change_key, create_key, delete_key, enable_key, restore_key, revoke_key
from tests.meanwhile import Meanwhile

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks are PostgreSQL's"),
]
TOO_MANY = "You have 50 live keys, which is the most. Delete one that is not used any more."


def make(user: User, name: str = "Backup", form_id: str | None = None) -> APIKey:
    return create_key(user, name=name, permission="read-only", form_id=form_id)[0]


def test_of_two_changes_of_different_things_both_stay(alice: User) -> None:
    key = make(alice)
    with transaction.atomic():
        change_key(key, name="Renamed")
        other = Meanwhile(lambda: change_key(key, permission="read-write"))
        assert other.waits()
    assert other.result().permission == "read-write"
    assert APIKey.objects.values_list("name", "permission").get() == ("Renamed", "read-write")


def test_a_key_that_is_being_deleted_cannot_be_deleted_again(alice: User) -> None:
    key = make(alice)
    with transaction.atomic():
        deleted_at = delete_key(key).deleted_at
        other = Meanwhile(lambda: delete_key(key))
        assert other.waits()
    assert str(other.result()) == "This key is deleted already."
    assert APIKey.objects.get().deleted_at == deleted_at


def test_a_key_that_is_being_revoked_cannot_be_restored(alice: User) -> None:
    key = delete_key(make(alice))
    with transaction.atomic():
        revoke_key(key, reason="leaked", by="staff")
        other = Meanwhile(lambda: restore_key(key))
        assert other.waits()
    assert isinstance(other.result(), KeyEnded)
    assert APIKey.objects.get().state == "revoked"


def test_a_key_is_revoked_once_for_the_first_reason(alice: User) -> None:
    key = make(alice)
    with transaction.atomic():
        revoke_key(key, reason="first", by="staff")
        other = Meanwhile(lambda: revoke_key(key, reason="second", by="staff"))
        assert other.waits()
    assert isinstance(other.result(), KeyEnded)
    assert APIKey.objects.get().revoked_reason == "first"


def test_the_51st_key_waits_for_the_50th_and_is_refused(alice: User) -> None:
    for number in range(49):
        make(alice, f"Key {number}")
    with transaction.atomic():
        make(alice, "The 50th")
        other = Meanwhile(lambda: make(alice, "The 51st"))
        assert other.waits()
    refusal = other.result()
    assert isinstance(refusal, ValidationError)
    assert refusal.messages == [TOO_MANY]


def test_a_key_is_not_restored_beside_the_50th(alice: User) -> None:
    gone = delete_key(make(alice, "Gone"))
    for number in range(49):
        make(alice, f"Key {number}")
    with transaction.atomic():
        make(alice, "The 50th")
        other = Meanwhile(lambda: restore_key(gone))
        assert other.waits()
    refusal = other.result()
    assert isinstance(refusal, ValidationError)
    assert refusal.messages == [TOO_MANY]


def test_a_form_that_is_just_making_a_key_makes_no_second(alice: User) -> None:
    with transaction.atomic():
        make(alice, "First", form_id="form-1")
        other = Meanwhile(lambda: make(alice, "Second", form_id="form-1"))
        assert other.waits()
    assert isinstance(other.result(), FormUsed)
    assert APIKey.objects.get().name == "First"


def test_a_key_is_neither_made_nor_enabled_by_what_an_account_being_switched_off_let_in(alice: User) -> None:
    make(alice)
    APIKey.objects.update(disabled_at=timezone.now(), disabled_by="owner")
    for late in (
        lambda: make(User.objects.get(pk=alice.pk), "Late"),
        lambda: enable_key(User.objects.get(pk=alice.pk).api_keys.with_public_id().get()),
    ):
        with transaction.atomic():
            switch_account(alice, active=False)
            switch_account(alice, active=True)
            other = Meanwhile(late)
            assert other.waits()
        assert isinstance(other.result(), NeedsRecentSignIn)
    assert APIKey.objects.get().state == "disabled"
