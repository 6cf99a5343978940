"""What the endpoints about the account answer: as documented, and as made of a row.

Field names are the API's own. A test holds the answers of the live API against the documented ones.
"""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from accounts import models as account_models
from accounts.events import Event
from api.envelope import rfc3339
from api.oauth.models import Grant
from api.schema.responses import ResponseSerializer, timestamp
from apikeys import models as key_models
from apikeys.models import KeyState
from apikeys.rotation import rotation_at
from apikeys.scopes import Permission, Scope, in_order
from apikeys.tokens import Kind, beginning
from apikeys.usage import reports


class Me(ResponseSerializer):
    """The person for whom the credential acts."""

    id = serializers.CharField(help_text="`user_…`")
    email = serializers.EmailField(help_text="The address the person signs in with.")
    name = serializers.CharField(help_text="What the person wants to be called.")


class RateLimit(ResponseSerializer):
    """What is left in the window with the fewest calls left."""

    limit = serializers.IntegerField(help_text="How many calls the window lets through.")
    remaining = serializers.IntegerField(help_text="How many are left in it.")
    reset = serializers.IntegerField(help_text="Unix seconds.")


class Auth(ResponseSerializer):
    """The credential in use. For OAuth `id` and `name` are the app's, for a session both are null."""

    kind = serializers.ChoiceField(
        choices=["api_key", "oauth", "session"], help_text="What the call was made with."
    )
    id = serializers.CharField(
        allow_null=True, help_text="Of the key (`key_…`) or app (`app_…`); null for a session."
    )
    name = serializers.CharField(allow_null=True, help_text="Of the key or app; null for a session.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=list(Scope)), help_text="What it may do."
    )
    createdAt = timestamp("When the key was made, the token given or the session begun.", null=True)
    expiresAt = timestamp("When it ends by itself; null for never.", null=True)
    lastUsedAt = timestamp("When it was last used, within 5 seconds; null where it was not.", null=True)
    rateLimit = RateLimit(allow_null=True, help_text="Null where there is no limit.")


class OldCaller(ResponseSerializer):
    """Who still uses the old secret of a key that is rotating."""

    address = serializers.IPAddressField(
        allow_null=True, help_text="Where it called from; null where unknown."
    )
    userAgent = serializers.CharField(
        allow_null=True, help_text="The program that called; null where unknown."
    )
    lastSeenAt = timestamp("When it last called.")


class Rotation(ResponseSerializer):
    """The exchange of a key's secret: both work until `endsAt`, which is null until the new one is used."""

    grace = serializers.IntegerField(help_text="Seconds the old secret outlives the new one's first use.")
    startedAt = timestamp("When the rotation began.")
    newUsedAt = timestamp("When the new secret was first used; null until then.", null=True)
    endsAt = timestamp("When the old secret ends; null until the new one is used.", null=True)
    oldCallers = OldCaller(many=True, help_text="Who used the old secret since, the last seen first.")


class APIKey(ResponseSerializer):
    """An API key, without its secret."""

    id = serializers.CharField(help_text="`key_…`")
    publicId = serializers.CharField(help_text=f"The key begins with `{beginning(Kind.API_KEY)}<publicId>`.")
    name = serializers.CharField(help_text="Unique among your live keys.")
    permission = serializers.ChoiceField(choices=list(Permission), help_text="What it may do.")
    state = serializers.ChoiceField(choices=KeyState.values, help_text="Only an active one is let in.")
    createdAt = timestamp("When it was made.")
    expiresAt = timestamp("When it ends by itself; null for never.", null=True)
    lastUsedAt = timestamp("Shows within 5 seconds; null before the first use.", null=True)
    lastUsedFrom = serializers.IPAddressField(
        allow_null=True, help_text="The address of the last use; null before the first."
    )
    disabledUntil = timestamp("When a disabled key comes back by itself; null where it does not.", null=True)
    rotation = Rotation(allow_null=True, help_text="The exchange of its secret; null while there is none.")


class NewAPIKey(APIKey):
    """An API key with its secret, which is shown in this answer only."""

    key = serializers.CharField(help_text="The secret. It is in this answer only: keep it now.")


class ConnectedApp(ResponseSerializer):
    """An app that acts for the caller."""

    id = serializers.CharField(help_text="`app_…`")
    name = serializers.CharField(help_text="What its developer called it.")
    website = serializers.CharField(allow_null=True, help_text="Of its developer; null if none was given.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=list(Scope)), help_text="What you allowed it."
    )
    grantedAt = timestamp("When you allowed it first.")
    lastUsedAt = timestamp("When it last acted for you; null if it never did.", null=True)


class Activity(ResponseSerializer):
    """A line of the security log."""

    id = serializers.CharField(help_text="`act_…`")
    event = serializers.ChoiceField(choices=Event.values, help_text="What happened.")
    at = timestamp("When it happened.")
    ip = serializers.IPAddressField(
        allow_null=True, help_text="The address it came from; null where unknown."
    )
    userAgent = serializers.CharField(
        allow_null=True, help_text="The program or browser; null where unknown."
    )
    credential = serializers.CharField(allow_null=True, help_text="Public id of the key or app concerned.")
    details = serializers.DictField(help_text="What else is known of it, by the event.")


def person_row(user: account_models.User) -> dict[str, Any]:
    """A person as `Me` documents it."""
    return {"id": user.uid, "email": user.email, "name": user.name}


def api_key_row(key: key_models.APIKey) -> dict[str, Any]:
    """A key with its `public_id`, as `APIKey` documents it."""
    return {
        "id": key.uid,
        "publicId": key.public_id,
        "name": key.name,
        "permission": key.permission,
        "state": key.state,
        "createdAt": rfc3339(key.created_at),
        "expiresAt": rfc3339(key.expires_at),
        "lastUsedAt": rfc3339(key.last_used_at),
        "lastUsedFrom": key.last_used_ip,
        "disabledUntil": rfc3339(key.comes_back_at),
        "rotation": _rotation_row(key),
    }


def _rotation_row(key: key_models.APIKey) -> dict[str, Any] | None:
    rotation = rotation_at(key, timezone.now()) if key.is_live else None
    if rotation is None:
        return None
    return {
        "grace": int(rotation.grace.total_seconds()),
        "startedAt": rfc3339(rotation.started_at),
        "newUsedAt": rfc3339(rotation.new_used_at),
        "endsAt": rfc3339(rotation.ends_at),
        "oldCallers": [
            {
                "address": caller.address or None,
                "userAgent": caller.agent or None,
                "lastSeenAt": rfc3339(caller.last_at),
            }
            for caller in reports.callers(key, rotation.started_at, of=rotation.old)
        ],
    }


def connected_app_row(grant: Grant) -> dict[str, Any]:
    """A grant with its application, as `ConnectedApp` documents it."""
    application = grant.application
    return {
        "id": application.client_id,
        "name": application.name,
        "website": application.website or None,
        "scopes": in_order(grant.scopes),
        "grantedAt": rfc3339(grant.granted_at),
        "lastUsedAt": rfc3339(grant.last_used_at),
    }


def activity_row(activity: account_models.Activity) -> dict[str, Any]:
    """A line of the security log, as `Activity` documents it."""
    return {
        "id": activity.uid,
        "event": activity.event,
        "at": rfc3339(activity.at),
        "ip": activity.ip,
        "userAgent": activity.user_agent or None,
        "credential": activity.credential or None,
        "details": activity.details,
    }
