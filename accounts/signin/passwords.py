"""New passwords: whether one is good enough, and what follows when it was changed."""

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.models import User

REASONS = {
    "password_too_short": f"is shorter than {settings.PASSWORD_MIN_LENGTH} characters",
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


def finish_password_change(request: HttpRequest, user: User) -> None:
    """Keep this browser signed in, while every other session ends; mail the owner and tell who listens.

    As allauth's own page for it does, whose function is private.
    """
    listed = UserSession.objects.filter(session_key=request.session.session_key)
    update_session_auth_hash(request, user)
    listed.update(session_key=request.session.session_key)  # the same session still, as old as it was
    get_adapter(request).send_notification_mail("account/email/password_changed", user)
    password_changed.send(sender=type(user), request=request, user=user)
