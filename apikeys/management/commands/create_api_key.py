"""`create_api_key EMAIL`: make an API key from the command line."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.commands import refusal, user_by_email, whole_number
from apikeys.scopes import Permission
from apikeys.services import create_key

MAX_DAYS = 36_500


class Command(BaseCommand):
    """Prints the key, which is shown nowhere else and never again."""

    help = "Create an API key for an account, and print it. It is not shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The owner's address and what the key is to be."""
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", required=True)
        parser.add_argument("--permission", required=True, help=" or ".join(Permission))
        parser.add_argument(
            "--expires-in", metavar="DAYS", help="Days until the key ends; never unless given."
        )

    def handle(self, *, email: str, name: str, permission: str, expires_in: str | None, **_: Any) -> None:
        """Create the key or refuse with one line."""
        expires_at = None
        if expires_in is not None:
            expires_at = timezone.now() + timedelta(
                days=whole_number(expires_in, "--expires-in", most=MAX_DAYS)
            )
        try:
            _key, raw_key = create_key(
                user_by_email(email), name=name, permission=permission, expires_at=expires_at
            )
        except ValidationError as error:
            raise refusal(error) from None
        self.stdout.write(raw_key)
