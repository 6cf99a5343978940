"""The forms of the pages about apps. The rules are in api.oauth.services.app_validation and the services."""

from typing import Any, cast

from django import forms

from accounts.utils.display_names import name_key
from accounts.web.one_time_forms import OneTimeForm
from api.oauth.models import Application
from api.oauth.pages.app_summaries import AppSummary
from api.oauth.redirect_uris import clean_redirect_uris, faults_of
from api.oauth.services.app_validation import clean_app_name, clean_description, clean_website
from apikeys.scopes import WORDING, Scope

# No maxlength anywhere: a browser would cut what is pasted without a word, the error says what is wrong.
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class AppForm(forms.Form):
    """What the owner decides about an app, whenever they like."""

    name = forms.CharField(
        help_text="People read it when they are asked, and under their connected apps.",
        error_messages={"required": "Name is empty. Enter at least one character."},
        widget=forms.TextInput(attrs={"placeholder": "For example: Acme Sync", "autocomplete": "off"}),
    )
    website = forms.CharField(
        required=False,
        help_text="Optional. Where people can read about the app.",
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "url", "placeholder": "https://yourapp.com"}),
    )
    description = forms.CharField(
        required=False,
        help_text="Optional. One or two sentences, for yourself and for Craft's staff.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    redirect_uris = forms.CharField(
        label="Redirect URIs",
        help_text=(
            "One a line, compared character by character. https only; http for localhost, "
            "127.0.0.1 and [::1], the last two with any port."
        ),
        error_messages={"required": "Enter at least one redirect URI, such as https://yourapp.com/callback."},
        widget=forms.Textarea(attrs={**PLAIN, "rows": 3, "placeholder": "https://yourapp.com/callback"}),
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in Scope],
        error_messages={
            "required": "Choose at least one scope.",
            "invalid_choice": "Choose from the scopes below.",
        },
    )

    def __init__(self, *args: Any, admin_enabled: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = [scope for scope in Scope if admin_enabled or scope != Scope.ADMIN]
        # A copy of the form's own field, so that only this form offers less.
        cast(forms.MultipleChoiceField, self.fields["scopes"]).choices = [(s, s) for s in self.offered]

    def clean_name(self) -> str:
        """A name that is not Craft's own."""
        return clean_app_name(self.cleaned_data["name"])

    def clean_website(self) -> str:
        return clean_website(self.cleaned_data["website"])

    def clean_description(self) -> str:
        return clean_description(self.cleaned_data["description"])

    def clean_redirect_uris(self) -> str:
        """Checked; what is wrong names its line, where there are several."""
        text: str = self.cleaned_data["redirect_uris"]
        try:
            return "\n".join(clean_redirect_uris(text))
        except forms.ValidationError:
            found = faults_of(text)
            if len(text.splitlines()) > 1 and found:
                raise forms.ValidationError(
                    [f"Line {n}, {uri}: {fault}" for n, uri, fault in found]
                ) from None
            raise

    @property
    def scope_choices(self) -> list[tuple[str, str, str, bool]]:
        """(scope, icon, what it means, whether it is chosen) for each that is offered."""
        chosen = self["scopes"].value() or []
        return [
            (scope.value, WORDING[scope].icon, WORDING[scope].developer, scope in chosen)
            for scope in self.offered
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What create_app() and change_app() take."""
        return {field: self.cleaned_data[field] for field in AppForm.base_fields}


class CreateAppForm(OneTimeForm, AppForm):
    """The same, and what can be said only once: whether the app can keep a secret."""

    client_type = forms.ChoiceField(
        choices=[
            (Application.CLIENT_CONFIDENTIAL, "Confidential"),
            (Application.CLIENT_PUBLIC, "Public"),
        ],
        initial=Application.CLIENT_CONFIDENTIAL,
        error_messages={
            "required": "Choose where the app runs.",
            "invalid_choice": "Choose confidential or public.",
        },
    )

    @property
    def values(self) -> dict[str, Any]:
        """What create_app() takes."""
        data = self.cleaned_data
        is_public = data["client_type"] == Application.CLIENT_PUBLIC
        return {**super().values, "is_public": is_public, "form_id": data["form_id"]}


class DeleteAppForm(forms.Form):
    """The app's name typed again, when somebody is connected."""

    confirm = forms.CharField(required=False)

    def __init__(self, *args: Any, summary: AppSummary, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summary = summary

    @property
    def needs_name(self) -> bool:
        """Whether the name has to be typed."""
        return self.summary.users > 0

    def clean_confirm(self) -> str:
        """The typed text; it must be the app's name when that is needed."""
        typed: str = self.cleaned_data["confirm"]
        if self.needs_name and name_key(typed.strip()) != name_key(self.summary.app.name):
            raise forms.ValidationError(
                "This is not the name of the app. Type it as it is written above."
                if typed
                else "Type the name of the app."
            )
        return typed
