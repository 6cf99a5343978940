"""The lines of the security log in words, for their owner."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.events import Event
from accounts.models import Activity
from accounts.web.user_agents import program_name
from apikeys.scopes import in_words
from apikeys.tokens import Kind, shown_id
from craft.activity.links import Links, find_links

APP_FIELDS = {
    "name": "name",
    "redirect_uris": "redirect URIs",
    "allowed_scope": "scopes",
    "website": "website",
    "description": "description",
    "verified_at": "with that no longer verified by Craft",
}
# Who did what no credential did: `by` of the details, in words.
WITHOUT_CREDENTIAL = {"staff": "Craft's staff", "command line": "Command line"}


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """One line of the log as pages show it.

    `thing`: the name of what it is about, "" for the account itself, with `thing_url` while it is there.
    `note`: what else there is to say. `by`: what it was done with, with `by_url` while that is there.
    """

    activity: Activity
    event: Event
    thing: str
    thing_url: str
    note: str
    by: str
    by_url: str

    @property
    def agent(self) -> str:
        """The program that it was done by, where `by` does not say so."""
        agent = program_name(self.activity.user_agent)
        return "" if agent == self.by else agent


def describe_all(log: Iterable[Activity]) -> list[ActivityEntry]:
    """The lines of one person's log in words: three queries at most, however many lines."""
    lines = list(log)
    links = find_links(lines)
    return [_describe(line, links) for line in lines]


def _describe(activity: Activity, links: Links) -> ActivityEntry:
    event = Event(activity.event)
    return ActivityEntry(
        activity,
        event,
        thing=str(activity.details.get("name", "")),
        thing_url=links.to_thing(activity),
        note=_note(event, activity.details),
        by=_by(activity),
        by_url=links.to_acting(activity),
    )


def _by(activity: Activity) -> str:
    """What it was done with: the name of a key or app, the browser of a session, or who had none."""
    if activity.acting_id:
        return activity.acting_name or activity.acting_id
    by = "staff" if activity.details.get("by_staff") else str(activity.details.get("by", ""))
    if not activity.acting and by in WITHOUT_CREDENTIAL:
        return WITHOUT_CREDENTIAL[by]
    if activity.user_agent:
        return program_name(activity.user_agent)
    return "Unknown program" if activity.ip else "Craft itself"


def _note(event: Event, details: dict[str, object]) -> str:
    """What else there is to say than what it is about: what changed into what, how often, why."""
    parts = _failed_tries(details) if event is Event.LOGIN_FAILED else []
    parts += _of_factor(details)
    if event is Event.KEY_CREATED and details.get("permission"):
        parts.append(str(details["permission"]))
    changed = details.get("changed")
    if isinstance(changed, dict):
        parts += [f"{field} from “{old}” to “{new}”" for field, (old, new) in changed.items()]
    if event is Event.APP_CHANGED:
        parts.append(_app_change(details))
    if isinstance(scopes := details.get("scopes"), list):
        parts.append(f"may {in_words(scopes).lower()}")
    if isinstance(hosts := details.get("hosts"), list) and hosts:
        parts.append(f"leads back to {' or '.join(hosts)}")
    if details.get("public_id"):
        parts.append(shown_id(Kind.CLIENT_SECRET, str(details["public_id"])))
    if details.get("address"):
        parts.append(f"last seen from {details['address']}")
    if details.get("kept"):
        parts.append(f"all but {details['kept']}")
    parts += _ended(details)
    if details.get("reason"):
        parts.append(f"reason: {details['reason']}")
    return ", ".join(parts)


def _of_factor(details: dict[str, object]) -> list[str]:
    """Which second factor, what came of its reset, how many recovery codes are left."""
    said = [str(details[each]) for each in ("kind", "step") if details.get(each)]
    return said + ([f"{details['left']} left"] if "left" in details else [])


def _ended(details: dict[str, object]) -> list[str]:
    """What was ended at once, counted; of one session where it was, and which was kept."""
    kinds = (("keys", "API key"), ("apps", "app"), ("sessions", "session"))
    counts = [(details[each], one) for each, one in kinds if details.get(each)]
    return [
        *([f"last seen from {details['address']}"] if details.get("address") else []),
        *([f"all but {details['kept']}"] if details.get("kept") else []),
        *(f"{count} {one}{'' if count == 1 else 's'} ended" for count, one in counts),
    ]


def _failed_tries(details: dict[str, object]) -> list[str]:
    """Where a wrong password or code was typed, and how often."""
    where = (
        f"Wrong {details.get('what', 'password')}{' when asked for it again' if details.get('again') else ''}"
    )
    return [where, *([f"{details['tries']} times within an hour"] if details.get("tries") else [])]


def _app_change(details: dict[str, object]) -> str:
    """What changed of an app, and whether Craft's staff did it."""
    by = " by Craft's staff" if details.get("by_staff") else ""
    if "disabled" in details:
        return f"{'disabled' if details['disabled'] else 'enabled'}{by}"
    if "allowed" in details:
        return f"{'may ask for admin' if details['allowed'] else 'may not ask for admin any more'}{by}"
    if "verified" in details:
        return f"{'verified' if details['verified'] else 'not verified any more'}{by}"
    fields = details.get("changed")
    names = [str(field) for field in fields] if isinstance(fields, list) else []
    return ", ".join(APP_FIELDS.get(name, name) for name in names)
