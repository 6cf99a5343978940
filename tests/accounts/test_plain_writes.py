"""Rows written without the ORM are as it writes them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.utils import plain_writes
from api.oauth.models import Application, ClientSecret

pytestmark = [pytest.mark.django_db, pytest.mark.matrix]


@pytest.fixture
def application(alice: User) -> Application:
    made: Application = Application.objects.create(user=alice, name="App")
    return made


def new_secret(application: Application, public_id: str) -> ClientSecret:
    return ClientSecret(application=application, public_id=public_id, digest=b"\x00\xff" * 16)


def values_of(row: ClientSecret) -> dict[str, object]:
    values = ClientSecret.objects.values().get(pk=row.pk)
    return {name: value for name, value in values.items() if name not in ("id", "public_id", "created_at")}


def test_an_inserted_row_is_as_a_saved_one(application: Application) -> None:
    inserted, saved = new_secret(application, "a" * 12), new_secret(application, "b" * 12)
    plain_writes.insert(inserted)
    saved.save()
    assert values_of(inserted) == values_of(saved)
    assert not inserted._state.adding
    inserted.refresh_from_db()
    assert timezone.now() - inserted.created_at < timedelta(minutes=1)
    inserted.last_used_at = timezone.now()
    inserted.save()  # an update, as of any row that is there
    assert ClientSecret.objects.filter(application=application).count() == 2


def test_an_update_changes_one_row_and_nothing_else_of_it(application: Application) -> None:
    changed, other = new_secret(application, "a" * 12), new_secret(application, "b" * 12)
    for row in (changed, other):
        row.save()
    before, now = values_of(changed), timezone.now()
    plain_writes.update(ClientSecret, changed.pk, last_used_at=now)
    assert values_of(changed) == before | {"last_used_at": now}
    assert values_of(other)["last_used_at"] is None


def test_what_the_database_refuses_is_refused_as_by_the_orm(application: Application) -> None:
    plain_writes.insert(new_secret(application, "a" * 12))
    with pytest.raises(IntegrityError), transaction.atomic():
        plain_writes.insert(new_secret(application, "a" * 12))
