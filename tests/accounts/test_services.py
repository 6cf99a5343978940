"""The rules about accounts."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Activity, User
from accounts.services import create_user, end_all_sessions, rename_user
from accounts.web.client import NOBODY, Client
from tests.fixtures import PASSWORD, sign_in

LAPTOP = Client(ip="203.0.113.7", agent="curl/8.5")
pytestmark = [pytest.mark.database, pytest.mark.django_db]


def refusal(**kwargs: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        create_user(**kwargs)
    return " ".join(refused.value.messages)


def test_an_account_has_a_public_id_a_verified_address_and_a_first_line_of_activity() -> None:
    user = create_user(email="Ada.Lovelace@Example.COM", plan="pro", password=PASSWORD, client=LAPTOP)
    assert user.uid.startswith("user_")
    assert (user.email, user.name, user.plan) == ("ada.lovelace@example.com", "Ada.Lovelace", "pro")
    assert (user.is_active, user.is_staff, user.is_superuser) == (True, False, False)
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("ada.lovelace@example.com", True, True)
    assert list(Activity.objects.values_list("event", "ip")) == [("signup", "203.0.113.7")]
    assert user.check_password(PASSWORD)
    assert PASSWORD not in user.password


def test_staff_may_do_everything_in_the_admin() -> None:
    user = create_user(email="sam@example.com", staff=True)
    assert user.is_staff
    assert user.has_perm("apikeys.change_apikey")


def test_an_account_without_a_password_opens_to_none() -> None:
    user = create_user(email="ada@example.com")
    assert not user.has_usable_password()
    for password in ("", user.password):
        assert authenticate(email="ada@example.com", password=password) is None


def test_one_address_whatever_its_case_has_one_account(alice: User) -> None:
    assert refusal(email="ALICE@EXAMPLE.com") == "alice@example.com has an account already."
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="Alice@Example.com")])
    assert User.objects.get_by_natural_key("aLICE@example.com") == alice
    User.objects.filter(pk=alice.pk).update(email="ALICE@Example.org")
    assert User.objects.get(email="Alice@example.ORG").email == "alice@example.org"


def test_letters_that_only_the_database_holds_for_one_are_two_addresses(sam: User) -> None:
    other = create_user(email="\u017fam@example.com")
    assert (other.pk == sam.pk, other.email) == (False, "\u017fam@example.com")
    assert User.objects.get_by_natural_key("Sam@example.com") == sam


@pytest.mark.parametrize(
    "email",
    [
        "",
        "nobody",
        "a b@example.com",
        "a@b",
        "alice@example.com\n",
        "alice@exam\x00ple.com",
        "a@\udcff.com",
        f"{'x' * 300}@example.com",
    ],
)
def test_what_is_no_address_or_too_long_for_one_is_refused(email: str) -> None:
    assert refusal(email=email)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"name": "x" * 101}, "Name has 101 characters. Use at most 100."),
        ({"name": "a\u202eb"}, "Name holds a control or invisible character. Type it again without."),
        ({"plan": "gold"}, "There is no plan 'gold'. Choose one of free, pro, enterprise, internal."),
        ({"password": "short"}, "This password is too short. It must contain at least 12 characters."),
        ({"password": "1234567890123"}, "This password is too common. This password is entirely numeric."),
        ({"password": "ada@example.com"}, "The password is too similar to the email."),
    ],
)
def test_what_else_is_wrong_is_said_and_nothing_is_made(kwargs: dict[str, str], message: str) -> None:
    assert refusal(email="ada@example.com", **kwargs) == message
    assert not User.objects.exists()


def test_a_long_first_part_of_an_address_is_cut_for_the_name() -> None:
    assert create_user(email=f"{'x' * 150}@example.com").name == "x" * 100


def test_a_new_name_is_logged_with_the_old_one_and_the_same_name_is_not(alice: User) -> None:
    rename_user(alice, "  Alice L. ", LAPTOP)
    rename_user(alice, "Alice L.", LAPTOP)
    alice.refresh_from_db()
    assert alice.name == "Alice L."
    lines = Activity.objects.filter(event="profile_changed").values_list("details", "ip")
    assert list(lines) == [({"changed": {"name": ["Alice Owner", "Alice L."]}}, "203.0.113.7")]
    with pytest.raises(ValidationError, match="Name is empty"):
        rename_user(alice, " ", LAPTOP)


def test_ending_all_sessions_signs_out_every_browser_of_that_user_only(alice: User, bob: User) -> None:
    one, two, bobs = sign_in(alice), sign_in(alice), sign_in(bob)
    assert UserSession.objects.filter(user=alice).count() == 2
    assert end_all_sessions(alice, NOBODY) == 2
    for browser, status in ((one, 302), (two, 302), (bobs, 200)):
        assert browser.get("/settings/profile/").status_code == status
    assert Activity.objects.get(user=alice, event="sessions_ended").details == {"sessions": 2}


def test_a_deactivated_account_is_signed_out_at_the_next_request(alice: User) -> None:
    browser = sign_in(alice)
    assert browser.get("/settings/profile/").status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert browser.get("/settings/profile/").status_code == 302
