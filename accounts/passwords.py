"""Judging a new password, in one sentence."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User

REASONS = {
    "password_too_short": "is shorter than 10 characters",
    "password_too_similar": "is too much like your name or e-mail",
    "password_too_common": "is one of the most common ones",
    "password_entirely_numeric": "holds nothing but digits",
}


def judge_password(password: str, user: User) -> None:
    """Raise ValidationError, saying all that is wrong, unless the validators in settings accept it."""
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        reasons = [REASONS[str(error.code)] for error in refusal.error_list]
        raise ValidationError(f"Password {' and '.join(reasons)}. Choose another one.") from None
