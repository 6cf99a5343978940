"""What the Python SDK does with a key: rotate, disable, enable, restore, watch. Both clients, real server."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from craft_sdk import (
    APIConnectionError,
    APIKeyRotation,
    APIKeyUsage,
    ConflictError,
    CreatedAPIKey,
    ForbiddenError,
    InvalidRequestError,
    UnauthorizedError,
    UnexpectedAnswerError,
    __version__,
)
from tests.sdk.proxy import Proxy, proxying
from tests.sdk.python import Account, Make
from tests.sdk.server import Craft

pytestmark = pytest.mark.server
RECORDED_SECONDS = 60  # in which the server has written down a use: much more than it takes
ACTIONS = [
    ("rotate", "rotate"),
    ("finish_rotation", "rotation/finish"),
    ("cancel_rotation", "rotation/cancel"),
    ("disable", "disable"),
    ("enable", "enable"),
    ("restore", "restore"),
]


@pytest.fixture
def key(admin: Any) -> Iterator[CreatedAPIKey]:
    """A key that the app made."""
    made: CreatedAPIKey = admin.api_keys.create(name="To be cared for", permission="read-write")
    yield made
    admin.api_keys.delete(made.id)


def recorded(find: Callable[[], Any]) -> Any:
    """What is found once the server has written down what was used: it does so every few seconds."""
    deadline = time.monotonic() + RECORDED_SECONDS
    while not (found := find()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found


def works(make: Make, raw_key: str) -> bool:
    """Whether a call with this key is let in."""
    try:
        return bool(make(raw_key).me.get().id)
    except UnauthorizedError:
        return False


def test_a_key_is_exchanged_while_both_secrets_work(make: Make, admin: Any, key: CreatedAPIKey) -> None:
    new: CreatedAPIKey = admin.api_keys.rotate(key.id)

    assert (new.id, new.name, new.permission, new.state) == (key.id, key.name, key.permission, "active")
    assert new.key not in repr(new)
    assert new.key.startswith(f"craft_key_{new.public_id}_")
    assert new.key != key.key
    assert isinstance(new.rotation, APIKeyRotation)
    assert (new.rotation.grace, new.rotation.new_used_at, new.rotation.ends_at) == (86400, None, None)
    assert works(make, key.key)
    (late,) = recorded(lambda: admin.api_keys.get(key.id).rotation.old_callers)
    assert (late.address, late.user_agent.split()[0]) == ("127.0.0.1", f"craft-sdk-python/{__version__}")
    assert late.last_seen_at >= new.rotation.started_at

    assert works(make, new.key)
    assert works(make, key.key)
    under_way = admin.api_keys.get(key.id).rotation
    assert under_way.ends_at - under_way.new_used_at == timedelta(days=1)
    finished = admin.api_keys.finish_rotation(key.id)

    assert (finished.rotation, finished.public_id) == (None, new.public_id)
    assert works(make, new.key)
    assert not works(make, key.key)


def test_without_a_grace_the_old_secret_ends_at_the_first_use_of_the_new_one(
    make: Make, admin: Any, key: CreatedAPIKey
) -> None:
    new = admin.api_keys.rotate(key.id, grace=0)
    assert works(make, key.key)

    assert works(make, new.key)

    assert not works(make, key.key)
    assert admin.api_keys.get(key.id).rotation is None


def test_a_rotation_is_cancelled_while_its_secret_is_unused(
    make: Make, admin: Any, key: CreatedAPIKey
) -> None:
    unused = admin.api_keys.rotate(key.id, 3600)

    cancelled = admin.api_keys.cancel_rotation(key.id)

    assert (cancelled.rotation, cancelled.public_id) == (None, key.public_id)
    assert works(make, key.key)
    assert not works(make, unused.key)
    used = admin.api_keys.rotate(key.id, 3600)
    assert works(make, used.key)
    with pytest.raises(ConflictError):
        admin.api_keys.cancel_rotation(key.id)
    assert works(make, used.key)


def test_what_the_state_of_a_key_forbids_is_a_conflict(admin: Any, key: CreatedAPIKey) -> None:
    for forbidden in (admin.api_keys.finish_rotation, admin.api_keys.cancel_rotation):
        with pytest.raises(ConflictError):
            forbidden(key.id)
    admin.api_keys.rotate(key.id)
    with pytest.raises(ConflictError):
        admin.api_keys.rotate(key.id)
    with pytest.raises(InvalidRequestError) as info:
        admin.api_keys.rotate(key.id, grace=60)
    assert "grace" in info.value.details


def test_a_key_is_disabled_until_it_is_enabled(make: Make, admin: Any, key: CreatedAPIKey) -> None:
    disabled = admin.api_keys.disable(key.id)

    assert (disabled.state, disabled.disabled_until) == ("disabled", None)
    with pytest.raises(UnauthorizedError) as info:
        make(key.key).me.get()
    assert "disabled" in str(info.value)
    with pytest.raises(ConflictError):
        admin.api_keys.disable(key.id, for_seconds=600)
    assert admin.api_keys.enable(key.id).state == "active"
    assert works(make, key.key)


def test_a_key_is_disabled_for_a_time(make: Make, admin: Any, key: CreatedAPIKey) -> None:
    before = datetime.now(UTC)

    disabled = admin.api_keys.disable(key.id, for_seconds=600)

    assert disabled.state == "disabled"
    assert timedelta(seconds=599) < disabled.disabled_until - before < timedelta(seconds=700)
    assert not works(make, key.key)
    assert admin.api_keys.enable(key.id).disabled_until is None
    admin.api_keys.disable(key.id, 1)
    recorded(lambda: works(make, key.key))
    with pytest.raises(InvalidRequestError) as info:
        admin.api_keys.disable(key.id, for_seconds=0)
    assert "for" in info.value.details


def test_a_deletion_is_undone(make: Make, admin: Any, key: CreatedAPIKey) -> None:
    admin.api_keys.delete(key.id)
    with pytest.raises(ConflictError):
        admin.api_keys.enable(key.id)
    assert not works(make, key.key)

    assert admin.api_keys.restore(key.id).state == "active"

    assert works(make, key.key)


def test_a_key_whose_name_was_taken_is_not_restored(admin: Any, key: CreatedAPIKey) -> None:
    admin.api_keys.delete(key.id)
    other = admin.api_keys.create(name=key.name, permission="read-only")

    with pytest.raises(ConflictError):
        admin.api_keys.restore(key.id)

    admin.api_keys.delete(other.id)
    admin.api_keys.restore(key.id)


def test_an_app_ends_a_person_s_key_but_gets_no_secret_of_it(
    craft: Craft, admin: Any, account: Account
) -> None:
    raw_key = craft.new_key(account.email, name="A person's own")
    public_id = raw_key.split("_")[2]

    assert admin.api_keys.disable(public_id).state == "disabled"

    for strengthen in (admin.api_keys.rotate, admin.api_keys.enable, admin.api_keys.restore):
        with pytest.raises(ForbiddenError):
            strengthen(public_id)
    admin.api_keys.delete(public_id)


def test_usage_tells_how_much_a_key_is_used_by_whom_and_for_what(
    make: Make, admin: Any, key: CreatedAPIKey
) -> None:
    user = make(key.key)
    user.me.get()
    project = user.projects.create(name="Counted")
    user.projects.delete(project.id)

    usage: APIKeyUsage = recorded(lambda: complete(admin.api_keys.usage(key.id)))

    assert len(usage.buckets) == 30
    (day,) = [each for each in usage.buckets if each.ok]
    assert (day.ok, day.reads, day.writes, day.deletes) == (3, 1, 1, 1)
    assert (day.refused, day.limited, day.invalid, day.failed) == (0, 0, 0, 0)
    assert (day.at.hour, day.at.utcoffset()) == (0, timedelta(0))
    assert {(each.method, each.requests) for each in usage.endpoints} == {
        ("GET", 1),
        ("POST", 1),
        ("DELETE", 1),
    }
    assert not any(project.id in each.path for each in usage.endpoints)
    (caller,) = usage.callers
    assert (caller.address, caller.public_id, caller.requests) == ("127.0.0.1", key.public_id, 3)
    assert caller.first_seen_at <= caller.last_seen_at
    assert [(each.method, each.status) for each in usage.recent] == [
        ("DELETE", 200),
        ("POST", 201),
        ("GET", 200),
    ]
    assert len({each.request_id for each in usage.recent}) == 3

    begin = datetime.now(UTC) - timedelta(hours=2)
    by_hour = admin.api_keys.usage(key.id, begin, begin + timedelta(hours=3), by="hour")
    assert len(by_hour.buckets) in (3, 4)
    assert sum(each.ok for each in by_hour.buckets) == 3
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert [each.ok for each in admin.api_keys.usage(key.id, from_=long_ago, to=long_ago).buckets] == [0]


def complete(usage: APIKeyUsage) -> APIKeyUsage | None:
    """The usage once three calls are in all of it: it is read part by part, maybe while they are written."""
    is_counted = sum(each.ok for each in usage.buckets) == 3
    return usage if is_counted and len(usage.recent) == 3 else None


def test_a_time_of_usage_that_is_none_is_told(admin: Any, key: CreatedAPIKey) -> None:
    now = datetime.now(UTC)
    with pytest.raises(InvalidRequestError) as info:
        admin.api_keys.usage(key.id, from_=datetime(2026, 1, 1))  # noqa: DTZ001  the slip that is told
    assert (info.value.status, list(info.value.details)) == (None, ["from"])
    for start, end in [(now, now - timedelta(days=1)), (now - timedelta(days=3650), now)]:
        with pytest.raises(InvalidRequestError) as info:
            admin.api_keys.usage(key.id, start, end)
        assert (info.value.status, list(info.value.details)) == (400, ["from"])


@pytest.fixture
def proxy(craft: Craft) -> Iterator[Proxy]:
    with proxying(craft.port) as proxy:
        yield proxy


@pytest.mark.parametrize(("method", "path"), ACTIONS)
@pytest.mark.parametrize("fault", [503, "drop"])
def test_an_action_whose_answer_was_lost_is_not_made_again(
    make: Make, admin_token: str, proxy: Proxy, method: str, path: str, fault: int | str
) -> None:
    proxy.faults.append(fault)
    client = make(access_token=admin_token, base_url=proxy.url)

    with pytest.raises(APIConnectionError if fault == "drop" else UnexpectedAnswerError):
        getattr(client.api_keys, method)("key_once")

    assert proxy.seen == [f"POST /v1/api-keys/key_once/{path} HTTP/1.1".encode()]
