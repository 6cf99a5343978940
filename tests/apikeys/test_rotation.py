"""Exchanging a key's secret: both work, and the old one's grace counts from the first use of the new one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from time_machine import TimeMachineFixture

from accounts.models import Activity, User
from accounts.reauthentication import NeedsRecentSignIn
from accounts.web.client import Client
from accounts.web.one_time_forms import FormUsed
from apikeys import tokens
from apikeys.lookup import FoundKey, KeyRefused, authenticate_key
from apikeys.models import APIKey, APIKeySecret, KeyState
from apikeys.rotation import Rotation, rotation_at
from apikeys.services import (
    GRACES,
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
)
from tests.apikeys.uses import LAPTOP, call
from tests.cases import cases

pytestmark = pytest.mark.database
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
REPLACED = "This secret was replaced by a rotation. Use the key's new one."
NOT_ROTATING = "This key is not rotating."
Key = tuple[APIKey, str]


class Clock:
    """The time of the test."""

    def __init__(self, time_machine: TimeMachineFixture) -> None:
        self._machine = time_machine
        self.set(NOON)

    def set(self, moment: datetime) -> None:
        self._machine.move_to(moment, tick=False)


@pytest.fixture
def clock(time_machine: TimeMachineFixture) -> Clock:
    return Clock(time_machine)


@pytest.fixture
def key(clock: Clock, alice: User) -> Key:
    """Alice's key, which has been used: (row, raw key)."""
    key, raw = create_key(alice, name="Reports bot", permission="read-only")
    use(raw)
    return key, raw


def use(raw: str, client: Client = LAPTOP) -> FoundKey:
    return authenticate_key(tokens.parse(raw), call(client))


def refusal(raw: str) -> str:
    with pytest.raises(KeyRefused) as refused:
        use(raw)
    return str(refused.value)


def forbidden(rule: Callable[..., object], *args: object, **kwargs: object) -> str:
    with pytest.raises(StateForbids) as refused:
        rule(*args, **kwargs)
    return str(refused.value)


def rotation_of(key: APIKey, now: datetime = NOON) -> Rotation:
    rotation = rotation_at(APIKey.objects.get(pk=key.pk), now)
    assert rotation is not None
    return rotation


def test_a_key_keeps_what_it_is_and_gets_a_second_secret_of_which_only_the_digest_is_kept(key: Key) -> None:
    row, old = key
    before = APIKey.objects.values().get()
    rotated, new = rotate_key(row, grace=3600, client=LAPTOP)
    assert APIKey.objects.values().get() == before
    assert tokens.parse(new).public_id == rotated.public_id != tokens.parse(old).public_id
    rotation = rotation_of(row)
    assert bytes(rotation.new.digest) == tokens.parse(new).digest
    assert (rotation.grace, rotation.started_at) == (HOUR, NOON)
    assert (rotation.new_used_at, rotation.ends_at) == (None, None)
    line = Activity.objects.get(event="key_rotated")
    assert (line.credential, line.ip) == (row.uid, "203.0.113.7")
    assert line.details == {"name": "Reports bot", "step": "started", "grace": 3600}
    assert new[-38:] not in str(line.details)


def test_both_secrets_work_for_as_long_as_the_new_one_is_not_used(key: Key, clock: Clock) -> None:
    row, old = key
    rotate_key(row, grace=3600)
    clock.set(NOON + 400 * DAY)
    assert use(old).ends_at is None
    assert rotation_of(row, NOON + 400 * DAY).ends_at is None


@pytest.mark.parametrize("grace", [grace for grace in GRACES if grace])
def test_the_grace_counts_from_the_first_use_of_the_new_secret(key: Key, clock: Clock, grace: int) -> None:
    row, old = key
    _, new = rotate_key(row, grace=grace)
    used_at = NOON + 3 * DAY
    end = used_at + timedelta(seconds=grace)
    clock.set(used_at)
    assert use(new).ends_at is None
    rotation = rotation_of(row, used_at)
    assert (rotation.new_used_at, rotation.ends_at) == (used_at, end)
    clock.set(end - SECOND)
    use(new)  # a later use moves nothing
    assert use(old).ends_at == end
    clock.set(end)
    assert refusal(old) == REPLACED
    use(new)
    assert rotation_at(APIKey.objects.get(), end) is None


