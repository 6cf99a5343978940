"""/v1/auth: the credential in use."""

from django.http import HttpResponse
from rest_framework.request import Request

from api.account import responses
from api.base import Endpoint, credential_of
from api.envelope import rfc3339, success
from api.pagination import refuse_parameters
from api.quota import Count
from api.schema.operation import operation
from api.schema.responses import Deleted
from apikeys.scopes import in_order


class AuthView(Endpoint):
    """The credential in use; any credential may ask."""

    scope = None

    @operation(
        "Credential in use",
        responses.Auth,
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
                "scopes": in_order(credential.scopes),
                "createdAt": rfc3339(credential.created_at),
                "expiresAt": rfc3339(credential.expires_at),
                "lastUsedAt": rfc3339(credential.last_used_at),
                "rateLimit": _rate_limit(self.rate_limit),
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
