"""/v1/me and /v1/auth: who is calling, and with what."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from rest_framework.request import Request

from accounts.client import client_of
from accounts.models import User
from accounts.services import rename_user
from api.base import Endpoint, caller, credential_of
from api.body import read_object
from api.envelope import moment, success
from api.errors import Invalid
from api.me import shapes
from api.me.serializers import MeSerializer
from api.pagination import refuse_parameters
from api.quota import Count
from api.schema.operation import operation
from api.schema.shapes import Deleted
from apikeys.scopes import Scope


class MeView(Endpoint):
    """The person for whom the credential acts."""

    @operation("Get your account", shapes.Me, text="The person for whom the credential acts.")
    def get(self, request: Request) -> HttpResponse:
        """Exactly id, email and name."""
        refuse_parameters(request)
        return success(_person(caller(request)))

    @operation("Change your name", shapes.Me, body=MeSerializer)
    def patch(self, request: Request) -> HttpResponse:
        """Change the name."""
        body = MeSerializer(data=read_object(request))
        refuse_parameters(request)
        body.is_valid(raise_exception=True)
        user = caller(request)
        if "name" in body.validated_data:
            try:
                rename_user(user, body.validated_data["name"], client_of(request._request))
            except ValidationError as error:
                raise Invalid({"name": error.messages}) from None
        return success(_person(user))


class AuthView(Endpoint):
    """The credential in use; any credential may ask."""

    scope = None

    @operation(
        "Credential in use",
        shapes.Auth,
        text="What you are calling with, what it may do, until when, and what is left of your plan. For an "
        "OAuth token `id` and `name` are the app's; for a session both are null.",
    )
    def get(self, request: Request) -> HttpResponse:
        """What it is, what it may do, and until when."""
        refuse_parameters(request)
        credential = credential_of(request)
        return success(
            {
                "kind": credential.kind,
                "id": credential.id,
                "name": credential.name,
                "scopes": [scope for scope in Scope if scope in credential.scopes],
                "createdAt": moment(credential.created_at),
                "expiresAt": moment(credential.expires_at),
                "lastUsedAt": moment(credential.last_used_at),
                "rateLimit": _rate_limit(self.quota),
            }
        )

    @operation(
        "End credential in use",
        Deleted,
        text="An API key is deleted, an OAuth token ends together with its refresh token, a session is "
        "signed out. It stops working at once.",
    )
    def delete(self, request: Request) -> HttpResponse:
        """End what was used: the key is deleted, the token's family revoked, the session signed out."""
        refuse_parameters(request)
        credential = credential_of(request)
        credential.end(request._request)
        return success({"id": credential.id, "deleted": True})


def _rate_limit(count: Count | None) -> dict[str, int] | None:
    return {"limit": count.limit, "remaining": count.remaining, "reset": count.reset} if count else None


def _person(user: User) -> dict[str, Any]:
    return {"id": user.uid, "email": user.email, "name": user.name}