def test_with_no_grace_the_old_secret_ends_at_the_first_use_of_the_new_one(key: Key, clock: Clock) -> None:
    row, old = key
    _, new = rotate_key(row, grace=0)
    clock.set(NOON + DAY)
    use(old)
    use(new)
    assert refusal(old) == REPLACED
    assert rotation_at(APIKey.objects.get(), NOON + DAY) is None


@cases("grace", [-1, 1, 3599, 86_401, 10**30])
def test_a_grace_that_is_not_in_the_list_is_refused(key: Key, grace: int) -> None:
    with pytest.raises(ValidationError) as refused:
        rotate_key(key[0], grace=grace)
    assert refused.value.message_dict == {"grace": ["Grace must be one of 0, 3600, 86400, 604800 seconds."]}
    assert APIKeySecret.objects.count() == 1


@pytest.mark.parametrize("is_new_used", [False, True])
def test_finishing_ends_the_old_secret_whether_the_new_one_was_used_or_not(
    key: Key, clock: Clock, is_new_used: bool
) -> None:
    row, old = key
    _, new = rotate_key(row, grace=86_400)
    if is_new_used:
        use(new)
    finished = finish_rotation(row, LAPTOP)
    assert finished.public_id == tokens.parse(new).public_id
    assert refusal(old) == REPLACED
    use(new)
    assert rotation_at(finished, NOON) is None
    assert Activity.objects.filter(event="key_rotated").latest("pk").details["step"] == "finished"
    clock.set(NOON + 10 * DAY)
    assert refusal(old) == REPLACED


@pytest.mark.parametrize("end", ["finish", "no grace"])
def test_no_clock_that_goes_back_brings_a_replaced_secret_back(key: Key, clock: Clock, end: str) -> None:
    row, old = key
    clock.set(NOON + HOUR)
    _, new = rotate_key(row, grace=0)
    clock.set(NOON + 2 * HOUR)
    if end == "finish":
        finish_rotation(row)
    else:
        use(new)
    clock.set(NOON + HOUR)
    assert refusal(old) == REPLACED
    assert rotation_at(APIKey.objects.get(), NOON + HOUR) is None
    use(new)


def test_a_rotation_of_a_clock_that_went_back_ends_all_the_same(key: Key, clock: Clock) -> None:
    row, old = key
    rotate_key(row, grace=86_400)
    clock.set(NOON - HOUR)
    finish_rotation(row)
    assert refusal(old) == REPLACED


def test_cancelling_ends_the_new_secret_for_good(key: Key) -> None:
    row, old = key
    _, new = rotate_key(row, grace=86_400)
    cancelled = cancel_rotation(row, client=LAPTOP)
    assert cancelled.public_id == tokens.parse(old).public_id
    assert refusal(new) == "The API key is invalid."
    use(old)
    assert rotation_at(cancelled, NOON) is None
    assert Activity.objects.filter(event="key_rotated").latest("pk").details["step"] == "cancelled"
    rotate_key(row, grace=0)
    assert APIKeySecret.objects.count() == 2


def test_a_rotation_whose_new_secret_is_in_use_cannot_be_cancelled(key: Key) -> None:
    row, old = key
    _, new = rotate_key(row, grace=86_400)
    use(new)
    assert forbidden(cancel_rotation, row) == (
        "The new secret is in use already. Finish the rotation instead."
    )
    use(old)
    use(new)


def test_rotating_and_cancelling_take_a_recent_sign_in_and_finishing_does_not(key: Key) -> None:
    row, old = key
    with pytest.raises(NeedsRecentSignIn):
        rotate_key(row, grace=0, may_rotate=False)
    assert APIKeySecret.objects.count() == 1
    rotate_key(row, grace=0)
    with pytest.raises(NeedsRecentSignIn):
        cancel_rotation(row, may_cancel=False)
    assert APIKeySecret.objects.count() == 2
    finish_rotation(row)
    assert refusal(old) == REPLACED


def test_a_key_that_is_rotating_cannot_be_rotated_until_that_ends(key: Key, clock: Clock) -> None:
    row, _ = key
    _, second = rotate_key(row, grace=3600)
    rotating = "This key is rotating already. Finish or cancel that first."
    assert forbidden(rotate_key, row, grace=0) == rotating
    use(second)
    assert forbidden(rotate_key, row, grace=0) == rotating
    clock.set(NOON + HOUR)
    _, third = rotate_key(row, grace=0)
    use(second)
    use(third)
    assert refusal(second) == REPLACED
    assert APIKeySecret.objects.filter(key=row).count() == 3


