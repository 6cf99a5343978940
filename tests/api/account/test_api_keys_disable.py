"""POST /v1/api-keys/{id}/disable, …/enable and …/restore."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from apikeys.models import APIKey, DisabledBy
from apikeys.services import create_key, delete_key, disable_key, revoke_key
from tests.api.account.callers import Call, calling
from tests.api.answers import as_json, check_error, check_success, details_of, invalid_token
from tests.cases import cases
from tests.fixtures import age_sign_in

AGAIN = "Sign in again to do this"
NO_NUMBERS: list[Any] = ["60", 60.0, False, [], {}]
BOUNDS = "This must be null, or from 1 to 2592000 seconds."
Key = tuple[APIKey, str]


def act(call: Call, key: APIKey, action: str, body: Any = None) -> Any:
    return call("POST", f"/v1/api-keys/{key.uid}/{action}", json=body)


@cases("body", [None, {}, {"for": None}])
def test_a_disabled_key_is_401_and_says_so_to_its_holder_until_it_is_enabled(
    anyone: Call, session: Call, read_only: Key, body: Any
) -> None:
    key, raw = read_only
    data = check_success(act(anyone, key, "disable", body))
    assert (data["id"], data["state"], data["disabledUntil"]) == (key.uid, "disabled", None)
    response = calling(Client(), raw)("GET", "/v1/me")
    check_error(response, 401)
    assert response["WWW-Authenticate"] == invalid_token("The API key is disabled.")
    assert check_success(act(session, key, "enable"))["state"] == "active"
    check_success(calling(Client(), raw)("GET", "/v1/me"))


def test_a_key_is_disabled_for_a_time(session: Call, read_only: Key) -> None:
    key, raw = read_only
    before = timezone.now()
    data = check_success(act(session, key, "disable", {"for": 600}))
    until = datetime.fromisoformat(data["disabledUntil"])
    assert before + timedelta(seconds=599) < until <= timezone.now() + timedelta(seconds=600)
    check_error(calling(Client(), raw)("GET", "/v1/me"), 401)
    APIKey.objects.update(disabled_until=timezone.now())
    check_success(calling(Client(), raw)("GET", "/v1/me"))
    shown = check_success(session("GET", f"/v1/api-keys/{key.uid}"))
    assert (shown["state"], shown["disabledUntil"]) == ("active", None)


def test_a_time_for_a_disabled_key_is_409_and_shortens_nothing(session: Call, read_only: Key) -> None:
    key, _ = read_only
    until = check_success(act(session, key, "disable", {"for": 3600}))["disabledUntil"]
    for seconds in (60, 7200):
        check_error(
            act(session, key, "disable", {"for": seconds}),
            409,
            "This key is disabled already. A time would only shorten that",
        )
    assert check_success(session("GET", f"/v1/api-keys/{key.uid}"))["disabledUntil"] == until
    assert check_success(act(session, key, "disable"))["disabledUntil"] is None
    check_error(act(session, key, "disable", {"for": 60}), 409)


@pytest.mark.matrix
@cases(
    ("body", "details"),
    [
        *[({"for": seconds}, {"for": [BOUNDS]}) for seconds in (0, -1, 2_592_001, 10**18)],
        *[({"for": seconds}, {"for": ["This must be a whole number."]}) for seconds in NO_NUMBERS],
        ({"seconds": 60}, {"seconds": ["Unknown field."]}),
        ({"reason": "x"}, {"reason": ["Unknown field."]}),
        ({"by": "staff"}, {"by": ["Unknown field."]}),
        ([], {"body": ["The body must be a JSON object."]}),
    ],
)
def test_a_bad_body_is_400_and_disables_nothing(
    session: Call, read_only: Key, body: Any, details: dict[str, list[str]]
) -> None:
    path = f"/v1/api-keys/{read_only[0].uid}/disable"
    assert details_of(session("POST", path, **as_json(body))) == details
    assert APIKey.objects.get().disabled_at is None


def test_enabling_and_restoring_take_a_recent_sign_in_and_disabling_does_not(
    session: Call, alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    age_sign_in(alice_browser, 15 * 60)
    check_success(act(session, key, "disable"))
    check_error(act(session, key, "enable"), 403, AGAIN)
    assert check_success(session("DELETE", f"/v1/api-keys/{key.uid}"))["deleted"]
    check_error(act(session, key, "restore"), 403, AGAIN)
    age_sign_in(alice_browser, 0)
    assert check_success(act(session, key, "restore"))["state"] == "disabled"
    assert check_success(act(session, key, "enable"))["state"] == "active"


def test_what_staff_disabled_the_owner_cannot_enable(session: Call, read_only: Key) -> None:
    key, _ = read_only
    disable_key(key, by=DisabledBy.STAFF, reason="leaked")
    check_error(
        act(session, key, "enable"), 409, "Craft's staff disabled this key, and they alone can enable it"
    )
    assert check_success(act(session, key, "disable"))["state"] == "disabled"
    check_error(act(session, key, "enable"), 409)


def test_what_is_ended_is_409_and_what_is_gone_is_404(session: Call, read_only: Key) -> None:
    key, _ = read_only
    delete_key(key)
    for action in ("disable", "enable"):
        check_error(act(session, key, action), 409, "This key is deleted already")
    revoke_key(key, reason="leaked", by="staff")
    for action in ("disable", "enable"):
        check_error(act(session, key, action), 409, "This key was revoked already")
    check_error(act(session, key, "restore"), 409, "This key was revoked. That cannot be undone")
    APIKey.objects.update(revoked_at=timezone.now() - timedelta(days=7))
    for action in ("disable", "enable", "restore", "rotate"):
        check_error(act(session, key, action), 404, "There is no such key")


def test_a_restored_key_works_again(session: Call, read_only: Key) -> None:
    key, raw = read_only
    check_success(session("DELETE", f"/v1/api-keys/{key.uid}"))
    check_error(calling(Client(), raw)("GET", "/v1/me"), 401)
    for _ in range(2):  # the second time there is nothing to restore
        assert check_success(act(session, key, "restore"))["state"] == "active"
    check_success(calling(Client(), raw)("GET", "/v1/me"))


@pytest.mark.matrix  # as many as there may be
def test_a_key_whose_name_or_place_was_taken_meanwhile_is_not_restored(
    session: Call, alice: User, read_only: Key
) -> None:
    key, _ = read_only
    delete_key(key)
    other = create_key(alice, name="REPORTS BOT", permission="read-only")[0]
    check_error(
        act(session, key, "restore"),
        409,
        "Another live key has this name now. Rename or delete that one, then restore this one.",
    )
    delete_key(other)
    for number in range(50):
        create_key(alice, name=f"Key {number}", permission="read-only")
    check_error(
        act(session, key, "restore"),
        409,
        "You have 50 live keys, which is the most. Delete one that is not used any more.",
    )
    assert APIKey.objects.get(pk=key.pk).state == "deleted"


@pytest.mark.matrix  # each call
@pytest.mark.parametrize("action", ["disable", "enable", "restore"])
def test_another_persons_key_is_403(bobs_session: Call, read_only: Key, action: str) -> None:
    key, raw = read_only
    for name in (key.uid, raw[10:22], raw[:22]):
        response = bobs_session("POST", f"/v1/api-keys/{name}/{action}")
        check_error(response, 403, "Insufficient permissions")
    assert APIKey.objects.get().state == "active"
