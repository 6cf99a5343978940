"""/v1/api-keys: the caller's keys, for a session or an app with `admin`; a key never manages keys."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request

from accounts.reauthentication import NeedsRecentSignIn, signed_in_recently
from accounts.utils.durations import duration_in_words
from accounts.web.client import client_of
from api.account import responses
from api.account.serializers import APIKeyChangeSerializer, NewAPIKeySerializer
from api.base import Endpoint, caller, credential_of
from api.envelope import page, success
from api.errors import Conflict, Invalid, NotYours, SignInAgain
from api.pagination import refuse_parameters
from api.schema.operation import operation
from api.schema.responses import Deleted
from apikeys import services
from apikeys.models import RESTORABLE_IN_WORDS, APIKey, KeyState
from apikeys.scopes import Scope

RECENTLY = duration_in_words(settings.RECENT_AUTHENTICATION_SECONDS)
API_NAMES = {"expires_at": "expiresAt"}  # field of the rules → field of the API


def _invalid(error: ValidationError) -> APIException:
    """A rule's refusal: of a field 400, of the state of things 409."""
    if not hasattr(error, "error_dict"):
        return Conflict(" ".join(error.messages))
    return Invalid({API_NAMES.get(name, name): reasons for name, reasons in error.message_dict.items()})


class APIKeyEndpoint(Endpoint):
    """What the two endpoints share."""

    scope = Scope.ADMIN
    refusals = {
        ValidationError: _invalid,
        NeedsRecentSignIn: lambda _: SignInAgain(),
        services.KeyEnded: lambda ended: Conflict(str(ended).rstrip(".")),
    }


class APIKeysView(APIKeyEndpoint):
    """The keys that a person has."""

    sorts = {"createdAt": "created_at", "name": "name", "lastUsedAt": "last_used_at"}
    filters = {"state": KeyState.values}

    @operation(
        "List API keys",
        responses.APIKey,
        many=True,
        text="Your live keys: those that work, and the disabled and expired ones. Others are listed when "
        "you ask for their state.",
    )
    def get(self, request: Request) -> HttpResponse:
        """List the live ones, or those in the state that is asked for."""
        listing = self.read_listing(request)
        now = timezone.now()
        keys = caller(request).api_keys.listed(now).with_public_id()
        keys = keys.in_state(listing.filters["state"], now) if listing.filters else keys.live()
        rows, pagination = listing.slice(keys)
        return page([responses.api_key_row(key) for key in rows], pagination)

    @operation(
        "Create an API key",
        responses.NewAPIKey,
        status=201,
        body=NewAPIKeySerializer,
        errors=(409,),
        text=f"`key` is in this answer only: keep it. A session needs a sign-in in the last {RECENTLY}.",
    )
    def post(self, request: Request) -> HttpResponse:
        """Create one; the answer is the only place where its secret is."""
        _require_recent(request)
        key, raw_key = services.create_key(
            caller(request),
            **self.read_body(request, NewAPIKeySerializer),
            made_by=credential_of(request).grant_id or "",
            client=client_of(request._request),
        )
        location = {"Location": f"/v1/api-keys/{key.uid}"}
        return success({**responses.api_key_row(key), "key": raw_key}, status=201, headers=location)


class APIKeyView(APIKeyEndpoint):
    """One key, by `key_…`, its public id or `craft_key_<public id>`."""

    @operation(
        "Get an API key", responses.APIKey, errors=(404,), text="Without its secret, which is not kept."
    )
    def get(self, request: Request, key_id: str) -> HttpResponse:
        key = _find(request, key_id)
        refuse_parameters(request)
        return success(responses.api_key_row(key))

    @operation(
        "Change an API key",
        responses.APIKey,
        body=APIKeyChangeSerializer,
        errors=(404, 409),
        text="What you leave out stays. From a session, widening or extending it needs a sign-in in the last "
        f"{RECENTLY}.",
    )
    def patch(self, request: Request, key_id: str) -> HttpResponse:
        """Change its name, permission or expiry."""
        key = services.change_key(
            _find(request, key_id),
            **self.read_body(request, APIKeyChangeSerializer),
            may_widen=_is_recent(request),
            client=client_of(request._request),
        )
        return success(responses.api_key_row(key))

    @operation(
        "Delete an API key",
        Deleted,
        errors=(404,),
        text=f"It stops working at once. For {RESTORABLE_IN_WORDS} you can bring it back under "
        "Account Settings → API Keys.",
    )
    def delete(self, request: Request, key_id: str) -> HttpResponse:
        """End it at once; its owner can undo that for a while."""
        key = _find(request, key_id)
        refuse_parameters(request)
        try:
            services.delete_key(key, client_of(request._request))
        except services.KeyEnded:
            raise NotFound("This key has ended already") from None
        return success({"id": key.uid, "deleted": True})


def _find(request: Request, key_id: str) -> APIKey:
    key = (
        services.find_keys(key_id)
        .select_related("user")
        .filter(Q(pk__in=APIKey.objects.listed(timezone.now())))
        .first()
    )
    if key is None or len(key_id) > 60:
        raise NotFound("There is no such key")
    if key.user_id != caller(request).pk:
        raise NotYours
    return key


def _is_recent(request: Request) -> bool:
    """A person must have signed in lately; an app was given `admin` for this."""
    return credential_of(request).kind != "session" or signed_in_recently(request._request)


def _require_recent(request: Request) -> None:
    if not _is_recent(request):
        raise SignInAgain
