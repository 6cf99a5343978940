"""Who has lost every device and code: staff reset the factors, and the owner has a day to stop it."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.events import Event
from accounts.models import User
from accounts.services import create_user
from accounts.signin.factors import reset
from tests.accounts.factors import code_of, give_app
from tests.fixtures import PASSWORD, sign_in, signed_in
from tests.mailbox import mailbox

STOP = "/settings/security/stop-reset/"


def path_of(user: User) -> str:
    return f"/admin/accounts/user/{user.pk}/reset-factors/"


def pass_hours(user: User, hours: float) -> None:
    """Let the reset be so much nearer, and what the account has so much older."""
    user.refresh_from_db()
    assert user.factors_end_at
    User.objects.filter(pk=user.pk).update(factors_end_at=user.factors_end_at - timedelta(hours=hours))
    for row in Authenticator.objects.filter(user=user):
        row.created_at -= timedelta(hours=hours)
        row.save()


def test_staff_reset_with_a_reason_and_the_owner_is_told_at_once(alice: User, sam_browser: Client) -> None:
    give_app(alice)
    assert (
        "Reset second factors" in sam_browser.get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    )
    assert "Reason is empty" in sam_browser.post(path_of(alice), {"reason": " "}).content.decode()
    sam_browser.post(path_of(alice), {"reason": "Lost her phone, called from the office"})
    alice.refresh_from_db()
    assert alice.factors_end_at
    assert timedelta(hours=23) < alice.factors_end_at - timezone.now() <= timedelta(hours=24)
    mail = mailbox()[-1]
    assert mail.to == [alice.email]
    assert "Lost her phone" in mail.body
    assert f"http://localhost:8000{STOP}" in mail.body
    details = alice.activity.get(event=Event.FACTORS_RESET).details
    assert details == {"by": "staff", "reason": "Lost her phone, called from the office", "step": "asked for"}
    assert "Lost her phone" in LogEntry.objects.latest("pk").get_change_message()
    page = sam_browser.post(path_of(alice), {"reason": "Again"}, follow=True).content.decode()
    assert "its reset waits already" in page
    assert len(mailbox()) == 1


def test_the_factors_hold_for_a_day_then_the_next_sign_in_is_without(alice: User) -> None:
    give_app(alice)
    reset.ask(alice, "Lost her phone")
    pass_hours(alice, 23.9)
    browser = Client()
    answer = browser.post("/login/", {"login": alice.email, "password": PASSWORD})
    assert answer["Location"] == "/login/second-step/"
    pass_hours(alice, 0.2)
    sign_in(alice)
    assert not Authenticator.objects.filter(user=alice).exists()
    steps = [line.details["step"] for line in alice.activity.filter(event=Event.FACTORS_RESET).order_by("pk")]
    assert steps == ["asked for", "done"]
    alice.refresh_from_db()
    assert alice.factors_end_at is None


def test_after_a_reset_the_password_alone_opens_nothing_in_a_browser_not_known(alice: User) -> None:
    give_app(alice)
    signed_in(alice)
    reset.ask(alice, "Lost her phone")
    pass_hours(alice, 25)
    answer = Client().post("/login/", {"login": alice.email, "password": PASSWORD})
    assert answer["Location"] == "/login/code/"
    assert not Authenticator.objects.filter(user=alice).exists()


def test_the_owner_stops_it(alice: User, bob_browser: Client) -> None:
    give_app(alice)
    owner = signed_in(alice)
    reset.ask(alice, "Lost her phone")
    bob_browser.post(STOP)
    assert "Stop the reset…" in owner.get("/settings/security/").content.decode()
    owner.get(STOP)  # as a program that scans mail does
    alice.refresh_from_db()
    assert alice.factors_end_at
    page = owner.post(STOP, follow=True).content.decode()
    assert "The reset is stopped." in page
    assert "Stop the reset…" not in page
    assert "No reset waits." in owner.get(STOP).content.decode()
    assert not User.objects.filter(factors_end_at__isnull=False).exists()
    assert Authenticator.objects.filter(user=alice).exists()
    line = alice.activity.filter(event=Event.FACTORS_RESET).latest("pk")
    assert (line.details, line.ip) == ({"step": "stopped"}, "127.0.0.1")


def test_a_factor_added_since_outlives_the_reset(alice: User) -> None:
    give_app(alice)
    reset.ask(alice, "Lost her phone")
    pass_hours(alice, 25)
    Authenticator.objects.filter(user=alice, type="totp").delete()
    new = give_app(alice, "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    browser = Client()
    browser.post("/login/", {"login": alice.email, "password": PASSWORD})
    assert list(Authenticator.objects.filter(user=alice)) == [new]
    browser.post("/login/second-step/", {"code": code_of("KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")})
    assert browser.get("/settings/").status_code == 200


@pytest.mark.matrix  # each kind of account
def test_whom_staff_may_not_reset(alice: User, bob: User, sam: User, sam_browser: Client) -> None:
    page = sam_browser.post(path_of(alice), {"reason": "x"}, follow=True).content.decode()
    assert "There is no second factor" in page
    assert sam_browser.post(path_of(sam), {"reason": "x"}).status_code == 403
    other = create_user(email="rita@example.com", password=PASSWORD, staff=True)
    give_app(other)
    User.objects.filter(pk=sam.pk).update(is_superuser=False)
    assert sam_browser.post(path_of(other), {"reason": "x"}).status_code == 403
    assert signed_in(bob).post(path_of(alice), {"reason": "x"}, follow=True).status_code == 403
    assert not User.objects.filter(factors_end_at__isnull=False).exists()


@pytest.mark.parametrize("path", [STOP, "/settings/security/confirm-staff/"])
def test_signed_out_leads_to_sign_in_and_back(db: None, path: str) -> None:
    assert Client().get(path)["Location"] == f"/login/?next={path}"
    assert Client().post(path)["Location"] == f"/login/?next={path}"
