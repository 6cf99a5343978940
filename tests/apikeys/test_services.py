"""The rules about API keys: names, limits, ends, restoring, looking up."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from time_machine import TimeMachineFixture

from accounts.models import Activity, User
from accounts.web.client import Client
from accounts.web.one_time_forms import FormUsed
from apikeys import tokens
from apikeys.models import APIKey, APIKeySecret, KeyState
from apikeys.services import (
    KeyEnded,
    change_key,
    create_key,
    delete_ended_keys,
    delete_key,
    find_keys,
    is_key_id,
    keys_made_by,
    restore_key,
    revoke_key,
    revoke_keys_made_by,
    widens,
)
from tests.cases import cases

pytestmark = pytest.mark.database
LAPTOP = Client(ip="203.0.113.7", agent="curl/8.5")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TAKEN = "Name is already used by another live key. Choose a different one."


def make(user: User, name: str = "Reports bot", **kwargs: Any) -> APIKey:
    return create_key(user, name=name, permission=kwargs.pop("permission", "read-only"), **kwargs)[0]


def errors(call: Any, *args: Any, **kwargs: Any) -> dict[str, list[str]]:
    """What a refused call says, by field; "" holds what belongs to no field."""
    with pytest.raises(ValidationError) as refused:
        call(*args, **kwargs)
    if hasattr(refused.value, "error_dict"):
        return refused.value.message_dict
    return {"": refused.value.messages}


def log_of(user: User) -> list[tuple[str, str, dict[str, Any]]]:
    """The user's activity about keys, oldest first: (event, credential, details)."""
    lines = Activity.objects.filter(user=user, event__startswith="key_").order_by("pk")
    return list(lines.values_list("event", "credential", "details"))


def test_a_created_key_keeps_only_the_public_id_and_the_sha256_of_the_whole_key(alice: User) -> None:
    key, raw = create_key(alice, name="  Reports bot ", permission="read-only", client=LAPTOP)
    secret = APIKeySecret.objects.get(key=key)
    assert tokens.parse(raw).public_id == secret.public_id == key.public_id
    assert bytes(secret.digest) == hashlib.sha256(raw.encode()).digest()
    assert (key.name, key.permission, key.state, key.expires_at) == (
        "Reports bot",
        "read-only",
        KeyState.ACTIVE,
        None,
    )
    assert key.uid.startswith("key_")
    for row in (
        APIKey.objects.values().get(),
        APIKeySecret.objects.values().get(),
        *Activity.objects.values(),
    ):
        assert raw[23:] not in repr(row)


@cases(
    ("name", "message"),
    [
        ("", "Name is empty. Enter at least one character."),
        (" \t\u3000\n", "Name is empty. Enter at least one character."),
        ("\u200d\u200c", "Name is empty. Enter at least one character."),
        ("x" * 101, "Name has 101 characters. Use at most 100."),
        ("a\u200bb", "Name holds a control or invisible character. Type it again without."),
        ("a\u202eb", "Name holds a control or invisible character. Type it again without."),
        ("a\x00b", "Name holds a control or invisible character. Type it again without."),
        ("a\ud800b", "Name holds a control or invisible character. Type it again without."),
    ],
)
def test_a_bad_name_is_refused_with_the_reason(alice: User, name: str, message: str) -> None:
    assert errors(make, alice, name) == {"name": [message]}
    key = make(alice)
    assert errors(change_key, key, name=name) == {"name": [message]}
    assert APIKey.objects.get().name == "Reports bot"


@cases("permission", ["", "admin", "read-write ", "READ-ONLY", "read"])
def test_an_unknown_permission_is_refused(alice: User, permission: str) -> None:
    message = "Permission must be read-only or read-write."
    assert errors(make, alice, permission=permission) == {"permission": [message]}
    assert errors(change_key, make(alice), permission=permission) == {"permission": [message]}


def test_an_expiry_in_the_past_is_refused(alice: User, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)
    message = "Expiry is in the past. Choose a later moment."
    assert errors(make, alice, expires_at=NOON) == {"expires_at": [message]}
    key = make(alice, expires_at=NOON + timedelta(microseconds=1))
    assert key.state == KeyState.ACTIVE
    assert errors(change_key, key, expires_at=NOON) == {"expires_at": [message]}


