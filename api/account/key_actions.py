"""What is done with one key: POST /v1/api-keys/{id}/rotate and so on; 409 where its state forbids it."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.web.client import client_of
from api.account import responses
from api.account.key_access import RECENTLY, APIKeyAction, find_key, is_recent, refuse_foreign
from api.account.serializers import DisableSerializer, NothingSerializer, RotateSerializer
from api.envelope import success
from api.errors import SignInAgain
from api.schema.operation import WITH_BODY, operation
from apikeys import services
from apikeys.models import RESTORABLE_IN_WORDS

OWN_ONLY = f"A session needs a sign-in in the last {RECENTLY}; an app may do it to keys that it made."


class RotateAPIKeyView(APIKeyAction):
    """Begins the exchange of a key's secret."""

    @operation(
        "Rotate an API key",
        responses.NewAPIKey,
        body=RotateSerializer,
        errors=(404,),
        text="Gives the key a second secret, which is in this answer only. The old one works for `grace` "
        f"seconds after the first use of the new one; with 0 it ends at that use. {OWN_ONLY}",
        conflict="It is not active, or rotating already.",
    )
    def post(self, request: Request, key_id: str) -> HttpResponse:
        key = find_key(request, key_id)
        refuse_foreign(request, key)
        body = self.read_body(request, RotateSerializer)
        key, raw_key = services.rotate_key(
            key, **body, may_rotate=is_recent(request), client=client_of(request._request)
        )
        return success({**responses.api_key_row(key), "key": raw_key})


class FinishAPIKeyRotationView(APIKeyAction):
    """Ends the old secret of a rotation."""

    @operation(
        "Finish a rotation",
        responses.APIKey,
        errors=(404, *WITH_BODY),
        text="The old secret ends now, whether the new one was used or not.",
        conflict="It is not rotating.",
    )
    def post(self, request: Request, key_id: str) -> HttpResponse:
        key = find_key(request, key_id)
        self.read_body(request, NothingSerializer)
        key = services.finish_rotation(key, client_of(request._request))
        return success(responses.api_key_row(key))


class CancelAPIKeyRotationView(APIKeyAction):
    """Ends the new secret of a rotation."""

    @operation(
        "Cancel a rotation",
        responses.APIKey,
        errors=(404, *WITH_BODY),
        text=f"The new secret ends, and the old one stays. Only while the new one is unused. {OWN_ONLY}",
        conflict="It is not rotating, or the new secret was used.",
    )
    def post(self, request: Request, key_id: str) -> HttpResponse:
        key = find_key(request, key_id)
        refuse_foreign(request, key)
        self.read_body(request, NothingSerializer)
        key = services.cancel_rotation(key, may_cancel=is_recent(request), client=client_of(request._request))
        return success(responses.api_key_row(key))


class DisableAPIKeyView(APIKeyAction):
    """Lets a key rest."""

    @operation(
        "Disable an API key",
        responses.APIKey,
        body=DisableSerializer,
        errors=(404,),
        text="Calls with it are 401 until it is enabled, or for so many seconds: a way to find out whether "
        "something still needs it.",
        conflict="It was deleted or revoked, or is disabled and would only be so for a shorter time.",
    )
    def post(self, request: Request, key_id: str) -> HttpResponse:
        key = find_key(request, key_id)
        body = self.read_body(request, DisableSerializer)
        key = services.disable_key(key, **body, client=client_of(request._request))
        return success(responses.api_key_row(key))


class EnableAPIKeyView(APIKeyAction):
    """Lets a disabled key work again."""

    @operation(
        "Enable an API key",
        responses.APIKey,
        errors=(404, *WITH_BODY),
        text=f"What Craft's staff disabled, they alone enable. {OWN_ONLY}",
        conflict="It was deleted or revoked, or Craft's staff disabled it.",
    )
    def post(self, request: Request, key_id: str) -> HttpResponse:
        key = find_key(request, key_id)
        refuse_foreign(request, key)
        self.read_body(request, NothingSerializer)
        key = services.enable_key(key, may_enable=is_recent(request), client=client_of(request._request))
        return success(responses.api_key_row(key))


class RestoreAPIKeyView(APIKeyAction):
    """Undoes a deletion."""

    @operation(
        "Restore an API key",
        responses.APIKey,
        errors=(404, *WITH_BODY),
        text=f"Undoes a deletion of the last {RESTORABLE_IN_WORDS}. {OWN_ONLY}",
        conflict="It was revoked, or the name or the 50 are taken.",
    )
    def post(self, request: Request, key_id: str) -> HttpResponse:
        key = find_key(request, key_id)
        refuse_foreign(request, key)
        self.read_body(request, NothingSerializer)
        if not is_recent(request):
            raise SignInAgain
        key = services.restore_key(key, client_of(request._request))
        return success(responses.api_key_row(key))
