"""Typed requests: what a view may rely on behind a decorator."""

from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A request behind `login_required`: its user is a person, not anonymous."""

    user: User
