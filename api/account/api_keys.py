"""/v1/api-keys: the caller's keys."""

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from accounts.web.client import client_of
from api.account import responses
from api.account.key_access import RECENTLY, APIKeyEndpoint, find_key, is_recent, refuse_foreign
from api.account.serializers import APIKeyChangeSerializer, NewAPIKeySerializer
from api.base import caller, credential_of
from api.envelope import page, success
from api.errors import SignInAgain
from api.pagination import refuse_parameters
from api.schema.operation import operation
from api.schema.responses import Deleted
from apikeys import services
from apikeys.models import RESTORABLE_IN_WORDS, APIKey, KeyState


class APIKeysView(APIKeyEndpoint):
    """The keys that a person has."""

    sorts = {"createdAt": "created_at", "name": "name", "lastUsedAt": "last_used_at"}
    filters = {"state": KeyState.values}

    @operation(
        "List API keys",
        responses.APIKey,
        many=True,
        text="Your live keys: those that work, and the disabled and expired ones. Others are listed when you "
        "ask for their state.",
    )
    def get(self, request: Request) -> HttpResponse:
        """List the live ones, or those in the state that is asked for."""
        listing = self.read_listing(request)
        now = timezone.now()
        keys = APIKey.objects.filter(user=caller(request)).listed(now).with_public_id().select_related("user")
        keys = keys.in_state(listing.filters["state"], now) if listing.filters else keys.live()
        rows, pagination = listing.slice(keys.with_secrets())
        return page([responses.api_key_row(key) for key in rows], pagination)

    @operation(
        "Create an API key",
        responses.NewAPIKey,
        status=201,
        body=NewAPIKeySerializer,
        text=f"`key` is in this answer only: keep it. A session needs a sign-in in the last {RECENTLY}.",
        conflict="A live key of yours has this name, or you have 50.",
    )
    def post(self, request: Request) -> HttpResponse:
        """Create one; the answer is the only place where its secret is."""
        if not is_recent(request):
            raise SignInAgain
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
        key = find_key(request, key_id)
        refuse_parameters(request)
        return success(responses.api_key_row(key))

    @operation(
        "Change an API key",
        responses.APIKey,
        body=APIKeyChangeSerializer,
        errors=(404,),
        text="What you leave out stays. From a session, widening or extending it needs a sign-in in the last "
        f"{RECENTLY}. An app changes the permission and expiry only of keys that it made.",
        conflict="A live key of yours has this name, or this one was deleted or revoked.",
    )
    def patch(self, request: Request, key_id: str) -> HttpResponse:
        """Change its name, permission or expiry."""
        key = find_key(request, key_id)
        changes = self.read_body(request, APIKeyChangeSerializer)
        if changes.keys() - {"name"}:
            refuse_foreign(request, key)
        key = services.change_key(
            key, **changes, may_widen=is_recent(request), client=client_of(request._request)
        )
        return success(responses.api_key_row(key))

    @operation(
        "Delete an API key",
        Deleted,
        errors=(404,),
        text=f"It stops working at once. For {RESTORABLE_IN_WORDS} you can restore it.",
    )
    def delete(self, request: Request, key_id: str) -> HttpResponse:
        """End it at once; its owner can undo that for a while."""
        key = find_key(request, key_id)
        refuse_parameters(request)
        try:
            services.delete_key(key, client_of(request._request))
        except services.KeyEnded:
            raise NotFound("This key has ended already") from None
        return success({"id": key.uid, "deleted": True})
