"""The forms of the key pages. Names and permissions are judged by the services; here they are only read."""

from typing import Any

from django import forms

from accounts.ids import random_base62
from accounts.names import clean_name
from apikeys.health import KeyLine, is_name_of, needs_name_to_delete
from apikeys.scopes import Permission

FORM_ID_LENGTH = 22  # 131 bits, so that no two forms share one


class KeyForm(forms.Form):
    """What the owner decides about a key."""

    name = forms.CharField(
        error_messages={"required": "Name is empty. Enter at least one character."},
        help_text="What will use it, so that you know later what breaks without it.",
        # No maxlength: a browser would cut a pasted name without a word, the error says what is wrong.
        widget=forms.TextInput(
            attrs={"placeholder": "For example: Reports bot", "autocomplete": "off", "data-key-name": ""}
        ),
    )
    permission = forms.ChoiceField(
        choices=[(permission, permission) for permission in Permission],
        initial=Permission.READ_ONLY,
        error_messages={
            "required": "Choose what the key may do.",
            "invalid_choice": "Choose read-only or read-write.",
        },
    )

    # Each permission as the page shows it: value, label, icon, what it means.
    choices = (
        (
            Permission.READ_ONLY,
            "Read-only",
            "eye",
            "View projects, files and deployments. Cannot change anything.",
        ),
        (
            Permission.READ_WRITE,
            "Read-write",
            "pencil",
            "Everything you can do through the API: create, update, delete.",
        ),
    )

    def clean_name(self) -> str:
        """The name as every way to set one cleans it."""
        return clean_name(self.cleaned_data["name"])


class CreateKeyForm(KeyForm):
    """The same, and an id that lets one form make one key."""

    form_id = forms.RegexField(rf"\A[0-9A-Za-z]{{{FORM_ID_LENGTH}}}\Z")

    def clean(self) -> dict[str, Any] | None:
        """Say in words that a form arrived without its id; the page shows no error of a hidden field."""
        if self.errors.pop("form_id", None):
            self.add_error(None, "The form arrived incomplete. Check it and send it again.")
        return super().clean()

    @property
    def next_form_id(self) -> str:
        """The id to show the form with: the one it was sent with, as long as that made no key."""
        sent = self.cleaned_data.get("form_id") if self.is_bound else None
        return sent or random_base62(FORM_ID_LENGTH)


class DeleteKeyForm(forms.Form):
    """The key's name typed again, when something used it lately."""

    confirm = forms.CharField(
        required=False,
        help_text="It stays under Inactive for 7 days, where you can restore it.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "autofocus": True}
        ),
    )

    def __init__(self, *args: Any, line: KeyLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        self.fields["confirm"].widget.attrs["data-must-equal"] = line.key.name

    @property
    def needs_name(self) -> bool:
        """Whether the name has to be typed."""
        return needs_name_to_delete(self.line)

    def clean_confirm(self) -> str:
        """The typed text; it must be the key's name when that is needed."""
        typed: str = self.cleaned_data["confirm"]
        if self.needs_name and not is_name_of(self.line.key, typed):
            raise forms.ValidationError(
                "This is not the name of the key. Type it as it is written above."
                if typed
                else "Type the name of the key."
            )
        return typed
