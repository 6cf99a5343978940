import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.signin.passwords import judge_password

ADA = User(email="ada@example.com", name="Ada Lovelace")


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("tR7#", "Password is shorter than 12 characters. Choose another one."),
        ("ada-lovelace", "Password is too much like your name or e-mail. Choose another one."),
        ("ada@example.com", "Password is too much like your name or e-mail. Choose another one."),
        ("password1234", "Password is one of the most common ones. Choose another one."),
        (
            "1234567890123",
            "Password is one of the most common ones and holds nothing but digits. Choose another one.",
        ),
    ],
)
def test_a_weak_password_is_refused_in_one_sentence(password: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        judge_password(password, ADA)
    assert refusal.value.messages == [sentence]


def test_a_good_password_passes() -> None:
    judge_password("correct-horse-battery", ADA)
