"""The fields of the forms about people: e-mail, password, name, code."""

from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

Field = TypeVar("Field", bound=forms.Field)
HELP_FOR_NEW = (
    f"At least {settings.PASSWORD_MIN_LENGTH} characters, and none of the common ones. Pasting is fine."
)
EMAIL_MAX_LENGTH = 254  # of the column; Django's field would take 320


def email_field(autocomplete: str = "username") -> forms.EmailField:
    """An e-mail address, always lower case."""
    return LowercaseEmailField(
        label="E-mail",
        max_length=EMAIL_MAX_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}),
        error_messages={
            "required": "E-mail is empty. Enter your address.",
            "invalid": "This is no e-mail address. Enter one such as ada@example.com.",
            "max_length": "E-mail is too long. Use an address of at most %(limit_value)d characters.",
        },
    )


class LowercaseEmailField(forms.EmailField):
    """Addresses are the same whatever their case, and are stored in lower case."""

    def clean(self, value: Any) -> str:
        """The valid address in lower case."""
        email = str(super().clean(value)).lower()
        if not email.isprintable():  # Django lets quoted control characters pass
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return email


def password_field(label: str = "Password", *, new: bool = False) -> forms.CharField:
    """A password, never shown again. A new one is judged by the form, which knows whose it is."""
    return forms.CharField(
        label=label,
        strip=False,
        help_text=HELP_FOR_NEW if new else "",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password" if new else "current-password"}),
        error_messages={"required": f"{label} is empty. Enter {'one' if new else 'it'}."},
    )


def disable_keys_field() -> forms.BooleanField:
    """Whether the API keys end too; never ticked beforehand."""
    return forms.BooleanField(required=False, label="Disable my API keys too")


def name_field() -> forms.CharField:
    """A person's name, judged by accounts.utils.display_names."""
    return forms.CharField(
        label="Name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Name is empty. Enter at least one character."},
    )


def code_field() -> forms.CharField:
    """A code that was mailed."""
    attributes = {
        "autocomplete": "one-time-code",
        "autocapitalize": "characters",
        "spellcheck": "false",
        "class": "input-code",
    }
    return focused(
        forms.CharField(
            label="Code",
            widget=forms.TextInput(attrs=attributes),
            error_messages={"required": "Code is empty. Enter the one we sent you."},
        )
    )


def focused(field: Field) -> Field:
    """The field in which its page begins."""
    field.widget.attrs["autofocus"] = True
    return field
