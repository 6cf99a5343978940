"""GET /v1/auth: the credential in use."""

from datetime import UTC, datetime, timedelta

from django.test import Client
from django.utils import timezone

from accounts.models import User
from apikeys import usage
from apikeys.models import APIKey
from apikeys.services import create_key
from tests.api.answers import check_error, check_success
from tests.fixtures import API, age_sign_in

Key = tuple[APIKey, str]
FIELDS = ["kind", "id", "name", "scopes", "createdAt", "expiresAt", "lastUsedAt", "rateLimit"]


def test_signed_out_it_is_401(api: API, db: None) -> None:
    check_error(api("GET", "/v1/auth"), 401)


def test_a_key_tells_all_about_itself_but_no_secret(api: API, alice: User) -> None:
    expires = timezone.now() + timedelta(days=90)
    key, raw_key = create_key(alice, name="Reports bot", permission="read-only", expires_at=expires)
    created = datetime(2026, 11, 24, 9, 58, 4, 120_987, tzinfo=UTC)
    APIKey.objects.filter(pk=key.pk).update(created_at=created)
    response = api("GET", "/v1/auth", raw_key)
    data = check_success(response)
    assert list(data) == FIELDS
    assert data.pop("rateLimit")["limit"] == 60
    assert data == {
        "kind": "api_key",
        "id": key.uid,
        "name": "Reports bot",
        "scopes": ["read"],
        "createdAt": "2026-11-24T09:58:04.120Z",
        "expiresAt": f"{expires:%Y-%m-%dT%H:%M:%S}.{expires.microsecond // 1000:03}Z",
        "lastUsedAt": None,
    }
    assert raw_key[20:] not in response.content.decode()


def test_a_key_tells_when_it_was_last_used_before(api: API, read_write: Key) -> None:
    api("GET", "/v1/me", read_write[1])
    usage.flush()
    used = APIKey.objects.get().last_used_at
    assert used is not None
    told = check_success(api("GET", "/v1/auth", read_write[1]))["lastUsedAt"]
    assert told == used.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_read_write_key_carries_three_scopes(api: API, read_write: Key) -> None:
    data = check_success(api("GET", "/v1/auth", read_write[1]))
    assert data["scopes"] == ["read", "write", "delete"]
    assert data["expiresAt"] is None


def test_a_session_carries_all_scopes_and_has_neither_id_nor_name(alice_browser: Client) -> None:
    age_sign_in(alice_browser, 3600)
    data = check_success(alice_browser.get("/v1/auth"))
    assert list(data) == FIELDS
    assert (data["kind"], data["id"], data["name"]) == ("session", None, None)
    assert data["scopes"] == ["read", "write", "delete", "admin"]
    signed_in = datetime.fromisoformat(data["createdAt"])
    assert timedelta(seconds=3600) <= timezone.now() - signed_in < timedelta(seconds=3700)
    lives = datetime.fromisoformat(data["expiresAt"]) - timezone.now()
    assert timedelta(days=13) < lives <= timedelta(days=14)


def test_it_follows_a_change_of_the_key_at_once(api: API, read_only: Key) -> None:
    key, raw_key = read_only
    check_success(api("GET", "/v1/auth", raw_key))
    APIKey.objects.filter(pk=key.pk).update(permission="read-write", name="Renamed")
    data = check_success(api("GET", "/v1/auth", raw_key))
    assert (data["name"], data["scopes"]) == ("Renamed", ["read", "write", "delete"])
