"""What the endpoints about the caller answer, as documented; the row functions of the views make it.

Field names are the API's own. A test holds the answers of the live API against these.
"""

from rest_framework import serializers

from accounts.models import Event
from api.schema.shapes import Shape, moment
from apikeys.models import State
from apikeys.scopes import Permission, Scope


class Me(Shape):
    """The person for whom the credential acts."""

    id = serializers.CharField(help_text="`user_…`")
    email = serializers.EmailField()
    name = serializers.CharField()


class RateLimit(Shape):
    """What is left in the window with the fewest calls left."""

    limit = serializers.IntegerField()
    remaining = serializers.IntegerField()
    reset = serializers.IntegerField(help_text="Unix seconds.")


class Auth(Shape):
    """The credential in use. For OAuth `id` and `name` are the app's, for a session both are null."""

    kind = serializers.ChoiceField(choices=["api_key", "oauth", "session"])
    id = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=list(Scope)))
    createdAt = moment(null=True)
    expiresAt = moment(null=True)
    lastUsedAt = moment(null=True)
    rateLimit = RateLimit(allow_null=True)


class APIKey(Shape):
    """An API key, without its secret."""

    id = serializers.CharField(help_text="`key_…`")
    publicId = serializers.CharField(help_text="The key begins with `craft_key_<publicId>`.")
    name = serializers.CharField()
    permission = serializers.ChoiceField(choices=list(Permission))
    state = serializers.ChoiceField(choices=[*State.values, "disabled"])
    createdAt = moment()
    expiresAt = moment(null=True)
    lastUsedAt = moment(null=True)
    lastUsedFrom = serializers.IPAddressField(allow_null=True)


class NewAPIKey(APIKey):
    """An API key with its secret, which is shown in this answer only."""

    key = serializers.CharField()


class ConnectedApp(Shape):
    """An app that acts for the caller."""

    id = serializers.CharField(help_text="`app_…`")
    name = serializers.CharField()
    website = serializers.CharField(allow_null=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=list(Scope)))
    grantedAt = moment()
    lastUsedAt = moment(null=True)


class Activity(Shape):
    """A line of the security log."""

    id = serializers.CharField(help_text="`act_…`")
    event = serializers.ChoiceField(choices=Event.values)
    at = moment()
    ip = serializers.IPAddressField(allow_null=True)
    userAgent = serializers.CharField(allow_null=True)
    credential = serializers.CharField(allow_null=True, help_text="Public id of the key or app concerned.")
    details = serializers.DictField()
