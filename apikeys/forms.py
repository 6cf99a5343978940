"""The forms of the key pages. What a key may be is judged by the services; here it is only read."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.utils.durations import duration_in_words
from accounts.web.one_time_forms import OneTimeForm
from apikeys.models import RESTORABLE_IN_WORDS
from apikeys.scopes import Permission
from apikeys.services import GRACES
from apikeys.status import KeySummary, is_name_of, needs_name_to_delete

LIFETIMES = tuple(timedelta(days=days) for days in (7, 30, 60, 90, 365))
PRESELECTED_DAYS = "90"
PRESELECTED_GRACE = 86400
REST_SECONDS = (600, 3600)  # for which the menu disables a key
ON_A_DATE, NEVER, KEEP = "date", "never", "keep"
LAST_YEAR = 9999
LAST_SECOND = time(23, 59, 59)


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
        # Value, words, and the day that it means; the page says that day beside them.
        self.expiries = [
            *((str(each.days), f"In {_in_words(each)}", _day(now + each)) for each in LIFETIMES),
            (ON_A_DATE, "On a date", ""),
            (NEVER, "Never", ""),
        ]
        self._offer_expiries()

    def _offer_expiries(self) -> None:
        self.fields["expires"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (value, f"{words}, on {day}" if day else words) for value, words, day in self.expiries
        ]

    def clean(self) -> dict[str, Any] | None:
        """A date where one is chosen; without that it is not looked at."""
        data = super().clean() or self.cleaned_data
        if data.get("expires") != ON_A_DATE:
            self.errors.pop("expires_on", None)
        elif not self.errors.get("expires_on"):
            day: date | None = data.get("expires_on")
            if day is None:
                self.add_error("expires_on", "Choose the last day on which the key works.")
            elif day < timezone.now().date():
                self.add_error("expires_on", "This day is over. Choose today or a later one.")
            elif day.year >= LAST_YEAR:
                self.add_error("expires_on", f"Choose a day before the year {LAST_YEAR}, or Never.")
        return data

    def expires_at(self) -> datetime | None:
        """The moment that was chosen; None: never. Of a date its last second in UTC: on that day."""
        chosen = self.cleaned_data["expires"]
        if chosen == NEVER:
            return None
        if chosen == ON_A_DATE:
            return datetime.combine(self.cleaned_data["expires_on"], LAST_SECOND, tzinfo=UTC)
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

    def add_refusal(self, error: ValidationError) -> None:
        """Show what the service refused, each at the field that it is about."""
        for name, messages in _by_field(error).items():
            self.add_error({"expires_at": "expires"}.get(name, name) or None, messages)


class CreateKeyForm(OneTimeForm, KeyForm):
    """The same, and an id that lets one form make one key."""

    def values(self) -> dict[str, Any]:
        """The fields of create_key."""
        names = ("name", "permission", "form_id")
        return {**{name: self.cleaned_data[name] for name in names}, "expires_at": self.expires_at()}


class KeySettingsForm(KeyForm):
    """A key's settings. What this form's sender did not change is not written back: another tab may have.

    The form carries along what it was shown with (`shown`), which tells that.
    """

    def __init__(
        self, *args: Any, summary: KeySummary, draft: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        key = summary.key
        self.shown = {"name": key.name, "permission": key.permission}
        # Of what was typed before a sign-in, what was not changed then is shown as it is by now.
        draft = draft or {}
        typed = {name: value for name, value in draft.items() if value != draft.get(f"shown-{name}")}
        super().__init__(*args, initial={**self.shown, "expires": KEEP, **typed}, **kwargs)
        kept = "Keep as it is" if key.expires_at else "Keep: never"
        self.expiries.insert(0, (KEEP, kept, _day(key.expires_at) if key.expires_at else ""))
        self._offer_expiries()

    def changes(self) -> dict[str, Any]:
        """The fields of change_key that were changed."""
        changed: dict[str, Any] = {
            name: self.cleaned_data[name]
            for name, now in self.shown.items()
            if self.cleaned_data[name] != self.data.get(f"shown-{name}", now)
        }
        if self.cleaned_data["expires"] != KEEP:
            changed["expires_at"] = self.expires_at()
        return changed


class RotateForm(OneTimeForm):
    """How long the old secret outlives the first use of the new one."""

    grace = forms.TypedChoiceField(
        coerce=int,
        choices=[(grace, duration_in_words(grace) if grace else "Not at all") for grace in GRACES],
        initial=PRESELECTED_GRACE,
        error_messages={
            "required": "Choose how long the old secret goes on working.",
            "invalid_choice": "Choose one of the times listed.",
        },
    )


class DisableForm(forms.Form):
    """For how long: one of the times of the menu, or until it is enabled."""

    TIMES = (
        *((str(seconds), f"For {duration_in_words(seconds)}") for seconds in REST_SECONDS),
        ("", "Until I enable it"),
    )
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


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}


def _in_words(length: timedelta) -> str:
    return duration_in_words(int(length.total_seconds()))


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
