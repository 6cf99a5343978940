"""Make an account to look around with: `python -m craft.demo`, a part of `make run`."""

import os
import secrets
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

EMAIL = "demo@example.com"


def main() -> None:
    """Create the demo account and print its password, but only on a local Craft that has no user at all."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "craft.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    from accounts.models import User  # noqa: PLC0415  models load only after django.setup()
    from accounts.services import create_user  # noqa: PLC0415

    if not settings.IS_LOCAL or User.objects.exists():
        return
    password = secrets.token_urlsafe(12)
    create_user(email=EMAIL, name="Demo User", plan="free", password=password)
    print(f"Demo account: {EMAIL}  password: {password}  (shown once)", flush=True)


if __name__ == "__main__":
    main()
