"""What housekeeping does with accounts closed seven days ago: all of theirs goes, nothing of others."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.closing import close_account
from accounts.models import Activity, User
from accounts.web.client import NOBODY
from api.account import closed_accounts
from api.account.closed_accounts import delete_closed_accounts
from api.oauth.models import Application, Grant
from api.projects.models import Deployment, Project, StoredObject
from apikeys.models import APIKey, KeyState
from apikeys.services import create_key
from craft import configuration
from tests.api.oauth.flow import call, connect, make_app
from tests.commands import run
from tests.fixtures import API, signed_in
from tests.mailbox import mailbox

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7, minutes=6)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir(mode=0o700)
    settings.STORAGES = {**settings.STORAGES, "default": configuration.storage(tmp_path / "files")}
    return tmp_path / "files"


@pytest.fixture
def alices(alice: User, bob: User, api: API) -> dict[str, Any]:
    """Something of each kind: hers, and of hers something of Bob's."""
    _, raw = create_key(alice, name="Deploy", permission="read-write")
    project = api("POST", "/v1/projects", raw, json={"name": "Harbour"}).json()["data"]["id"]
    for name in ("a.txt", "b.txt"):
        file = {"path": name, "content": name}
        assert api("POST", f"/v1/projects/{project}/files", raw, json=file).status_code == 201
    assert api("POST", f"/v1/projects/{project}/deployments", raw).status_code == 201
    own, bobs = make_app(alice), make_app(bob)
    connect(signed_in(alice), bobs)
    of_bob = connect(signed_in(bob), own)
    grant = Grant.objects.get(user=bob)
    create_key(bob, name="By Alice's app", permission="read-only", made_by=grant.uid)
    return {"raw": raw, "of_bob": of_bob, "bobs": bobs}


def objects_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def close_a_week_ago(user: User) -> None:
    close_account(user, NOBODY)
    User.objects.filter(pk=user.pk).update(closing_at=timezone.now() - WEEK)


def test_everything_goes_files_and_pages_too_and_the_owner_is_told(
    alice: User, bob: User, alices: dict[str, Any], folder: Path
) -> None:
    assert len(objects_in(folder)) == 2
    close_a_week_ago(alice)
    assert "Deleted: 1 closed accounts" in run("housekeeping")
    assert not User.objects.filter(pk=alice.pk).exists()
    assert not Project.objects.exists()
    assert not Deployment.objects.exists()
    assert not StoredObject.objects.exists()
    assert objects_in(folder) == []
    assert not Activity.objects.filter(user=alice.pk).exists()
    with connection.cursor() as cursor:  # nothing at all refers to her
        cursor.execute("SELECT count(*) FROM accounts_user WHERE email = 'alice@example.com'")
        assert cursor.fetchone() == (0,)
    mail = mailbox()[-1]
    assert (mail.subject, mail.to) == ("[Craft] Your account was deleted", ["alice@example.com"])


@pytest.mark.matrix  # all that there is of others
def test_what_is_others_stays_but_for_what_acted_through_hers(
    alice: User, bob: User, alices: dict[str, Any]
) -> None:
    close_a_week_ago(alice)
    run("housekeeping")
    assert User.objects.get() == bob
    assert Application.objects.get() == alices["bobs"].row
    assert not Grant.objects.exists()
    assert call(alices["of_bob"]["access_token"]).status_code == 401
    assert APIKey.objects.get().state == KeyState.REVOKED


@pytest.mark.matrix  # what is rare
def test_before_the_seven_days_are_over_nothing_goes(alice: User, alices: dict[str, Any]) -> None:
    close_account(alice, NOBODY)
    assert delete_closed_accounts(timezone.now() + timedelta(days=6, hours=23)) == 0
    assert delete_closed_accounts(timezone.now() + timedelta(days=7, minutes=1)) == 0  # clocks differ
    assert Project.objects.exists()
    assert delete_closed_accounts(timezone.now() + WEEK) == 1


def test_an_account_that_was_kept_stays(alice: User, bob: User) -> None:
    close_account(alice, NOBODY)
    User.objects.filter(pk=alice.pk).update(closing_at=None)
    assert delete_closed_accounts(timezone.now() + 2 * WEEK) == 0
    assert User.objects.count() == 2


@pytest.mark.matrix  # what is rare
def test_a_run_that_was_killed_half_way_is_finished_by_the_next(
    alice: User, alices: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_a_week_ago(alice)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(closed_accounts, "delete_app", die)
        with pytest.raises(KeyboardInterrupt):
            run("housekeeping")
    assert User.objects.filter(pk=alice.pk).exists()
    assert not Project.objects.exists()
    sent = len(mailbox())
    assert "Deleted: 1 closed accounts" in run("housekeeping")
    assert "Deleted: 0 closed accounts" in run("housekeeping")
    assert not User.objects.filter(pk=alice.pk).exists()
    assert objects_in(folder) == []
    assert len(mailbox()) == sent + 1


def test_one_that_cannot_be_deleted_holds_up_no_other(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_app(alice)
    for user in (alice, bob):
        close_a_week_ago(user)

    def fail(*_: object) -> None:
        raise ValueError("a bad day")

    with monkeypatch.context() as patched:
        patched.setattr(closed_accounts, "delete_app", fail)
        assert delete_closed_accounts(timezone.now()) == 1
    assert User.objects.get() == alice
    assert f"closed account {alice.uid} could not be deleted; the next run goes on" in caplog.messages
    assert delete_closed_accounts(timezone.now()) == 1
