"""What a rule decides by, it reads under a lock: each rule meets one that is not through yet."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.reauthentication import NeedsRecentSignIn
from accounts.services import switch_account
from accounts.web.one_time_forms import FormUsed
from apikeys import tokens
from apikeys.lookup import KeyRefused, authenticate_key
from apikeys.models import APIKey, APIKeySecret, DisabledBy, TryReason
from apikeys.services import (
    KeyEnded,
    StateForbids,
    cancel_rotation,
    change_key,
    create_key,
    delete_key,
    disable_key,
    enable_key,
    finish_rotation,
    restore_key,
    revoke_key,
    rotate_key,
    tell_of_expiry,
)
from apikeys.usage.batch import Batch, Try
from apikeys.usage.write import write
from tests.apikeys.uses import call, caller
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


def test_an_expiry_that_is_being_moved_is_told_of_as_it_will_be(alice: User) -> None:
    key = make(alice)
    in_ten_days = timezone.now() + timedelta(days=10)
    change_key(key, expires_at=in_ten_days)
    with transaction.atomic():
        change_key(key, expires_at=in_ten_days + timedelta(days=20))
        other = Meanwhile(lambda: tell_of_expiry(in_ten_days - timedelta(hours=1)))
        assert other.waits()
    assert other.result() == 0


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


def test_a_key_that_is_being_rotated_is_not_rotated_again(alice: User) -> None:
    key = make(alice)
    with transaction.atomic():
        rotate_key(key, grace=0)
        other = Meanwhile(lambda: rotate_key(key, grace=0))
        assert other.waits()
    assert isinstance(other.result(), StateForbids)
    assert APIKeySecret.objects.filter(key=key).count() == 2


def test_a_form_that_is_just_rotating_rotates_no_second_time(alice: User) -> None:
    key = make(alice)
    with transaction.atomic():
        rotate_key(key, grace=0, form_id="form-1")
        other = Meanwhile(lambda: rotate_key(key, grace=0, form_id="form-1"))
        assert other.waits()
    assert isinstance(other.result(), FormUsed)


@pytest.mark.parametrize("first", [finish_rotation, cancel_rotation])
@pytest.mark.parametrize("second", [finish_rotation, cancel_rotation])
def test_of_two_ends_of_a_rotation_the_first_counts(
    alice: User, first: Callable[[APIKey], APIKey], second: Callable[[APIKey], APIKey]
) -> None:
    key = make(alice)
    rotate_key(key, grace=3600)
    with transaction.atomic():
        first(key)
        other = Meanwhile(lambda: second(key))
        assert other.waits()
    assert str(other.result()) == "This key is not rotating."
    ended = list(APIKeySecret.objects.order_by("pk").values_list("retires_at", flat=True))
    assert [at is not None for at in ended] == ([True, False] if first is finish_rotation else [False])


def test_the_first_use_of_a_secret_that_is_being_cancelled_is_refused(alice: User) -> None:
    key = make(alice)
    _, new = rotate_key(key, grace=3600)
    with transaction.atomic():
        cancel_rotation(key)
        other = Meanwhile(lambda: authenticate_key(tokens.parse(new), call()))
        assert other.waits()
    refusal = other.result()
    assert isinstance(refusal, KeyRefused)
    assert str(refusal) == "The API key is invalid."
    secret = APIKeySecret.objects.get()
    assert (secret.first_used_at, secret.retires_at) == (None, None)


def test_a_rotation_whose_new_secret_is_just_being_used_is_not_cancelled(alice: User) -> None:
    key = make(alice)
    _, new = rotate_key(key, grace=3600)
    with transaction.atomic():
        authenticate_key(tokens.parse(new), call())
        other = Meanwhile(lambda: cancel_rotation(key))
        assert other.waits()
    assert str(other.result()) == "The new secret is in use already. Finish the rotation instead."


def test_a_first_use_that_meets_the_end_of_the_rotation_gives_the_old_secret_no_grace(alice: User) -> None:
    key, old = create_key(alice, name="Backup", permission="read-only")
    _, new = rotate_key(key, grace=3600)
    with transaction.atomic():
        finish_rotation(key)
        other = Meanwhile(lambda: authenticate_key(tokens.parse(new), call()))
        assert other.waits()
    assert other.result().key.pk == key.pk
    with pytest.raises(KeyRefused):
        authenticate_key(tokens.parse(old), call())


def test_of_two_first_uses_the_first_begins_the_grace(alice: User) -> None:
    key = make(alice)
    _, new = rotate_key(key, grace=3600)
    with transaction.atomic():
        authenticate_key(tokens.parse(new), call())
        moments = list(APIKeySecret.objects.order_by("pk").values_list("first_used_at", "retires_at"))
        other = Meanwhile(lambda: authenticate_key(tokens.parse(new), call()))
        assert other.waits()
    assert other.result().key.pk == key.pk
    assert list(APIKeySecret.objects.order_by("pk").values_list("first_used_at", "retires_at")) == moments


def test_a_key_that_is_being_deleted_is_neither_disabled_nor_enabled(alice: User) -> None:
    for rule in (disable_key, enable_key):
        key = make(alice, f"Backup {rule.__name__}")
        with transaction.atomic():
            delete_key(key)
            other = Meanwhile(lambda rule=rule, key=key: rule(key))  # type: ignore[misc]
            assert other.waits()
        assert isinstance(other.result(), KeyEnded)


def test_a_time_that_meets_a_disabling_under_way_does_not_shorten_it(alice: User) -> None:
    key = make(alice)
    with transaction.atomic():
        disable_key(key, by=DisabledBy.STAFF)
        other = Meanwhile(lambda: disable_key(key, seconds=60))
        assert other.waits()
    assert isinstance(other.result(), StateForbids)
    assert APIKey.objects.values_list("disabled_by", "disabled_until").get() == ("staff", None)


def test_the_owner_does_not_enable_what_staff_are_just_disabling(alice: User) -> None:
    key = disable_key(make(alice))
    with transaction.atomic():
        disable_key(key, by=DisabledBy.STAFF)
        other = Meanwhile(lambda: enable_key(key))
        assert other.waits()
    assert isinstance(other.result(), StateForbids)
    assert APIKey.objects.get().disabled_by == "staff"


def test_two_processes_keep_to_fifty_of_those_not_let_in_a_day_together(alice: User) -> None:
    """Tries alone: a use would wait for the key's row anyway, where its last use is written."""
    key = make(alice)

    def batch(first: int) -> Batch:
        made = Batch()
        for number in range(first, first + 40):
            made.note_try(Try(key.pk, TryReason.WRONG_SECRET, caller(number), timezone.now()))
        return made

    with transaction.atomic():
        write(batch(0))
        other = Meanwhile(lambda: write(batch(100)))
        assert other.waits()
    assert other.result() is None
    assert key.tries.count() == 51
    assert key.tries.get(is_rest=True).requests == 30
