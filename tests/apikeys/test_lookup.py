"""From a presented key to its user: one query, no write, and reasons only for who holds the true secret."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.web.client import Client
from apikeys import tokens, usage
from apikeys.lookup import KeyRefused, authenticate_key
from apikeys.models import APIKey, APIKeySecret
from apikeys.services import change_key, create_key, delete_key, disable_key, restore_key, revoke_key
from tests.apikeys.uses import call
from tests.cases import cases

pytestmark = pytest.mark.database
LAPTOP = Client(ip="203.0.113.7", agent="curl/8.5")
SERVER = Client(ip="2001:db8::7", agent="python-requests/2.32")
Key = tuple[APIKey, str]


def use(raw: str, client: Client = LAPTOP) -> str:
    """Present a raw key; return the id of the user it stands for."""
    return authenticate_key(tokens.parse(raw), call(client)).user.uid


def refusal(raw: str) -> str:
    with pytest.raises(KeyRefused) as refused:
        use(raw)
    return str(refused.value)


def with_another_secret(raw: str) -> str:
    """A well-formed key with the same public id."""
    body = raw[:23] + ("A" * 32 if raw[23:55] != "A" * 32 else "B" * 32)
    return body + tokens.checksum(body)


def test_a_key_stands_for_its_user_and_carries_what_the_api_tells_of_it(alice: User, read_only: Key) -> None:
    key, raw = read_only
    found = authenticate_key(tokens.parse(raw), call(LAPTOP))
    assert (found.user.uid, found.user.email, found.user.name, found.user.plan) == (
        alice.uid,
        "alice@example.com",
        "Alice Owner",
        "free",
    )
    assert (found.key.uid, found.key.name, found.key.permission) == (key.uid, "Reports bot", "read-only")
    assert (found.key.created_at, found.key.expires_at, found.key.limited_to) == (key.created_at, None, None)
    assert found.key.user is found.user


def test_the_look_up_is_one_query_and_writes_nothing_from_the_second_use_on(
    read_only: Key, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _, raw = read_only
    use(raw)
    for _ in range(3):
        with django_assert_num_queries(1) as queries:
            found = authenticate_key(tokens.parse(raw), call(LAPTOP))
            assert (found.user.email, found.key.name) == ("alice@example.com", "Reports bot")
        assert queries[0]["sql"].startswith("SELECT")


def test_a_refused_key_is_one_query_and_no_last_use(
    read_only: Key, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key, raw = read_only
    for bad in (with_another_secret(raw), tokens.generate(tokens.Kind.API_KEY).raw):
        with django_assert_num_queries(1):
            refusal(bad)
    delete_key(key)
    with django_assert_num_queries(1):
        refusal(raw)
    usage.flush()
    assert APIKey.objects.get().last_used_at is None


def test_the_very_first_use_is_written_at_once(read_only: Key) -> None:
    key, raw = read_only
    use(raw, SERVER)
    key.refresh_from_db()
    assert (key.last_used_ip, key.last_used_agent) == ("2001:db8::7", "python-requests/2.32")
    assert key.last_used_at is not None
    assert APIKeySecret.objects.get().first_used_at is not None


def test_a_wrong_secret_is_told_the_same_as_an_unknown_id(read_only: Key) -> None:
    _, raw = read_only
    unknown = tokens.generate(tokens.Kind.API_KEY).raw
    assert refusal(with_another_secret(raw)) == refusal(unknown) == "The API key is invalid."


def ended_by_deletion(key: APIKey) -> None:
    delete_key(key)


def ended_by_staff(key: APIKey) -> None:
    revoke_key(key, reason="leaked", by="staff")


def ended_by_expiry(key: APIKey) -> None:
    APIKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())


def ended_by_exchange(key: APIKey) -> None:
    APIKeySecret.objects.filter(key=key).update(retires_at=timezone.now())


def ended_with_the_account(key: APIKey) -> None:
    User.objects.filter(pk=key.user_id).update(is_active=False)


@cases(
    ("end", "message"),
    [
        (ended_by_deletion, "The API key has been deleted."),
        (ended_by_staff, "The API key has been revoked."),
        (ended_by_expiry, "The API key has expired."),
        (ended_by_exchange, "This secret was replaced by a rotation. Use the key's new one."),
        (ended_with_the_account, "The account of this API key is deactivated."),
    ],
)
def test_a_key_ends_at_the_very_next_use_and_says_why_to_the_holder_of_the_secret_only(
    read_only: Key, end: Callable[[APIKey], None], message: str
) -> None:
    key, raw = read_only
    use(raw)
    end(key)
    assert refusal(raw) == message
    assert refusal(with_another_secret(raw)) == "The API key is invalid."


def test_a_purged_key_and_a_deleted_account_leave_an_unknown_key(alice: User, read_only: Key) -> None:
    _, raw = read_only
    other = create_key(alice, name="Another", permission="read-only")
    other[0].delete()
    assert refusal(other[1]) == "The API key is invalid."
    alice.delete()
    assert refusal(raw) == "The API key is invalid."


def test_a_restored_key_works_again_and_a_change_counts_at_once(alice: User, read_only: Key) -> None:
    key, raw = read_only
    delete_key(key)
    refusal(raw)
    restore_key(key)
    assert use(raw) == alice.uid
    change_key(key, permission="read-write")
    assert authenticate_key(tokens.parse(raw), call(LAPTOP)).key.permission == "read-write"


def test_a_key_that_expires_later_works_until_then(alice: User) -> None:
    later = timezone.now() + timedelta(hours=1)
    _, raw = create_key(alice, name="Short", permission="read-only", expires_at=later)
    assert authenticate_key(tokens.parse(raw), call(LAPTOP)).key.expires_at == later


def test_the_query_names_the_public_id_only_and_never_the_secret_or_its_digest(read_only: Key) -> None:
    _, raw = read_only
    with CaptureQueriesContext(
        connection,
    ) as queries:
        use(raw)
    assert queries[0]["sql"].count(raw[10:22]) == 1
    statements = " ".join(query["sql"] for query in queries)
    assert raw[23:] not in statements
    assert not re.search(tokens.parse(raw).digest.hex(), statements, re.IGNORECASE)


def test_a_refused_use_is_a_try_of_its_key_and_no_last_use(read_only: Key) -> None:
    key, raw = read_only
    use(raw)
    before = APIKey.objects.get(pk=key.pk).last_used_at
    disable_key(key)
    with pytest.raises(KeyRefused) as refused:
        use(raw, SERVER)
    assert refused.value.note_answer
    refused.value.note_answer(401)
    usage.flush()
    assert APIKey.objects.get(pk=key.pk).last_used_at == before
    assert [(each.reason, each.address) for each in key.tries.all()] == [("disabled", SERVER.ip)]
    assert [(each.outcome, each.requests) for each in key.usage.filter(period="day")] == [("refused", 1)]


@cases(
    ("is_active", "what"),
    [
        (True, "The account of this API key is closing."),
        (False, "The account of this API key is deactivated."),
    ],
)
def test_who_holds_a_key_is_told_what_became_of_its_account(
    alice: User, read_only: Key, is_active: bool, what: str
) -> None:
    User.objects.filter(pk=alice.pk).update(closing_at=timezone.now())
    if not is_active:
        User.objects.filter(pk=alice.pk).update(is_active=False)
    APIKey.objects.update(enabled_at=timezone.now())  # else the switch has disabled it as well
    assert refusal(read_only[1]) == what


def test_the_nearer_end_of_key_and_secret_is_told(alice: User) -> None:
    now = timezone.now()
    key, raw = create_key(alice, name="Ends", permission="read-only", expires_at=now + timedelta(days=9))
    for days, nearer in ((3, 3), (30, 9)):
        key.secrets.update(retires_at=now + timedelta(days=days))
        assert authenticate_key(tokens.parse(raw), call(LAPTOP)).ends_at == now + timedelta(days=nearer)
    APIKey.objects.update(expires_at=None)
    assert authenticate_key(tokens.parse(raw), call(LAPTOP)).ends_at == now + timedelta(days=30)
    key.secrets.update(retires_at=None)
    assert authenticate_key(tokens.parse(raw), call(LAPTOP)).ends_at is None
