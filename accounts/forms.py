"""The forms of Account Settings; those of sign-in and of passwords are in accounts.signin.forms."""

from django import forms

from accounts.signin.forms import name_field
from accounts.utils.display_names import clean_name


class NotificationsForm(forms.Form):
    """Which mails a person wants that are not about the account's security."""

    mails_about_expiry = forms.BooleanField(required=False, label="API keys that are about to expire")


class ProfileForm(forms.Form):
    """What a person may change about the account."""

    name = name_field()

    def clean_name(self) -> str:
        """The name, trimmed. Raises ValidationError as clean_name does."""
        return clean_name(self.cleaned_data["name"])
