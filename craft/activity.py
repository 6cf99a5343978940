"""Account Settings → Activity: the security log in plain words. It tells of every app, so it is here."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.events import Event
from accounts.models import Activity, User
from accounts.web.requests import SignedInRequest
from apikeys.tokens import Kind, shown_id

EVENTS_PER_PAGE = 50
APP_FIELDS = {
    "name": "name",
    "redirect_uris": "redirect URIs",
    "allowed_scope": "scopes",
    "website": "website",
    "description": "description",
}


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """One line of the log as pages show it. `note`: what else there is to say; may be empty."""

    activity: Activity
    event: Event
    note: str


@login_required
@require_safe
def list_activity(request: SignedInRequest) -> HttpResponse:
    """The security log, newest first."""
    page = Paginator(newest_first(request.user), EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "craft/activity.html", {"page": page, "entries": describe_all(page)})


def newest_first(user: User) -> "QuerySet[Activity]":
    """The person's security log, in the order in which it is shown."""
    return user.activity.order_by("-at", "-id")


def describe_all(log: Iterable[Activity]) -> list[ActivityEntry]:
    """The lines of the log in words, for their owner."""
    return [_describe(activity) for activity in log]


def _describe(activity: Activity) -> ActivityEntry:
    event = Event(activity.event)
    return ActivityEntry(activity, event, _note(event, activity.details))


def _note(event: Event, details: dict[str, object]) -> str:
    """What else there is to say: which key, what changed into what."""
    parts = [str(details["name"])] if "name" in details else []
    if event is Event.LOGIN_FAILED:
        parts += _failed_tries(details)
    if event is Event.KEY_CREATED and details.get("permission"):
        parts.append(str(details["permission"]))
    changed = details.get("changed")
    if isinstance(changed, dict):
        parts += [f"{field} from “{old}” to “{new}”" for field, (old, new) in changed.items()]
    if event is Event.APP_CHANGED:
        parts.append(_app_change(details))
    if isinstance(scopes := details.get("scopes"), list):
        parts.append(f"may {' '.join(scopes)}")
    if isinstance(hosts := details.get("hosts"), list) and hosts:
        parts.append(f"leads back to {' or '.join(hosts)}")
    if details.get("public_id"):
        parts.append(shown_id(Kind.CLIENT_SECRET, str(details["public_id"])))
    parts += _ended(details)
    if details.get("reason"):
        parts.append(f"reason: {details['reason']}")
    return ", ".join(parts)


def _ended(details: dict[str, object]) -> list[str]:
    """What was ended at once, counted."""
    kinds = (("keys", "API key"), ("apps", "app"), ("sessions", "session"))
    counts = [(details[each], one) for each, one in kinds if details.get(each)]
    return [f"{count} {one}{'' if count == 1 else 's'} ended" for count, one in counts]


def _failed_tries(details: dict[str, object]) -> list[str]:
    """Where a wrong password was typed, and how often."""
    where = "Wrong password when asked for it again" if details.get("again") else "Wrong password"
    return [where, *([f"{details['tries']} times within an hour"] if details.get("tries") else [])]


def _app_change(details: dict[str, object]) -> str:
    """What changed of an app, and whether Craft's staff did it."""
    by = " by Craft's staff" if details.get("by_staff") else ""
    if "disabled" in details:
        return f"{'disabled' if details['disabled'] else 'enabled'}{by}"
    if "allowed" in details:
        return f"{'may ask for admin' if details['allowed'] else 'may not ask for admin any more'}{by}"
    fields = details.get("changed")
    names = [str(field) for field in fields] if isinstance(fields, list) else []
    return ", ".join(APP_FIELDS.get(name, name) for name in names)
