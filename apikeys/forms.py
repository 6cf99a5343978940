"""The forms of the key pages. What a key may be is judged by the services; here it is only read."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.web.one_time_forms import OneTimeForm
from apikeys.models import RESTORABLE_IN_WORDS
from apikeys.scopes import Permission
from apikeys.services import GRACES
from apikeys.status import KeySummary, is_name_of, needs_name_to_delete

LIFETIMES = (7, 30, 60, 90, 365)  # days
PRESELECTED_DAYS = "90"
PRESELECTED_GRACE = 86400
GRACE_LABELS = {0: "Not at all", 3600: "1 hour", 86400: "24 hours", 7 * 86400: "7 days"}
ON_A_DATE, NEVER, KEEP = "date", "never", "keep"
LAST_YEAR = 9999


class ExpiryMixin(forms.Form):
    """Until when a key lives: one of LIFETIMES, a date, or for ever. The day of each is said beside it."""

    expires = forms.ChoiceField(
        initial=PRESELECTED_DAYS,
        error_messages={
            "required": "Choose when the key expires.",
            "invalid_choice": "Choose one of the times listed.",
        },
        widget=forms.Select(attrs={"data-expires": ""}),
    )
    expires_on = forms.DateField(
        required=False,
        label="Last day",
        error_messages={"invalid": "This is no date. Enter one such as 2027-02-22."},
        widget=forms.DateInput(
            attrs={"type": "date", "aria-label": "Last day on which it works, in UTC"}, format="%Y-%m-%d"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        self.fields["expires"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            *(
                (str(days), f"In {_in_words(days)}, on {_day(now + timedelta(days=days))}")
                for days in LIFETIMES
            ),
            (ON_A_DATE, "On a date"),
            (NEVER, "Never"),
        ]

    def clean(self) -> dict[str, Any] | None:
        """A date where one is chosen."""
        data = super().clean() or self.cleaned_data
        if data.get("expires") == ON_A_DATE and not self.errors.get("expires_on"):
            day: date | None = data.get("expires_on")
            if day is None:
                self.add_error("expires_on", "Choose the last day on which the key works.")
            elif day < timezone.now().date():
                self.add_error("expires_on", "This day is over. Choose today or a later one.")
            elif day.year >= LAST_YEAR:
                self.add_error("expires_on", f"Choose a day before the year {LAST_YEAR}, or Never.")
        return data

    def expires_at(self) -> datetime | None:
        """The moment that was chosen; None: never. Of a date its end in UTC."""
        chosen = self.cleaned_data["expires"]
        if chosen == NEVER:
            return None
        if chosen == ON_A_DATE:
            after: date = self.cleaned_data["expires_on"] + timedelta(days=1)
            return datetime.combine(after, time.min, tzinfo=UTC)
        return timezone.now() + timedelta(days=int(chosen))


class KeyForm(ExpiryMixin):
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

    def draft(self) -> dict[str, str]:
        """What was typed, to be shown again after a sign-in; never a secret."""
        return {name: str(self.data.get(name, "")) for name in KeyForm.base_fields}


class CreateKeyForm(OneTimeForm, KeyForm):
    """The same, and an id that lets one form make one key."""

    def values(self) -> dict[str, Any]:
        """The fields of create_key."""
        names = ("name", "permission", "form_id")
        return {**{name: self.cleaned_data[name] for name in names}, "expires_at": self.expires_at()}


class KeySettingsForm(KeyForm):
    """A key's settings. What this form's sender did not change is not written back: another tab may have."""

    def __init__(self, *args: Any, summary: KeySummary, **kwargs: Any) -> None:
        key = summary.key
        now = {"name": key.name, "permission": key.permission, "expires": KEEP}
        kwargs["initial"] = now | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        for name in ("name", "permission"):
            self.fields[name].show_hidden_initial = True
        kept = f"Keep {_day(key.expires_at)}" if key.expires_at else "Keep: never"
        self.fields["expires"].choices.insert(0, (KEEP, kept))  # type: ignore[attr-defined]  # a ChoiceField
        # What counts as changed is told from what the page showed, not from what a draft brought back.
        self.shown = {name: now[name] for name in ("name", "permission")}

    def changes(self) -> dict[str, Any]:
        """The fields of change_key that were changed."""
        changed: dict[str, Any] = {
            name: self.cleaned_data[name]
            for name in ("name", "permission")
            if self.cleaned_data[name] != self.data.get(f"initial-{name}", self.shown[name])
        }
        if self.cleaned_data["expires"] != KEEP:
            changed["expires_at"] = self.expires_at()
        return changed


class RotateForm(OneTimeForm):
    """How long the old secret outlives the first use of the new one."""

    grace = forms.TypedChoiceField(
        coerce=int,
        choices=[(grace, GRACE_LABELS[grace]) for grace in GRACES],
        initial=PRESELECTED_GRACE,
        error_messages={
            "required": "Choose how long the old secret goes on working.",
            "invalid_choice": "Choose one of the times listed.",
        },
    )


class DisableForm(forms.Form):
    """For how long: one of the times of the menu, or until it is enabled."""

    TIMES = (("600", "For 10 minutes"), ("3600", "For 1 hour"), ("", "Until I enable it"))
    seconds = forms.TypedChoiceField(
        coerce=int,
        choices=TIMES,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": "Choose one of the times listed."},
    )


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
        """Whether the name has to be typed, and other ways than deletion are offered first."""
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


def _in_words(days: int) -> str:
    return "1 year" if days == 365 else f"{days} days"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