@pytest.mark.parametrize("rule", [finish_rotation, cancel_rotation])
def test_what_is_not_rotating_is_neither_finished_nor_cancelled(
    key: Key, rule: Callable[[APIKey], APIKey]
) -> None:
    row, _ = key
    assert forbidden(rule, row) == NOT_ROTATING
    rotate_key(row, grace=0)
    finish_rotation(row)
    assert forbidden(rule, row) == NOT_ROTATING
    rotate_key(row, grace=0)
    cancel_rotation(row)
    assert forbidden(rule, row) == NOT_ROTATING


def disabled(key: APIKey) -> APIKey:
    return disable_key(key)


def expired(key: APIKey) -> APIKey:
    APIKey.objects.filter(pk=key.pk).update(expires_at=NOON)
    return key


def deleted(key: APIKey) -> APIKey:
    return delete_key(key)


def revoked(key: APIKey) -> APIKey:
    return revoke_key(key, reason="leaked", by="staff")


@cases(
    ("end", "message"),
    [
        (disabled, "This key is disabled. Enable it, then rotate it."),
        (expired, "This key has expired. Extend it, then rotate it."),
        (deleted, "This key is deleted already."),
        (revoked, "This key was revoked already."),
    ],
)
def test_a_key_that_does_not_work_is_not_rotated(
    key: Key, end: Callable[[APIKey], APIKey], message: str
) -> None:
    row, _ = key
    end(row)
    assert forbidden(rotate_key, row, grace=0) == message
    assert APIKeySecret.objects.count() == 1


@cases("rule", [finish_rotation, cancel_rotation])
@cases("end", [deleted, revoked])
def test_an_ended_key_is_neither_finished_nor_cancelled(
    key: Key, end: Callable[[APIKey], APIKey], rule: Callable[[APIKey], APIKey]
) -> None:
    row, _ = key
    rotate_key(row, grace=0)
    end(row)
    assert forbidden(rule, row).endswith("already.")


def test_a_rotating_key_that_is_disabled_or_expired_can_be_finished(key: Key, clock: Clock) -> None:
    row, old = key
    rotate_key(row, grace=86_400)
    disable_key(row)
    finish_rotation(row)
    enable_key(row)
    assert refusal(old) == REPLACED
    _, newest = rotate_key(row, grace=86_400)
    expired(row)
    finish_rotation(row)
    change_key(row, expires_at=NOON + DAY)
    use(newest)


def test_both_secrets_end_and_come_back_with_the_key(key: Key) -> None:
    row, old = key
    _, new = rotate_key(row, grace=86_400)
    delete_key(row)
    assert refusal(old) == refusal(new) == "The API key has been deleted."
    restore_key(row)
    use(old)
    disable_key(row)
    assert refusal(old) == refusal(new) == "The API key is disabled."
    # What is refused is no first use: the old secret's end is still open.
    assert rotation_of(row).ends_at is None
    assert APIKey.objects.get().state == KeyState.DISABLED


def test_one_form_rotates_once(key: Key) -> None:
    row, _ = key
    rotate_key(row, grace=0, form_id="form-1")
    finish_rotation(row)
    with pytest.raises(FormUsed) as used:
        rotate_key(row, grace=0, form_id="form-1")
    assert used.value.made.key_id == row.pk
    assert APIKeySecret.objects.count() == 2


def test_the_reason_is_told_only_to_who_holds_the_old_secret(key: Key) -> None:
    row, old = key
    rotate_key(row, grace=0)
    finish_rotation(row)
    body = old[:23] + ("A" * 32 if old[23:55] != "A" * 32 else "B" * 32)
    assert refusal(body + tokens.checksum(body)) == "The API key is invalid."


@cases(
    ("expires", "grace", "ends"),
    [(None, 3600, HOUR), (2 * DAY, 3600, HOUR), (DAY / 48, 3600, DAY / 48), (2 * DAY, None, 2 * DAY)],
)
def test_what_is_shown_ends_with_the_secret_or_with_the_key_whichever_is_earlier(
    key: Key, expires: timedelta | None, grace: int | None, ends: timedelta
) -> None:
    row, old = key
    APIKey.objects.filter(pk=row.pk).update(expires_at=NOON + expires if expires else None)
    if grace is not None:
        _, new = rotate_key(row, grace=grace)
        assert use(new).ends_at == (NOON + expires if expires else None)
    assert use(old).ends_at == NOON + ends
