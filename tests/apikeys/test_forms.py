"""What the forms of the key pages take, and what they say of the rest."""

from datetime import UTC, datetime

import pytest

from apikeys.forms import CreateKeyForm, DeleteKeyForm, KeyForm
from apikeys.models import APIKey
from apikeys.status import KeySummary

FORM_ID = "abcdefghijklmnopqrstuv"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "Name is empty. Enter at least one character."),
        ("   ", "Name is empty. Enter at least one character."),
    ],
)
def test_an_empty_name_is_told_what_is_wrong(name: str, error: str) -> None:
    form = KeyForm({"name": name, "permission": "read-only"})
    assert form.errors == {"name": [error]}


def test_a_null_character_is_refused() -> None:
    assert list(KeyForm({"name": "a\0b", "permission": "read-only"}).errors) == ["name"]


def test_the_longest_name_passes_trimmed() -> None:
    form = KeyForm({"name": f" {'W' * 100} ", "permission": "read-write"})
    assert form.is_valid()
    assert form.cleaned_data == {"name": "W" * 100, "permission": "read-write"}


@pytest.mark.parametrize(
    ("permission", "error"),
    [("", "Choose what the key may do."), ("admin", "Choose read-only or read-write.")],
)
def test_a_permission_must_be_chosen(permission: str, error: str) -> None:
    form = KeyForm({"name": "Reports bot", "permission": permission})
    assert form.errors == {"permission": [error]}


def test_read_only_is_chosen_to_begin_with() -> None:
    assert KeyForm()["permission"].value() == "read-only"


@pytest.mark.parametrize("form_id", ["", "short", "x" * 23, "x" * 21 + "/"])
def test_a_form_without_its_id_is_refused_in_words_and_gets_one(form_id: str) -> None:
    form = CreateKeyForm({"name": "Reports bot", "permission": "read-only", "form_id": form_id})
    assert form.errors == {"__all__": ["The form arrived incomplete. Check it and send it again."]}
    assert len(form.next_form_id) == 22
    assert form.next_form_id != form_id


def test_a_form_keeps_its_id_while_it_has_errors_and_two_forms_never_share_one() -> None:
    form = CreateKeyForm({"name": "", "permission": "read-only", "form_id": FORM_ID})
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
