"""Rows from before 0002 keep what they stand for: their family, and the host that was agreed to."""

from pathlib import Path

import pytest

from tests.e2e.server import Server, new_database

# What a migration does to the rows of its time stays as it is; that all together make the schema is asked in
# tests/e2e/test_readme.py.
pytestmark = [pytest.mark.long, pytest.mark.database, pytest.mark.variant]

BEFORE = """
import uuid
from datetime import timedelta
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

state = MigrationExecutor(connection).loader.project_state(
    [("oauth", "0001_initial"), ("accounts", "0002_user_oauth_valid_after_alter_activity_event")]
)
NAMES = ("Application", "Grant", "AccessToken", "RefreshToken")
User, App, Grant, Access, Refresh = (
    state.apps.get_model(app, name)
    for app, name in [("accounts", "User"), *(("oauth", name) for name in NAMES)]
)
now = timezone.now()
alice = User.objects.create(email="alice@example.com", uid="user_0")
uris = {
    "one": "https://a.example/x https://a.example/y",
    "local": "http://127.0.0.1/cb http://localhost:4000/cb",
    "two": "https://a.example/ https://b.example/",
    "changed": "https://c.example/",
}
for name, uri in uris.items():
    app = App.objects.create(user=alice, client_id=name, name=name, redirect_uris=uri, allowed_scope="read")
    granted_at = now - timedelta(days=1) if name == "changed" else timezone.now()
    Grant.objects.create(uid=name, user=alice, application=app, scope="read", granted_at=granted_at)


def token(model, checksum, **values):
    grant = Grant.objects.get(uid="one")
    shared = {"user": alice, "application_id": grant.application_id, "grant": grant, "scope": "read"}
    return model.objects.create(token_checksum=checksum, **shared, **values)


first, second = now - timedelta(hours=2), now - timedelta(hours=1)
for family, began in ((uuid.UUID(int=1), first), (uuid.UUID(int=2), second)):
    token(Access, f"spent {family.int}", authorized_at=began, expires=now)
    token(
        Refresh, f"spent {family.int}", authorized_at=began, token_family=family, revoked=now, rotated_at=now
    )
    access = token(Access, f"live {family.int}", authorized_at=began, expires=now + timedelta(hours=1))
    token(Refresh, f"live {family.int}", authorized_at=began, token_family=family, access_token=access)
token(Access, "alone", authorized_at=now, expires=now)
token(Access, "alone too", authorized_at=now, expires=now)
token(Refresh, "of none", authorized_at=now - timedelta(days=1))
answer = True
"""
AFTER = """
from api.oauth.models import AccessToken, Grant, RefreshToken
answer = [
    dict(Grant.objects.values_list("uid", "hosts")),
    {row.token_checksum: str(row.token_family) for row in AccessToken.objects.all()},
    str(RefreshToken.objects.get(token_checksum="of none").token_family),
]
"""


def test_tokens_keep_their_family_and_grants_the_host_that_is_sure(tmp_path: Path) -> None:
    with new_database(tmp_path, "craft_migration", is_empty=True) as url:
        craft = Server(tmp_path, url)
        try:
            for part in (["accounts", "0002"], ["oauth", "0001"], ["oauth2_provider"]):
                craft.manage("migrate", *part, "--verbosity", "0")
            assert craft.ask(BEFORE)
            craft.manage("migrate", "--verbosity", "0")
            hosts, families, of_none = craft.ask(AFTER)
        finally:
            craft.stop()
    assert hosts == {"one": "a.example", "local": "localhost", "two": "", "changed": ""}
    ended = "00000000-0000-0000-0000-00000000000"
    for number in ("1", "2"):
        assert families.pop(f"live {number}") == families.pop(f"spent {number}") == ended + number
    assert len({*families.values(), of_none, ended + "1", ended + "2"}) == 5
