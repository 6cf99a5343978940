"""What the forms of the key pages take, and what they say of the rest."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError

from apikeys.forms import CreateKeyForm, DeleteKeyForm, KeyForm
from apikeys.models import APIKey
from apikeys.status import KeySummary

FORM_ID = "abcdefghijklmnopqrstuv"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOD = {"name": "Reports bot", "permission": "read-only", "expires": "90"}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "Name is empty. Enter at least one character."),
        ("   ", "Name is empty. Enter at least one character."),
    ],
)
def test_an_empty_name_is_told_what_is_wrong(name: str, error: str) -> None:
    form = KeyForm({"name": name, "permission": "read-only", "expires": "90"})
    assert form.errors == {"name": [error]}


def test_a_null_character_is_refused() -> None:
    assert list(KeyForm({"name": "a\0b", "permission": "read-only", "expires": "90"}).errors) == ["name"]


def test_the_longest_name_passes_trimmed() -> None:
    form = KeyForm({"name": f" {'W' * 100} ", "permission": "read-write", "expires": "never"})
    assert form.is_valid()
    assert (form.cleaned_data["name"], form.expires_at()) == ("W" * 100, None)


@pytest.mark.parametrize(
    ("permission", "error"),
    [("", "Choose what the key may do."), ("admin", "Choose read-only or read-write.")],
)
def test_a_permission_must_be_chosen(permission: str, error: str) -> None:
    form = KeyForm({"name": "Reports bot", "permission": permission, "expires": "90"})
    assert form.errors == {"permission": [error]}


def test_read_only_and_ninety_days_are_chosen_to_begin_with() -> None:
    assert KeyForm()["permission"].value() == "read-only"
    assert KeyForm()["expires"].value() == "90"


def test_each_time_is_offered_with_its_day() -> None:
    with time_machine.travel(NOW, tick=False):
        form = KeyForm()
    offered = {value: f"{words}, on {day}" if day else words for value, words, day in form.expiries}
    assert offered == {
        "7": "In 7 days, on 1 December 2026",
        "30": "In 30 days, on 24 December 2026",
        "60": "In 60 days, on 23 January 2027",
        "90": "In 90 days, on 22 February 2027",
        "365": "In 1 year, on 24 November 2027",
        "date": "On a date",
        "never": "Never",
    }


@pytest.mark.parametrize(
    ("expires", "on", "expires_at"),
    [
        ("7", "", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("365", "no date, which does not count", datetime(2027, 11, 24, 12, tzinfo=UTC)),
        ("date", "2026-11-24", datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC)),
        ("date", "9998-12-31", datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("never", "2026-11-24", None),
    ],
)
def test_what_is_chosen_is_a_moment(expires: str, on: str, expires_at: datetime | None) -> None:
    with time_machine.travel(NOW, tick=False):
        form = KeyForm({**GOOD, "expires": expires, "expires_on": on})
        assert form.errors == {}
        assert form.expires_at() == expires_at


@pytest.mark.parametrize(
    ("expires", "on", "errors"),
    [
        ("", "", {"expires": ["Choose when the key expires."]}),
        ("8", "", {"expires": ["Choose one of the times listed."]}),
        ("keep", "", {"expires": ["Choose one of the times listed."]}),
        ("date", "", {"expires_on": ["Choose the last day on which the key works."]}),
        ("date", "2026-11-23", {"expires_on": ["This day is over. Choose today or a later one."]}),
        ("date", "2026-11-25 25:00", {"expires_on": ["This is no date. Enter one such as 2027-02-22."]}),
        ("date", "2026-02-30", {"expires_on": ["This is no date. Enter one such as 2027-02-22."]}),
        ("date", "9999-01-01", {"expires_on": ["Choose a day before the year 9999, or Never."]}),
        ("date", "10000-01-01", {"expires_on": ["This is no date. Enter one such as 2027-02-22."]}),
    ],
)
def test_what_is_no_time_says_what_is_wrong(expires: str, on: str, errors: dict[str, list[str]]) -> None:
    with time_machine.travel(NOW, tick=False):
        assert KeyForm({**GOOD, "expires": expires, "expires_on": on}).errors == errors


def test_a_refusal_of_the_service_stands_at_its_field() -> None:
    form = KeyForm(GOOD)
    assert form.is_valid()
    form.add_refusal(ValidationError({"expires_at": "Expiry is in the past.", "name": "Name is taken."}))
    form.add_refusal(ValidationError("Too many."))
    assert form.errors == {
        "expires": ["Expiry is in the past."],
        "name": ["Name is taken."],
        "__all__": ["Too many."],
    }


@pytest.mark.parametrize("form_id", ["", "short", "x" * 23, "x" * 21 + "/"])
def test_a_form_without_its_id_is_refused_in_words_and_gets_one(form_id: str) -> None:
    form = CreateKeyForm(
        {"name": "Reports bot", "permission": "read-only", "expires": "90", "form_id": form_id}
    )
    assert form.errors == {"__all__": ["The form arrived incomplete. Check it and send it again."]}
    assert len(form.next_form_id) == 22
    assert form.next_form_id != form_id


def test_a_form_keeps_its_id_while_it_has_errors_and_two_forms_never_share_one() -> None:
    form = CreateKeyForm({"name": "", "permission": "read-only", "expires": "90", "form_id": FORM_ID})
    assert not form.is_valid()
    assert form.next_form_id == FORM_ID
    assert CreateKeyForm().next_form_id != CreateKeyForm().next_form_id


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ("Reports bot", {}),
        ("reports bot ", {}),
        ("", {"confirm": ["Type the name of the key."]}),
        ("Reports", {"confirm": ["This is not the name of the key. Type it as it is written above."]}),
    ],
)
def test_the_name_of_a_used_key_has_to_be_typed(typed: str, errors: dict[str, list[str]]) -> None:
    key = APIKey(name="Reports bot", last_used_at=NOW)
    assert DeleteKeyForm({"confirm": typed}, summary=KeySummary(key, NOW)).errors == errors


def test_an_unused_key_needs_no_name() -> None:
    assert DeleteKeyForm({}, summary=KeySummary(APIKey(name="Reports bot"), NOW)).is_valid()
