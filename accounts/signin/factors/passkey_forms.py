"""The forms of passkeys. A module of script fills them in (static/js/passkey.js)."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from django import forms

from accounts.models import User
from accounts.signin.factors import passkeys
from accounts.signin.fields import name_field
from accounts.utils.display_names import clean_name


class CredentialForm(forms.Form):
    """What a browser sent of a passkey; what is wrong with it is said of the whole form."""

    credential = forms.CharField(required=False, widget=forms.HiddenInput)


class PasskeyForm(CredentialForm):
    """A passkey of this person, or of whoever it is. `factor`: the one that was used."""

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Look at what the passkey signed."""
        try:
            return {"factor": passkeys.use(self.cleaned_data.get("credential", ""), self.user)}
        except passkeys.BadPasskey as refusal:
            self.add_error(None, str(refusal))
            return self.cleaned_data

    def save(self, *, again: bool = False) -> None:
        """Note in the session that the passkey was used; `again`: by who was signed in."""
        post_authentication(context.request, self.cleaned_data["factor"], reauthenticated=again)


class RenameForm(forms.Form):
    """What a passkey is called."""

    name = name_field()

    def clean_name(self) -> str:
        """A visible name of 1 to 100 characters."""
        return clean_name(self.cleaned_data["name"])


class NewPasskeyForm(RenameForm, CredentialForm):
    """A passkey that was just made. `made`: as passkeys.read_new gives it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.help_text = "Which device it is on, for you alone."
        name.widget.attrs |= {
            "placeholder": "For example: MacBook Air",
            "autocomplete": "off",
            "autofocus": True,
        }

    def clean(self) -> dict[str, Any]:
        """Look at it only with a name: a challenge works once."""
        if "name" not in self.cleaned_data:
            return self.cleaned_data
        try:
            return {**self.cleaned_data, "made": passkeys.read_new(self.cleaned_data.get("credential", ""))}
        except passkeys.BadPasskey as refusal:
            self.add_error(None, str(refusal))
            return self.cleaned_data
