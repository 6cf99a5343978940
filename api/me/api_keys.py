"""/v1/api-keys: the caller's keys, for a session or an app with `admin`; a key never manages keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from accounts.client import client_of
from accounts.recent import is_recent
from api.base import Endpoint, caller, credential_of
from api.body import read_object
from api.envelope import moment, page, success
from api.errors import Conflict, Invalid, NotYours, SignInAgain
from api.me import shapes
from api.me.serializers import APIKeyChangeSerializer, NewAPIKeySerializer
from api.pagination import refuse_parameters
from api.schema.operation import operation
from api.schema.shapes import Deleted
from apikeys import services, usage
from apikeys.models import APIKey, State
from apikeys.scopes import Scope

API_NAMES = {"expires_at": "expiresAt"}  # field of the rules → field of the API


class APIKeysView(Endpoint):
    """The keys that a person has."""

    scope = Scope.ADMIN
    sorts = {"createdAt": "created_at", "name": "name", "lastUsedAt": "last_used_at"}
    filters = {"state": [*State.values, "disabled"]}

    @operation(
        "List API keys",
        shapes.APIKey,
        many=True,
        text="Your live keys: those that work, and the expired ones. Others are listed when you ask for "
        "their state.",
    )
    def get(self, request: Request) -> HttpResponse:
        """List the live ones, or those in the state that is asked for."""
        listing = self.read_listing(request)
        usage.flush()
        now = timezone.now()
        keys = APIKey.objects.filter(user=caller(request)).listed(now).with_public_id()
        keys = keys.filter(_in_state(listing.filters["state"])) if listing.filters else keys.live()
        rows, pagination = listing.slice(keys)
        return page([_row(key) for key in rows], pagination)

    @operation(
        "Create an API key",
        shapes.NewAPIKey,
        status=201,
        body=NewAPIKeySerializer,
        errors=(409,),
        text="`key` is in this answer only: keep it. A session needs a sign-in in the last 15 minutes.",
    )
    def post(self, request: Request) -> HttpResponse:
        """Create one; the answer is the only place where its secret is."""
        refuse_parameters(request)
        _require_recent(request)
        body = NewAPIKeySerializer(data=read_object(request))
        body.is_valid(raise_exception=True)
        with _answered():
            key, raw_key = services.create_key(
                caller(request),
                **body.validated_data,
                made_by=credential_of(request).grant_id or "",
                client=client_of(request._request),
            )
        location = {"Location": f"/v1/api-keys/{key.uid}"}
        return success({**_row(key), "key": raw_key}, status=201, headers=location)


class APIKeyView(Endpoint):
    """One key, by `key_…`, its public id or `craft_key_<public id>`."""

    scope = Scope.ADMIN

    @operation("Get an API key", shapes.APIKey, errors=(404,), text="Without its secret, which is not kept.")
    def get(self, request: Request, key_id: str) -> HttpResponse:
        """Show it."""
        usage.flush()
        key = _find(request, key_id)
        refuse_parameters(request)
        return success(_row(key))

    @operation(
        "Change an API key",
        shapes.APIKey,
        body=APIKeyChangeSerializer,
        errors=(404, 409),
        text="What you leave out stays. From a session, widening or extending it needs a sign-in in the last "
        "15 minutes.",
    )
    def patch(self, request: Request, key_id: str) -> HttpResponse:
        """Change its name, permission or expiry."""
        key = _find(request, key_id)
        refuse_parameters(request)
        body = APIKeyChangeSerializer(data=read_object(request))
        body.is_valid(raise_exception=True)
        with _answered():
            key = services.change_key(
                key, **body.validated_data, may_widen=_is_recent(request), client=client_of(request._request)
            )
        return success(_row(key))

    @operation(
        "Delete an API key",
        Deleted,
        errors=(404,),
        text="It stops working at once. For 7 days you can bring it back under Account Settings → API Keys.",
    )
    def delete(self, request: Request, key_id: str) -> HttpResponse:
        """End it at once; its owner can undo that for 7 days."""
        key = _find(request, key_id)
        refuse_parameters(request)
        try:
            services.delete_key(key, client_of(request._request))
        except services.KeyEnded:
            raise NotFound("This key has ended already") from None
        return success({"id": key.uid, "deleted": True})


@contextmanager
def _answered() -> Iterator[None]:
    """Turn the services' refusals into answers."""
    try:
        yield
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise Conflict(" ".join(error.messages)) from None
        raise Invalid(
            {API_NAMES.get(name, name): texts for name, texts in error.message_dict.items()}
        ) from None
    except services.NeedsRecentSignIn:
        raise SignInAgain from None
    except services.KeyEnded as ended:
        raise Conflict(str(ended).rstrip(".")) from None


def _find(request: Request, key_id: str) -> APIKey:
    key = services.find_keys(key_id).filter(Q(pk__in=APIKey.objects.listed(timezone.now()))).first()
    if key is None or len(key_id) > 60:
        raise NotFound("There is no such key")
    if key.user_id != caller(request).pk:
        raise NotYours
    return key


def _is_recent(request: Request) -> bool:
    """A person must have signed in lately; an app was given `admin` for this."""
    return credential_of(request).kind != "session" or is_recent(request._request)


def _require_recent(request: Request) -> None:
    if not _is_recent(request):
        raise SignInAgain


def _in_state(state: str) -> Q:
    now = timezone.now()
    live = Q(deleted_at=None, revoked_at=None)
    expired = Q(expires_at__lte=now)
    return {
        State.ACTIVE.value: live & ~expired,
        State.EXPIRED.value: live & expired,
        State.DELETED.value: Q(revoked_at=None) & ~Q(deleted_at=None),
        State.REVOKED.value: ~Q(revoked_at=None),
    }.get(state, Q(pk=None))


def _row(key: APIKey) -> dict[str, Any]:
    return {
        "id": key.uid,
        "publicId": key.public_id,
        "name": key.name,
        "permission": key.permission,
        "state": key.state,
        "createdAt": moment(key.created_at),
        "expiresAt": moment(key.expires_at),
        "lastUsedAt": moment(key.last_used_at),
        "lastUsedFrom": key.last_used_ip,
    }
