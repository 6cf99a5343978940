"""What the endpoints of keys share: which key is meant, who may do what with it, how a refusal is said."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request

from accounts.reauthentication import NeedsRecentSignIn, signed_in_recently
from accounts.utils.durations import duration_in_words
from api.base import Endpoint, caller, credential_of
from api.errors import Conflict, Invalid, NotYours, SignInAgain
from apikeys import services
from apikeys.models import APIKey
from apikeys.scopes import Scope

RECENTLY = duration_in_words(settings.RECENT_AUTHENTICATION_SECONDS)
API_NAMES = {"expires_at": "expiresAt"}  # field of the rules → field of the API


def _invalid(error: ValidationError) -> APIException:
    """A rule's refusal: of a field 400, of the state of things 409."""
    if not hasattr(error, "error_dict"):
        return Conflict(" ".join(error.messages))
    return Invalid({API_NAMES.get(name, name): reasons for name, reasons in error.message_dict.items()})


class APIKeyEndpoint(Endpoint):
    """An endpoint for a session or an app with `admin`; a key never manages keys."""

    scope = Scope.ADMIN
    resource = "api-keys"
    refusals = {
        ValidationError: _invalid,
        NeedsRecentSignIn: lambda _: SignInAgain(),
        services.StateForbids: lambda refused: Conflict(str(refused).rstrip(".")),
    }


class APIKeyAction(APIKeyEndpoint):
    """What is done with one key: the class is named as the operation is."""

    is_action = True


def find_key(request: Request, key_id: str) -> APIKey:
    """The caller's key that is named by `key_…`, its public id or `craft_key_<public id>`.

    Raises NotFound; NotYours.
    """
    listed = APIKey.objects.listed(timezone.now())
    keys = services.find_keys(key_id).with_secrets().select_related("user")
    key = keys.filter(Q(pk__in=listed)).first()
    if key is None or len(key_id) > 60:
        raise NotFound("There is no such key")
    if key.user_id != caller(request).pk:
        raise NotYours
    return key


def is_recent(request: Request) -> bool:
    """A person must have signed in lately; an app was given `admin` for this."""
    return credential_of(request).kind != "session" or signed_in_recently(request._request)


def refuse_foreign(request: Request, key: APIKey) -> None:
    """Raise NotYours when an app would strengthen a key that it did not make.

    Else it would hold a person's secret, or one that works for longer, after it was disconnected.
    """
    grant_id = credential_of(request).grant_id
    if grant_id is not None and key.made_by != grant_id:
        raise NotYours
