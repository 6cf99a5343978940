"""DELETE /v1/api-keys/{id}."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from apikeys.models import APIKey
from apikeys.services import create_key, restore_key, revoke_key
from tests.api.account.callers import Call, calling
from tests.api.answers import check_error, check_success, details_of, invalid_token
from tests.fixtures import age_sign_in

Key = tuple[APIKey, str]
ENDED = "This key has ended already"


def test_a_deleted_key_is_dead_at_once_and_listed_as_deleted(anyone: Call, read_only: Key) -> None:
    key, raw_key = read_only
    call = calling(Client(), raw_key)
    check_success(call("GET", "/v1/me"))
    data = check_success(anyone("DELETE", f"/v1/api-keys/{key.uid}"))
    assert list(data.items()) == [("id", key.uid), ("deleted", True)]
    response = call("GET", "/v1/me")
    check_error(response, 401)
    assert response["WWW-Authenticate"] == invalid_token("The API key has been deleted.")
    assert check_success(anyone("GET", f"/v1/api-keys/{key.uid}"))["state"] == "deleted"
    assert check_success(anyone("GET", "/v1/api-keys")) == []
    assert [row["id"] for row in check_success(anyone("GET", "/v1/api-keys?state=deleted"))] == [key.uid]


def test_the_end_of_a_key_is_in_the_security_log_once(session: Call, alice: User, read_only: Key) -> None:
    for status in (200, 404):
        response = session("DELETE", f"/v1/api-keys/{read_only[0].uid}", REMOTE_ADDR="203.0.113.7")
        assert response.status_code == status
    line = Activity.objects.get(event="key_deleted")
    assert (line.user, line.ip, line.credential) == (alice, "203.0.113.7", read_only[0].uid)
    assert line.details == {"name": "Reports bot"}


@pytest.mark.parametrize("part", [slice(10, 22), slice(0, 22)])
def test_whatever_name_it_is_deleted_by_the_answer_has_its_id(
    session: Call, read_only: Key, part: slice
) -> None:
    key, raw_key = read_only
    data = check_success(session("DELETE", f"/v1/api-keys/{raw_key[part]}"))
    assert data == {"id": key.uid, "deleted": True}


def test_a_second_delete_is_404_and_moves_nothing(session: Call, read_only: Key) -> None:
    path = f"/v1/api-keys/{read_only[0].uid}"
    check_success(session("DELETE", path))
    deleted_at = APIKey.objects.get().deleted_at
    check_error(session("DELETE", path), 404, ENDED)
    assert APIKey.objects.get().deleted_at == deleted_at
    APIKey.objects.update(deleted_at=timezone.now() - timedelta(days=7, seconds=1))
    check_error(session("DELETE", path), 404, "There is no such key")


def test_a_revoked_key_is_404_and_stays_revoked(session: Call, read_only: Key) -> None:
    revoke_key(read_only[0], reason="leaked", by="staff")
    check_error(session("DELETE", f"/v1/api-keys/{read_only[0].uid}"), 404, ENDED)
    assert APIKey.objects.get().deleted_at is None


def test_an_expired_key_can_be_deleted(session: Call, read_only: Key) -> None:
    APIKey.objects.update(expires_at=timezone.now() - timedelta(days=1))
    check_success(session("DELETE", f"/v1/api-keys/{read_only[0].uid}"))


def test_a_deletion_can_be_undone_and_repeated(session: Call, read_only: Key) -> None:
    path = f"/v1/api-keys/{read_only[0].uid}"
    for _ in range(2):
        check_success(session("DELETE", path))
        restore_key(APIKey.objects.get())
    assert check_success(session("GET", path))["state"] == "active"


def test_ending_a_key_takes_no_recent_sign_in(session: Call, alice_browser: Client, read_only: Key) -> None:
    age_sign_in(alice_browser, 86_400)
    check_success(session("DELETE", f"/v1/api-keys/{read_only[0].uid}"))


def test_only_the_named_key_ends(session: Call, alice: User, bob: User, read_only: Key) -> None:
    for user in (alice, bob):
        create_key(user, name="Another", permission="read-only")
    check_success(session("DELETE", f"/v1/api-keys/{read_only[0].uid}"))
    assert APIKey.objects.live().count() == 2


def test_it_takes_no_parameters_and_a_body_does_not_matter(session: Call, read_only: Key) -> None:
    path = f"/v1/api-keys/{read_only[0].uid}"
    assert details_of(session("DELETE", f"{path}?force=1")) == {"force": ["Unknown parameter."]}
    assert APIKey.objects.get().deleted_at is None
    check_success(session("DELETE", path, json={"force": True}))
