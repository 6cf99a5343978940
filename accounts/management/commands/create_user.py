"""`create_user EMAIL`: make an account from the command line."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.commands import refusal
from accounts.models import Plan
from accounts.services import create_user


class Command(BaseCommand):
    """Prints the new account's `user_…` id."""

    help = "Create an account whose address counts as verified, and print its id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address and what may be said about the account."""
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", default="", help="Display name; unless given, what stands before @.")
        parser.add_argument("--plan", default=Plan.FREE.value, help=f"One of {', '.join(Plan.values)}.")
        parser.add_argument("--staff", action="store_true", help="May do everything in the admin.")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="Read the password from standard input. Without it, only a reset by mail can set one.",
        )

    def handle(
        self, *, email: str, name: str, plan: str, staff: bool, password_stdin: bool, **_: Any
    ) -> None:
        """Create the account or refuse with one line."""
        password = _read_password() if password_stdin else None
        try:
            user = create_user(email=email, name=name, plan=plan, staff=staff, password=password)
        except ValidationError as error:
            raise refusal(error) from None
        self.stdout.write(user.uid)


def _read_password() -> str:
    """Standard input without the line end that a shell puts after it."""
    try:
        password = sys.stdin.buffer.read().decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise CommandError("The password on standard input is not UTF-8.") from None
    if not password:
        raise CommandError("There is no password on standard input.")
    # A form would refuse or change it at every sign-in.
    if not password.isprintable() or password != password.strip():
        raise CommandError("The password holds a control character, or begins or ends with a space.")
    return password
