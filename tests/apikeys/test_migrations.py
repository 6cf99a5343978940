"""What an older Craft counted is there after the upgrade."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from apikeys.lookup import authenticate_key
from apikeys.models import APIKey, APIKeyUsage, KeyState
from apikeys.services import create_key
from apikeys.tokens import Kind, generate
from apikeys.usage import reports
from tests.apikeys.uses import call

# What a migration does to the rows of its time stays as it is; that all together make the schema is asked in
# tests/e2e/test_readme.py.
pytestmark = [
    pytest.mark.database,
    pytest.mark.long,
    pytest.mark.variant,
    pytest.mark.django_db(transaction=True),
]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def migrate(*targets: tuple[str, str]) -> Any:
    """Migrate; the models as they are then."""
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())
    return executor.loader.project_state(list(targets)).apps


@pytest.fixture
def before(alice: User) -> Iterator[Any]:
    """The models of keys as they were before rotation and usage by route."""
    apps = migrate(("apikeys", "0002_disabled_keys"))
    yield apps
    migrate()


def test_keys_secrets_and_counters_survive_and_days_are_added_up(alice: User, before: Any) -> None:
    token = generate(Kind.API_KEY)
    key = before.get_model("apikeys", "APIKey").objects.create(
        user_id=alice.pk, name="Reports bot", name_key="reports bot", permission="read-only"
    )
    before.get_model("apikeys", "APIKeySecret").objects.create(
        key=key, public_id=token.public_id, digest=token.digest, first_used_at=timezone.now()
    )
    counters = before.get_model("apikeys", "APIKeyUsage")
    for ago, requests in ((timedelta(), 1), (HOUR, 2), (11 * HOUR, 4), (DAY, 8), (300 * DAY, 16)):
        counters.objects.create(key=key, hour=NOON - ago, requests=requests)

    migrate()

    found = authenticate_key(token, call()).key
    assert (found.pk, found.state) == (key.pk, KeyState.ACTIVE)
    row = APIKey.objects.get()
    uses = reports.recent_use_of(Q(key__user=alice), NOON, 2)
    assert {key_id: use.by_day for key_id, use in uses.items()} == {row.pk: [8, 7]}
    assert uses[row.pk].unknown == 15  # nobody knows whether they wrote
    assert reports.requests_since(row, NOON - 11 * HOUR) == 7
    rows = APIKeyUsage.objects.order_by("period", "-at")
    assert list(rows.values_list("period", "at", "requests", "route", "method", "outcome")) == [
        *[
            ("day", at, requests, "", "", "ok")
            for at, requests in (
                (NOON - 12 * HOUR, 7),
                (NOON - 12 * HOUR - DAY, 8),
                (NOON - 12 * HOUR - 300 * DAY, 16),
            )
        ],
        *[
            ("hour", NOON - ago, requests, "", "", "ok")
            for ago, requests in ((timedelta(), 1), (HOUR, 2), (11 * HOUR, 4), (DAY, 8), (300 * DAY, 16))
        ],
    ]


def test_the_way_back_leaves_the_counts_by_hour_alone(alice: User, before: Any) -> None:
    migrate()
    key, _ = create_key(alice, name="Reports bot", permission="read-only")
    for period, at in (("hour", NOON), ("hour", NOON - DAY), ("day", NOON - 12 * HOUR)):
        APIKeyUsage.objects.create(key=key, period=period, at=at, outcome="ok", requests=1)
    counters = migrate(("apikeys", "0003_rotation_and_usage")).get_model("apikeys", "APIKeyUsage")
    assert sorted(counters.objects.values_list("period", "at")) == [("hour", NOON - DAY), ("hour", NOON)]


def test_a_craft_without_keys_is_migrated_too(before: Any) -> None:
    migrate()
    assert not APIKeyUsage.objects.exists()
