"""What of the security log is shown: the form that asks for it, and the rows that it stands for."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Max, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from accounts.events import Event
from accounts.models import Activity, User
from accounts.security_log import KEPT_FOR
from apikeys.services import find_keys
from apikeys.tokens import find_shown_id, holds_secret
from craft.activity.kinds import KINDS

CREDENTIALS = [("session", "Sessions"), ("api_key", "API keys"), ("oauth", "Apps")]
MOST_NAMES = 200  # of keys and apps to choose from
SEARCH_MAX_LENGTH = 100
DAY = {"invalid": "This is no day. Enter one as year-month-day, for example 2026-11-24."}
DAY_INPUT = forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d")


class ActivityFilter(forms.Form):
    """Which lines; each field narrows them, an empty one does not. Days are the reader's own."""

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=SEARCH_MAX_LENGTH,
        error_messages={
            "max_length": f"Search for {SEARCH_MAX_LENGTH} characters at most.",
            "null_characters_not_allowed": "Search holds a character that no text has. Type it again.",
        },
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": "Name, id or browser",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
    kind = forms.ChoiceField(
        label="Kind",
        required=False,
        choices=[("", "Everything"), *((name, words) for name, (words, _) in KINDS.items())],
        error_messages={"invalid_choice": "There is no such kind. Choose one of these."},
    )
    by = forms.ChoiceField(
        label="By",
        required=False,
        error_messages={"invalid_choice": "Nothing was done with that. Choose one of these."},
    )
    address = forms.GenericIPAddressField(
        label="Address",
        required=False,
        unpack_ipv4=True,
        widget=forms.TextInput(attrs={"placeholder": "Any", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": "This is no whole address. Copy one from the list, such as 203.0.113.7."},
    )
    since = forms.DateField(
        label="From", required=False, input_formats=["%Y-%m-%d"], error_messages=DAY, widget=DAY_INPUT
    )
    until = forms.DateField(
        label="To", required=False, input_formats=["%Y-%m-%d"], error_messages=DAY, widget=DAY_INPUT
    )

    def __init__(self, asked: QueryDict, *, user: User) -> None:
        self.asked = asked.copy()  # what pages show of it, and what their links keep
        super().__init__(self.asked)
        self.user = user
        choices: list[Any] = [("", "Anything"), *CREDENTIALS]
        if names := _names_of(user):
            choices.append(("By name", names))
        cast("forms.ChoiceField", self.fields["by"]).choices = choices
        for name in ("since", "until"):
            self.fields[name].widget.attrs |= {"min": f"{_first_day()}", "max": f"{timezone.localdate()}"}

    @property
    def narrows(self) -> bool:
        """Whether anything was asked for."""
        return any(self.asked.get(name, "").strip() for name in self.fields)

    def clean_q(self) -> str:
        """What to look for. A whole secret is not looked for, and not shown again."""
        text: str = self.cleaned_data["q"]
        if holds_secret(text):
            self.asked["q"] = find_shown_id(text) or ""
            raise forms.ValidationError("This holds a secret. Search for the name or the id alone.")
        return text

    def clean_since(self) -> date | None:
        return _within_reach(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return _within_reach(self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        """From comes before To."""
        values = self.cleaned_data
        if (since := values.get("since")) and (until := values.get("until")) and since > until:
            self.add_error("until", "To is before From. Choose a later day, or exchange the two.")
        return values

    def matching(self) -> "QuerySet[Activity]":
        """The person's lines that are asked for, newest first. For a form that is right."""
        values = self.cleaned_data
        log = newest_first(self.user)
        if values["kind"]:
            log = log.filter(event__in=KINDS[values["kind"]][1])
        if values["by"] in dict(CREDENTIALS):
            log = log.filter(acting=values["by"])
        elif values["by"]:
            log = log.filter(acting__in=("api_key", "oauth"), acting_id=values["by"])
        if values["address"]:
            log = log.filter(ip=values["address"])
        if values["since"]:
            log = log.filter(at__gte=_beginning(values["since"]))
        if values["until"]:
            log = log.filter(at__lt=_beginning(values["until"] + timedelta(days=1)))
        for word in values["q"].split():
            log = log.filter(_said(word, self.user))
        return log


def newest_first(user: User) -> "QuerySet[Activity]":
    """The person's security log, in the order in which it is shown."""
    return user.activity.order_by("-at", "-id")


def _names_of(user: User) -> list[tuple[str, str]]:
    """The keys and apps that did anything, by name; those that have ended too."""
    done = user.activity.exclude(acting_id="").order_by().values_list("acting_id")
    found = done.annotate(name=Max("acting_name"))[:MOST_NAMES]
    return sorted(((uid, name or uid) for uid, name in found), key=lambda each: each[1].casefold())


def _said(word: str, user: User) -> Q:
    """The lines in which a word stands: in a name, an id, a browser, or in what happened."""
    events = [event for event in Event if word.casefold() in str(event.label).casefold()]
    said = Q(event__in=events) | Q(details__name__icontains=word) | Q(user_agent__icontains=word)
    said |= Q(acting_name__icontains=word) | Q(acting_id=word) | Q(credential=word)
    if shown := find_shown_id(word):
        ids = list(find_keys(shown).filter(user=user).values_list("uid", flat=True))
        said |= Q(credential__in=ids) | Q(acting_id__in=ids)
    return said


def _first_day() -> date:
    """The oldest day of which anything is kept, as the reader counts days."""
    return timezone.localdate(timezone.now() - KEPT_FOR)


def _within_reach(day: date | None) -> date | None:
    """A day of which there may be lines. Raises ValidationError."""
    if day is not None and day < _first_day():
        raise forms.ValidationError(
            f"Activity is kept for {KEPT_FOR.days} days. Choose {_first_day()} or a later day."
        )
    if day is not None and day > timezone.localdate():
        raise forms.ValidationError(
            f"This day has not come yet. Choose today, {timezone.localdate()}, or an earlier one."
        )
    return day


def _beginning(day: date) -> datetime:
    """When a day begins for the reader."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
