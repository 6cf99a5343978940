"""What people may call themselves and their keys."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.utils.display_names import clean_name, name_key


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada", "Ada"),
        ("  Ada  Lovelace \n", "Ada  Lovelace"),
        ("O'Brien & <Söhne>", "O'Brien & <Söhne>"),
        ("नमस्ते", "नमस्ते"),
        ("می\u200cرود", "می\u200cرود"),  # Persian needs the zero-width non-joiner
        ("👩\u200d💻", "👩\u200d💻"),  # and emoji the joiner
        ("\U0001fae8 shaking face of Unicode 15", "\U0001fae8 shaking face of Unicode 15"),
        ("x" * 100, "x" * 100),
    ],
)
def test_a_visible_name_is_kept_without_the_space_around_it(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize("name", ["", "   ", "\t\n", "\u00a0\u3000", "\u200d", " \u200c\u200d "])
def test_a_name_of_nothing_visible_is_empty(name: str) -> None:
    with pytest.raises(ValidationError, match=r"Name is empty\. Enter at least one character\."):
        clean_name(name)


def test_a_name_over_100_characters_is_refused_with_its_length() -> None:
    with pytest.raises(ValidationError, match=r"Name has 101 characters. Use at most 100\."):
        clean_name("x" * 101)


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x1b",
        "\n",
        "\x7f",
        "\u200b",  # zero-width space
        "\u202e",  # right-to-left override
        "\u2066",  # left-to-right isolate
        "\ufeff",  # byte order mark
        "\u2028",  # line separator
        "\ud800",  # lone surrogate
        "\ue000",  # private use
        "\uffff",  # no character
        "\U000e0041",  # tag
    ],
)
def test_control_and_invisible_characters_are_refused(character: str) -> None:
    with pytest.raises(ValidationError, match="Name holds a control or invisible character"):
        clean_name(f"a{character}b")


@pytest.mark.matrix  # drawn names
@given(st.text())
def test_whatever_is_kept_can_be_stored_and_is_kept_the_second_time(text: str) -> None:
    try:
        name = clean_name(text)
    except ValidationError:
        return
    assert 1 <= len(name) <= 100
    assert name.encode()
    assert not any(unicodedata.category(character) == "Cc" for character in name)
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Reports", "rEPORTS"),
        ("Straße", "STRASSE"),
        ("É", "e\u0301"),
        ("\u017fpecial", "special"),
        ("Ⅷ", "viii"),
        ("re\u200dports", "reports"),
    ],
)
def test_names_that_read_the_same_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_names_that_differ_have_different_keys() -> None:
    assert len({name_key(name) for name in ("Reports", "Report s", "Réports", "Reports 2")}) == 4


@given(st.text(max_size=100))
def test_a_name_key_always_fits_into_its_column_of_400_characters(name: str) -> None:
    assert len(name_key(name)) <= 400


def test_long_forms_that_differ_only_at_their_end_have_different_keys() -> None:
    one, other = name_key("\ufdfa" * 99 + "a"), name_key("\ufdfa" * 99 + "b")
    assert one != other
    assert len(one) == len(other) == 400
