"""The forms of the key pages. Names and permissions are judged by the services; here they are only read."""

from typing import Any

from django import forms

from accounts.web.one_time_forms import OneTimeForm
from apikeys.models import RESTORABLE_IN_WORDS
from apikeys.scopes import Permission
from apikeys.status import KeySummary, is_name_of, needs_name_to_delete


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


class CreateKeyForm(OneTimeForm, KeyForm):
    """The same, and an id that lets one form make one key."""


class DeleteKeyForm(forms.Form):
    """The key's name typed again, when something used it lately."""

    confirm = forms.CharField(
        required=False,
        help_text=f"It stays under Inactive for {RESTORABLE_IN_WORDS}, where you can restore it.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "autofocus": True}
        ),
    )

    def __init__(self, *args: Any, summary: KeySummary, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summary = summary
        self.fields["confirm"].widget.attrs["data-must-equal"] = summary.key.name

    @property
    def needs_name(self) -> bool:
        """Whether the name has to be typed."""
        return needs_name_to_delete(self.summary)

    def clean_confirm(self) -> str:
        """The typed text; it must be the key's name when that is needed."""
        typed: str = self.cleaned_data["confirm"]
        if self.needs_name and not is_name_of(self.summary.key, typed):
            raise forms.ValidationError(
                "This is not the name of the key. Type it as it is written above."
                if typed
                else "Type the name of the key."
            )
        return typed