@cases(
    ("first", "second"),
    [
        ("Reports", "REPORTS"),
        ("Straße", "STRASSE"),
        ("École", "e\u0301cole"),  # composed and decomposed
        ("fi", "\ufb01"),  # a ligature
        ("Bot 1", "Ｂｏｔ　１"),  # noqa: RUF001  full width
        ("Reports", "Re\u200dports"),
        ("\ufdfa" * 100, "\ufdfa" * 100),  # NFKC makes 18 characters of each
    ],
)
def test_names_that_look_the_same_are_the_same_name(alice: User, first: str, second: str) -> None:
    make(alice, first)
    assert errors(make, alice, second) == {"name": [TAKEN]}


def test_long_names_that_differ_at_the_end_only_are_different_names(alice: User) -> None:
    make(alice, "\ufdfa" * 99 + "a")
    make(alice, "\ufdfa" * 99 + "b")


def test_a_name_is_taken_by_live_keys_of_the_same_user_only(alice: User, bob: User) -> None:
    deleted, revoked, expired = make(alice, "Deleted"), make(alice, "Revoked"), make(alice, "Expired")
    delete_key(deleted)
    revoke_key(revoked, reason="leaked", by="staff")
    APIKey.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(days=30))
    make(alice, "Deleted")
    make(alice, "Revoked")
    make(bob, "Expired")
    assert errors(make, alice, "Expired") == {"name": [TAKEN]}


def test_a_key_can_be_renamed_to_another_spelling_of_its_own_name_but_not_to_anothers(alice: User) -> None:
    key = make(alice, "reports")
    make(alice, "Deploy")
    assert change_key(key, name="Reports").name == "Reports"
    assert errors(change_key, key, name="DEPLOY") == {"name": [TAKEN]}
    assert APIKey.objects.get(pk=key.pk).name == "Reports"


def test_widening_is_from_read_only_to_read_write(alice: User) -> None:
    narrow, wide = make(alice, "narrow"), make(alice, "wide", permission="read-write")
    assert widens(narrow, "read-write")
    assert not widens(narrow, "read-only")
    assert not widens(wide, "read-only")
    assert not widens(wide, "read-write")


