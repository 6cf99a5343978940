"""The activity log in plain words."""

from dataclasses import dataclass

from accounts.models import Activity, Event

ICONS = {
    Event.SIGNUP: "user",
    Event.LOGIN: "ok",
    Event.LOGIN_FAILED: "alert",
    Event.LOGOUT: "external",
    Event.SESSIONS_ENDED: "external",
    Event.PASSWORD_CHANGED: "shield",
    Event.PASSWORD_RESET: "shield",
    Event.PROFILE_CHANGED: "pencil",
    Event.KEY_CREATED: "key",
    Event.KEY_CHANGED: "pencil",
    Event.KEY_DELETED: "trash",
    Event.KEY_RESTORED: "rotate",
    Event.KEY_REVOKED: "alert",
    Event.APP_CREATED: "code",
    Event.APP_CHANGED: "pencil",
    Event.APP_DELETED: "trash",
    Event.SECRET_CREATED: "key",
    Event.SECRET_DROPPED: "trash",
    Event.GRANT_CREATED: "plug",
    Event.GRANT_EXTENDED: "plug",
    Event.GRANT_REVOKED: "plug",
    Event.TOKEN_REUSE: "alert",
}
WARNINGS = (Event.LOGIN_FAILED, Event.KEY_REVOKED, Event.TOKEN_REUSE)
APP_FIELDS = {
    "name": "name",
    "redirect_uris": "redirect URIs",
    "allowed_scope": "scopes",
    "website": "website",
    "description": "description",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event as the page shows it. `tone` is the icon's class, as `note` it may be empty."""

    activity: Activity
    icon: str
    tone: str
    what: str
    note: str


def line_of(activity: Activity) -> Line:
    """The event in words, for its owner."""
    event = Event(activity.event)
    tone = "is-warning" if event in WARNINGS else ""
    return Line(activity, ICONS[event], tone, event.label, _note(event, activity.details))


def _note(event: Event, details: dict[str, object]) -> str:
    """What else there is to say: which key, what changed into what."""
    parts = [str(details["name"])] if "name" in details else []
    if event is Event.LOGIN_FAILED:
        parts.append("Wrong password when asked for it again" if details.get("again") else "Wrong password")
    if event is Event.KEY_CREATED and details.get("permission"):
        parts.append(str(details["permission"]))
    changed = details.get("changed")
    if isinstance(changed, dict):
        parts += [f"{field} from “{old}” to “{new}”" for field, (old, new) in changed.items()]
    if event is Event.APP_CHANGED:
        parts.append(_app_change(details))
    if isinstance(scopes := details.get("scopes"), list):
        parts.append(f"may {' '.join(scopes)}")
    if details.get("public_id"):
        parts.append(f"craft_ocs_{details['public_id']}")
    if details.get("sessions"):
        parts.append(f"{details['sessions']} session{'' if details['sessions'] == 1 else 's'} ended")
    if details.get("reason"):
        parts.append(f"reason: {details['reason']}")
    return ", ".join(parts)


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
