"""Where what the log tells of can be seen, as far as it is there still."""

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from api.oauth.models import Application, Grant
from apikeys.models import APIKey

OF_OWN_APPS = ("app_", "secret_")  # how the events begin that are about an app of one's own


@dataclass(frozen=True, slots=True)
class Links:
    """Ids of what one person can see → where. Of an app: the page of its owner, or of who lets it act."""

    keys: dict[str, str]
    own_apps: dict[str, str]
    connected_apps: dict[str, str]

    def to_thing(self, line: Activity) -> str:
        """The page of the key or app that a line is about; "" when there is none."""
        apps = self.own_apps if line.event.startswith(OF_OWN_APPS) else self.connected_apps
        return self.keys.get(line.credential) or apps.get(line.credential, "")

    def to_acting(self, line: Activity) -> str:
        """The page of the key or app that did it; "" when there is none."""
        return self.keys.get(line.acting_id) or self.connected_apps.get(line.acting_id, "")


def find_links(lines: Collection[Activity]) -> Links:
    """Look up what the lines, all of one person, name: a query for keys, and two for apps, where they do."""
    ids = {each for line in lines for each in (line.credential, line.acting_id) if each}
    keys = {each for each in ids if each.startswith("key_")}
    apps = {each for each in ids if each.startswith("app_")}
    user = next(iter(lines)).user_id if lines else None
    return Links(_keys(user, keys), _own_apps(user, apps), _connected_apps(user, apps))


def _keys(user: int | None, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    found = APIKey.objects.listed(timezone.now()).filter(user=user, uid__in=ids).values_list("uid", flat=True)
    return {uid: reverse("apikeys:key-show", args=[uid]) for uid in found}


def _own_apps(user: int | None, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    found = Application.objects.filter(user=user, client_id__in=ids).values_list("client_id", flat=True)
    return {client_id: reverse("oauth:app-show", args=[client_id]) for client_id in found}


def _connected_apps(user: int | None, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    grants = Grant.objects.filter(user=user, application__client_id__in=ids)
    page = reverse("oauth:connection-list")
    return {app: f"{page}#{uid}" for app, uid in grants.values_list("application__client_id", "uid")}