@pytest.mark.matrix  # as many as there may be
def test_the_51st_live_key_is_refused_and_ended_keys_do_not_count(alice: User, bob: User) -> None:
    keys = [make(alice, f"key {number}") for number in range(50)]
    message = "You have 50 live keys, which is the most. Delete one that is not used any more."
    assert errors(make, alice, "one more") == {"": [message]}
    make(bob, "not alice's")
    APIKey.objects.filter(pk=keys[0].pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert errors(make, alice, "one more") == {"": [message]}  # an expired key can come back
    delete_key(keys[1])
    make(alice, "one more")
    assert errors(restore_key, keys[1]) == {"": [message]}
    revoke_key(keys[2], reason="leaked", by="staff")
    assert restore_key(keys[1]).state == KeyState.ACTIVE
    assert alice.api_keys.live().count() == 50


def test_one_form_makes_one_key_also_after_that_key_has_ended(alice: User, bob: User) -> None:
    key = make(alice, form_id="form-1")
    with pytest.raises(FormUsed) as used:
        make(alice, "Another name", form_id="form-1")
    assert used.value.made == key
    delete_key(key)
    with pytest.raises(FormUsed):
        make(alice, "Another name", form_id="form-1")
    make(bob, form_id="form-1")


def test_a_deleted_key_is_ended_and_a_second_deletion_says_so(alice: User) -> None:
    key = make(alice)
    assert delete_key(key).state == KeyState.DELETED
    with pytest.raises(KeyEnded, match="This key is deleted already"):
        delete_key(key)
    with pytest.raises(KeyEnded, match="This key is deleted already"):
        change_key(key, name="Other")


def test_a_key_whose_row_is_gone_is_ended(alice: User) -> None:
    key = make(alice)
    APIKey.objects.all().delete()
    for call in (delete_key, restore_key, change_key):
        with pytest.raises(KeyEnded, match=r"^This key is deleted\.$"):
            call(key)


def test_a_deletion_can_be_undone_for_seven_days_and_not_a_moment_longer(
    alice: User, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOON, tick=False)
    key = delete_key(make(alice))
    assert key.restorable_until == NOON + timedelta(days=7)
    time_machine.move_to(NOON + timedelta(days=7), tick=False)
    with pytest.raises(KeyEnded, match="The 7 days in which this key could be restored are over"):
        restore_key(key)
    time_machine.move_to(NOON + timedelta(days=7) - timedelta(microseconds=1), tick=False)
    assert restore_key(key).state == KeyState.ACTIVE


def test_restoring_a_live_key_changes_and_logs_nothing(alice: User) -> None:
    key = make(alice)
    assert restore_key(key).state == KeyState.ACTIVE
    assert [event for event, *_ in log_of(alice)] == ["key_created"]


def test_a_restored_key_that_expired_meanwhile_comes_back_as_expired(
    alice: User, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOON, tick=False)
    key = delete_key(make(alice, expires_at=NOON + timedelta(days=1)))
    time_machine.move_to(NOON + timedelta(days=2), tick=False)
    assert restore_key(key).state == KeyState.EXPIRED


def test_a_key_is_not_restored_over_another_with_its_name(alice: User) -> None:
    key = delete_key(make(alice))
    make(alice, "REPORTS BOT")
    assert errors(restore_key, key) == {
        "": ["Another live key has this name now. Rename or delete that one, then restore this one."]
    }
    assert APIKey.objects.get(pk=key.pk).state == KeyState.DELETED


def test_a_revoked_key_cannot_be_restored_changed_deleted_or_revoked_again(alice: User) -> None:
    key = revoke_key(make(alice), reason="found on a public page", by="staff")
    assert (key.state, key.revoked_reason, key.restorable_until) == (
        KeyState.REVOKED,
        "found on a public page",
        None,
    )
    with pytest.raises(KeyEnded, match="cannot be undone"):
        restore_key(key)
    for call in (delete_key, change_key):
        with pytest.raises(KeyEnded, match="This key was revoked already"):
            call(key)
    with pytest.raises(KeyEnded, match="This key was revoked already"):
        revoke_key(key, reason="again", by="staff")
    assert APIKey.objects.get().revoked_reason == "found on a public page"


def test_a_deleted_key_can_be_revoked_which_ends_its_undo(alice: User) -> None:
    key = revoke_key(delete_key(make(alice)), reason="leaked", by="command line")
    assert key.state == KeyState.REVOKED
    with pytest.raises(KeyEnded, match="cannot be undone"):
        restore_key(key)


def test_everything_that_happens_to_a_key_is_in_its_owners_activity(alice: User) -> None:
    key = make(alice, client=LAPTOP)
    change_key(key, name="Reports", permission="read-write", client=LAPTOP)
    change_key(key, name="Reports", permission="read-write", client=LAPTOP)  # changes nothing
    delete_key(key, LAPTOP)
    restore_key(key, LAPTOP)
    revoke_key(key, reason="leaked", by="staff")
    changed = {"name": ["Reports bot", "Reports"], "permission": ["read-only", "read-write"]}
    assert log_of(alice) == [
        ("key_created", key.uid, {"name": "Reports bot", "permission": "read-only"}),
        ("key_changed", key.uid, {"name": "Reports", "changed": changed}),
        ("key_deleted", key.uid, {"name": "Reports"}),
        ("key_restored", key.uid, {"name": "Reports"}),
        ("key_revoked", key.uid, {"name": "Reports", "reason": "leaked", "by": "staff"}),
    ]
    clients = Activity.objects.filter(credential=key.uid).order_by("pk").values_list("ip", "user_agent")
    assert list(clients) == [("203.0.113.7", "curl/8.5")] * 4 + [(None, "")]


def test_a_refused_creation_leaves_neither_key_nor_secret_nor_activity(alice: User) -> None:
    make(alice)
    errors(make, alice)
    assert (APIKey.objects.count(), APIKeySecret.objects.count(), len(log_of(alice))) == (1, 1, 1)


def test_a_key_is_found_by_every_way_to_name_it(alice: User) -> None:
    key, raw = create_key(alice, name="Reports bot", permission="read-only")
    make(alice, "Another")
    for text in (key.uid, key.public_id, f"craft_key_{key.public_id}", raw, f"  {raw}\n", raw[:-1]):
        assert [found.uid for found in find_keys(text)] == [key.uid], text
    assert find_keys(key.uid).get().public_id == key.public_id


@cases(
    "text",
    ["", "key_", "key_nothing", "Reports bot", "alice@example.com", "craft_key_", "key_\x00", "\ud800"],
)
def test_other_text_finds_no_key(alice: User, text: str) -> None:
    make(alice)
    assert list(find_keys(text)) == []


def test_the_case_of_an_id_matters(alice: User) -> None:
    key = make(alice)
    assert not find_keys(key.public_id.swapcase()).exists()
    assert not find_keys("key_" + key.uid[4:].swapcase()).exists()


def test_ended_keys_go_after_seven_days_with_all_that_belongs_to_them(
    alice: User, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOON, tick=False)
    live, expired = make(alice, "live"), make(alice, "expired", expires_at=NOON + timedelta(hours=1))
    deleted, revoked = make(alice, "deleted"), make(alice, "revoked")
    delete_key(deleted)
    revoke_key(revoked, reason="leaked", by="staff")
    assert delete_ended_keys(NOON + timedelta(days=7)) == 0
    assert delete_ended_keys(NOON + timedelta(days=7, microseconds=1)) == 2
    assert {key.pk for key in APIKey.objects.all()} == {live.pk, expired.pk}
    assert APIKeySecret.objects.count() == 2
    assert delete_ended_keys(NOON + timedelta(days=70)) == 0
    # What happened stays told.
    assert {credential for _, credential, _ in log_of(alice)} >= {deleted.uid, revoked.uid}


def test_listing_keys_with_their_public_ids_is_one_query(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        make(alice, f"key {number}")
    with django_assert_num_queries(1):
        assert len({key.shown_id for key in APIKey.objects.with_public_id()}) == 5


def test_deleting_an_account_deletes_its_keys(alice: User) -> None:
    make(alice)
    alice.delete()
    assert (APIKey.objects.count(), APIKeySecret.objects.count()) == (0, 0)


def test_a_text_names_a_key_whether_there_is_one_or_not() -> None:
    token = tokens.generate(tokens.Kind.API_KEY)
    other = tokens.generate(tokens.Kind.ACCESS_TOKEN)
    for text in ("key_0", token.public_id, f"craft_key_{token.public_id}", token.raw):
        assert is_key_id(text), text
    for text in ("", "key_", "key_é", "Reports bot", "proj_0000000000000000", other.raw):
        assert not is_key_id(text), text


def test_the_keys_of_an_app_are_the_live_ones_that_it_made(alice: User) -> None:
    theirs = make(alice, "By the app", made_by="grant_a")
    make(alice, "By another", made_by="grant_b")
    make(alice, "By Alice")
    delete_key(make(alice, "Deleted", made_by="grant_a"))
    assert list(keys_made_by("grant_a")) == [theirs]


def test_the_keys_of_an_app_end_but_those_that_staff_revoked_before(alice: User, bob: User) -> None:
    by_staff = revoke_key(make(alice, "By staff", made_by="grant_a"), reason="leaked", by="staff")
    restorable = delete_key(make(alice, "Deleted", made_by="grant_a"))
    live, others = make(alice, "Live", made_by="grant_a"), make(bob, made_by="grant_b")
    revoke_keys_made_by("grant_a")
    reasons = dict(APIKey.objects.values_list("pk", "revoked_reason"))
    told = "The app that made it was disconnected."
    assert reasons == {by_staff.pk: "leaked", restorable.pk: told, live.pk: told, others.pk: ""}
