"""The two forms that staff have for API keys."""

from django import forms

from apikeys.models import APIKey


class FindForm(forms.Form):
    """A pasted key, or text with one in it. Shown empty, whatever was sent."""

    pasted = forms.CharField(
        label="API key",
        max_length=10_000,
        # Neither the browser's memory of forms nor its spelling service is to see a key.
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "vLargeTextField"}
        ),
        help_text="The whole key, or a line of a log or file that holds it. It is looked up and not kept.",
    )


class ReasonForm(forms.Form):
    """The reason that staff give for ending or disabling a key; its owner reads it."""

    reason = forms.CharField(
        max_length=APIKey._meta.get_field("revoked_reason").max_length,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        error_messages={"required": "Reason is empty. Say why this has to be."},
        help_text="The owner reads it in their list of keys and in their activity.",
    )
