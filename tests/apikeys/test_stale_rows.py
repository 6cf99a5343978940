"""The caller's row of a key may be older than the database's: rules judge by the locked row."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Activity, User
from accounts.reauthentication import NeedsRecentSignIn
from apikeys.models import APIKey
from apikeys.services import change_key, create_key

NEAR = datetime(2126, 1, 1, tzinfo=UTC)


def make(user: User, expires_at: datetime | None = None) -> APIKey:
    return create_key(user, name="Backup", permission="read-only", expires_at=expires_at)[0]


def test_a_name_is_compared_with_the_one_the_key_has_now(alice: User) -> None:
    seen = make(alice)
    change_key(seen, name="Renamed meanwhile")
    assert change_key(seen, name="Backup").name == "Backup"
    assert APIKey.objects.get().name == "Backup"
    changes = [line.details["changed"]["name"] for line in Activity.objects.filter(event="key_changed")]
    assert changes == [["Backup", "Renamed meanwhile"], ["Renamed meanwhile", "Backup"]]


def test_whether_a_key_is_widened_is_judged_by_what_it_may_now(alice: User) -> None:
    seen, _ = create_key(alice, name="Backup", permission="read-write")
    change_key(seen, permission="read-only")
    with pytest.raises(NeedsRecentSignIn):
        change_key(seen, permission="read-write", may_widen=False)
    assert APIKey.objects.get().permission == "read-only"


def test_whether_a_key_is_extended_is_judged_by_when_it_ends_now(alice: User) -> None:
    seen = make(alice, NEAR + timedelta(days=2))
    change_key(seen, expires_at=NEAR)
    with pytest.raises(NeedsRecentSignIn):
        change_key(seen, expires_at=NEAR + timedelta(days=1), may_widen=False)
    assert APIKey.objects.get().expires_at == NEAR
