"""Forms that do what they are for once, however often and however simultaneously they are sent."""

from typing import Any

from django import forms
from django.db import models

from accounts.utils.ids import random_base62

FORM_ID_LENGTH = 22  # 131 bits, so that no two forms share one


class OneTimeForm(forms.Form):
    """A form with an id of its own, which is kept with what it made (see refuse_used_form)."""

    form_id = forms.RegexField(rf"\A[0-9A-Za-z]{{{FORM_ID_LENGTH}}}\Z")

    def clean(self) -> dict[str, Any] | None:
        """Say in words that a form arrived without its id; the page shows no error of a hidden field."""
        if self.errors.pop("form_id", None):
            self.add_error(None, "The form arrived incomplete. Check it and send it again.")
        return super().clean()

    @property
    def next_form_id(self) -> str:
        """The id to show the form with: the one it was sent with, as long as that did nothing."""
        sent = self.cleaned_data.get("form_id") if self.is_bound else None
        return sent or random_base62(FORM_ID_LENGTH)


class FormUsed(Exception):
    """The form was sent before; `made` is the row that it made then."""

    def __init__(self, made: Any) -> None:
        super().__init__(f"{made} was made by this form")
        self.made = made


def refuse_used_form(rows: "models.QuerySet[Any]", form_id: str | None) -> None:
    """Raise FormUsed when one of the rows was made by this form, also one that has ended since."""
    made = None if form_id is None else rows.filter(form_id=form_id).first()
    if made is not None:
        raise FormUsed(made)
