"""The reason that staff give for what they do to somebody."""

from django import forms


class ReasonForm(forms.Form):
    """Why it has to be; the owner reads it."""

    reason = forms.CharField(
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        error_messages={"required": "Reason is empty. Say why this has to be."},
        help_text="The owner reads it in their activity.",
    )
