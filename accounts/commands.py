"""What Craft's management commands share: the account they act for, and how they refuse."""

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.models import User


def user_by_email(email: str) -> User:
    """The account with this address, whatever its case. Raises CommandError when there is none."""
    # Text that no database can store (an argument that is not UTF-8, a NUL) is nobody's address.
    if email.isprintable() and (user := User.objects.filter(email=email).first()):
        return user
    raise CommandError(f"There is no account with the address {email!r}.")


def refusal(error: ValidationError) -> CommandError:
    """A rule's refusal as the one line that the command line shows."""
    return CommandError(" ".join(" ".join(error.messages).split()))


def whole_number(text: str, option: str, *, most: int) -> int:
    """An option's value from 1 to `most`. Raises CommandError that names the option."""
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most:
        return int(text)
    raise CommandError(f"{option} must be a whole number from 1 to {most}.")
