"""POST /v1/api-keys/{id}/rotate, …/rotation/finish and …/rotation/cancel."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from api.envelope import rfc3339
from apikeys import usage
from apikeys.models import APIKey, APIKeySecret
from apikeys.services import create_key, delete_key, disable_key, rotate_key
from tests.api.account.callers import Call, calling
from tests.api.answers import as_json, check_error, check_success, details_of, invalid_token
from tests.cases import cases
from tests.fixtures import age_sign_in

AGAIN = "Sign in again to do this"
NO_NUMBERS: list[Any] = ["3600", 3600.0, True, [], {}]
GRACE = "Grace must be one of 0, 3600, 86400, 604800 seconds."
Key = tuple[APIKey, str]


def rotate(call: Call, key: APIKey, **body: Any) -> Any:
    return call("POST", f"/v1/api-keys/{key.uid}/rotate", json=body)


def end(call: Call, key: APIKey, how: str, **sent: Any) -> Any:
    return call("POST", f"/v1/api-keys/{key.uid}/rotation/{how}", **sent)


def test_the_new_key_is_in_this_answer_only_and_both_work(session: Call, read_only: Key) -> None:
    key, old = read_only
    check_success(calling(Client(), old)("GET", "/v1/me"))
    response = rotate(session, key, grace=3600)
    data = check_success(response)
    new = data.pop("key")
    assert new.startswith(f"craft_key_{data['publicId']}_")
    assert data["publicId"] != old[10:22]
    assert (data["id"], data["name"], data["permission"], data["state"]) == (
        key.uid,
        "Reports bot",
        "read-only",
        "active",
    )
    shown = check_success(session("GET", f"/v1/api-keys/{old[10:22]}"))
    assert shown == data
    assert new[-38:] not in session("GET", "/v1/api-keys").content.decode()
    for raw in (old, new, old):
        check_success(calling(Client(), raw)("GET", "/v1/me"))


def test_a_rotation_says_when_it_ends_and_who_is_still_on_the_old_secret(
    session: Call, read_only: Key
) -> None:
    key, old = read_only

    def use(raw: str, address: str, agent: str) -> None:
        call = calling(Client(), raw)
        check_success(call("GET", "/v1/me", REMOTE_ADDR=address, HTTP_USER_AGENT=agent))
        usage.flush()

    use(old, "203.0.113.1", "before the rotation")
    new = check_success(rotate(session, key, grace=86_400))["key"]
    rotation = check_success(session("GET", f"/v1/api-keys/{key.uid}"))["rotation"]
    assert (rotation["grace"], rotation["newUsedAt"], rotation["endsAt"]) == (86_400, None, None)
    assert rotation["oldCallers"] == []
    use(old, "203.0.113.7", "curl/8.5")
    User.objects.update(plan="internal")
    for number in range(49):
        check_success(calling(Client(), new)("GET", "/v1/auth", REMOTE_ADDR=f"2001:db8::{number:x}"))
    use(old, "198.51.100.4", "")
    for data in (
        check_success(session("GET", f"/v1/api-keys/{key.uid}")),
        check_success(session("GET", "/v1/api-keys"))[0],
    ):
        rotation = data["rotation"]
        used_at = datetime.fromisoformat(rotation["newUsedAt"])
        assert datetime.fromisoformat(rotation["endsAt"]) == used_at + timedelta(days=1)
        # The newest first; what no row of that day was left for is summed up.
        assert [(each["address"], each["userAgent"]) for each in rotation["oldCallers"]] == [
            ("203.0.113.7", "curl/8.5"),
            (None, None),
        ]
        for each in rotation["oldCallers"]:
            assert abs(timezone.now() - datetime.fromisoformat(each["lastSeenAt"])) < timedelta(minutes=1)
    check_success(end(session, key, "finish"))
    assert check_success(session("GET", f"/v1/api-keys/{key.uid}"))["rotation"] is None


def test_the_old_secret_is_told_that_it_was_replaced(session: Call, read_only: Key) -> None:
    key, old = read_only
    rotate(session, key, grace=604_800)
    check_success(end(session, key, "finish"))
    response = calling(Client(), old)("GET", "/v1/me")
    check_error(response, 401)
    assert response["WWW-Authenticate"] == invalid_token(
        "This secret was replaced by a rotation. Use the key's new one."
    )


@pytest.mark.matrix
@cases(
    ("body", "details"),
    [
        ({}, {"grace": ["This field is required."]}),
        ({"grace": None}, {"grace": ["This field may not be null."]}),
        *[({"grace": grace}, {"grace": [GRACE]}) for grace in (1, -1, 3601, 10**18)],
        *[({"grace": grace}, {"grace": ["This must be a whole number."]}) for grace in NO_NUMBERS],
        ({"grace": 0, "x": 1}, {"x": ["Unknown field."]}),
        ({"grace": 0, "form_id": "x"}, {"form_id": ["Unknown field."]}),
        ([], {"body": ["The body must be a JSON object."]}),
    ],
)
def test_a_bad_body_is_400_and_rotates_nothing(
    session: Call, read_only: Key, body: Any, details: dict[str, list[str]]
) -> None:
    path = f"/v1/api-keys/{read_only[0].uid}/rotate"
    assert details_of(session("POST", path, **as_json(body))) == details
    assert APIKeySecret.objects.count() == 1


@pytest.mark.matrix  # odd input
def test_what_takes_no_field_takes_no_field(session: Call, read_only: Key) -> None:
    key, _ = read_only
    rotate(session, key, grace=0)
    for path in ("rotation/finish", "rotation/cancel", "enable", "restore"):
        address = f"/v1/api-keys/{key.uid}/{path}"
        assert details_of(session("POST", address, json={"grace": 0})) == {"grace": ["Unknown field."]}
        assert details_of(session("POST", f"{address}?x=1")) == {"x": ["Unknown parameter."]}
        check_error(session("POST", address, data=b"x", content_type="text/plain"), 415)
    assert APIKeySecret.objects.filter(retires_at=None).count() == 2


@pytest.mark.matrix  # each state
def test_what_the_state_forbids_is_409(session: Call, alice: User, read_only: Key) -> None:
    key, _ = read_only
    for how in ("finish", "cancel"):
        check_error(end(session, key, how), 409, "This key is not rotating")
    new = check_success(rotate(session, key, grace=0))["key"]
    check_error(
        rotate(session, key, grace=0), 409, "This key is rotating already. Finish or cancel that first"
    )
    check_success(calling(Client(), new)("GET", "/v1/me"))  # the old one ends with that
    check_error(end(session, key, "cancel"), 409, "This key is not rotating")
    check_success(rotate(session, key, grace=3600))
    check_success(end(session, key, "finish"))
    check_error(end(session, key, "finish"), 409)
    disable_key(key)
    check_error(rotate(session, key, grace=0), 409, "This key is disabled. Enable it, then rotate it")
    expired = create_key(alice, name="Expired", permission="read-only")[0]
    APIKey.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    check_error(rotate(session, expired, grace=0), 409, "This key has expired. Extend it, then rotate it")
    delete_key(key)
    for response in (rotate(session, key, grace=0), end(session, key, "finish"), end(session, key, "cancel")):
        check_error(response, 409, "This key is deleted already")


def test_a_new_secret_that_was_used_cannot_be_cancelled(session: Call, read_only: Key) -> None:
    key, old = read_only
    new = check_success(rotate(session, key, grace=3600))["key"]
    check_success(calling(Client(), new)("GET", "/v1/me"))
    check_error(
        end(session, key, "cancel"), 409, "The new secret is in use already. Finish the rotation instead"
    )
    for raw in (old, new):
        check_success(calling(Client(), raw)("GET", "/v1/me"))


def test_a_cancelled_secret_is_unknown(session: Call, read_only: Key) -> None:
    key, old = read_only
    new = check_success(rotate(session, key, grace=3600))["key"]
    assert check_success(end(session, key, "cancel"))["publicId"] == old[10:22]
    response = calling(Client(), new)("GET", "/v1/me")
    check_error(response, 401)
    assert response["WWW-Authenticate"] == invalid_token("The API key is invalid.")
    check_success(calling(Client(), old)("GET", "/v1/me"))


def test_rotating_and_cancelling_take_a_recent_sign_in_finishing_does_not(
    session: Call, alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    age_sign_in(alice_browser, 15 * 60)
    check_error(rotate(session, key, grace=0), 403, AGAIN)
    assert APIKeySecret.objects.count() == 1
    rotate_key(key, grace=0)
    check_error(end(session, key, "cancel"), 403, AGAIN)
    assert APIKeySecret.objects.count() == 2
    check_success(end(session, key, "finish"))


def test_a_rotation_is_in_the_security_log_without_a_secret(session: Call, read_only: Key) -> None:
    key, _ = read_only
    new = check_success(rotate(session, key, grace=3600))["key"]
    end(session, key, "cancel")
    response = session("GET", "/v1/activity?event=key_rotated&order=asc")
    assert [line["details"] for line in check_success(response)] == [
        {"name": "Reports bot", "step": "started", "grace": 3600},
        {"name": "Reports bot", "step": "cancelled"},
    ]
    assert new[23:] not in response.content.decode()


@cases("path", ["rotate", "rotation/finish", "rotation/cancel", "usage"])
def test_another_persons_key_is_403(bobs_session: Call, read_only: Key, path: str) -> None:
    key, raw = read_only
    rotate_key(key, grace=0)
    for name in (key.uid, raw[10:22], raw[:22]):
        response = bobs_session("GET" if path == "usage" else "POST", f"/v1/api-keys/{name}/{path}")
        check_error(response, 403, "Insufficient permissions")
    assert APIKeySecret.objects.filter(retires_at=None).count() == 2


def test_a_rotation_is_told_in_full_while_its_key_lives(session: Call, read_only: Key) -> None:
    key, _ = read_only
    rotation = check_success(rotate(session, key, grace=3600))["rotation"]
    secret = APIKeySecret.objects.get(key=key, grace_seconds=3600)
    assert rotation == {
        "grace": 3600,
        "startedAt": rfc3339(secret.created_at),
        "newUsedAt": None,
        "endsAt": None,
        "oldCallers": [],
    }
    delete_key(key)
    [deleted] = check_success(session("GET", "/v1/api-keys?state=deleted"))
    assert deleted["rotation"] is None
