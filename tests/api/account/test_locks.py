"""A key that ends itself meets its own end by somebody else."""

from functools import partial

import pytest
from django.db import connection, transaction

from accounts.models import Activity
from apikeys.models import APIKey
from apikeys.services import delete_key
from tests.fixtures import API
from tests.meanwhile import Meanwhile

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks are PostgreSQL's"),
]


def test_a_key_that_is_just_being_deleted_ends_itself_all_the_same(
    api: API, read_only: tuple[APIKey, str]
) -> None:
    key, raw_key = read_only
    assert api("GET", "/v1/me", raw_key).status_code == 200  # the first use, which is written at once
    with transaction.atomic():
        delete_key(key)
        ending = Meanwhile(partial(api, "DELETE", "/v1/auth", raw_key))
        assert ending.waits()
    assert ending.result().json() == {"success": True, "data": {"id": key.uid, "deleted": True}}
    assert Activity.objects.filter(event="key_deleted").count() == 1
