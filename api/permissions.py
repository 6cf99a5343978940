"""What may the caller do? Scope by method, before the object is looked at."""

from typing import cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from api.credentials import Credential
from api.errors import InsufficientScope
from apikeys.scopes import SCOPE_OF_METHOD, Scope


class HasScope(BasePermission):
    """The credential carries the method's scope; or the view's own `scope`; any, where that is None."""

    def has_permission(self, request: Request, view: object) -> bool:
        """True, or raises InsufficientScope."""
        credential = cast("Credential", request.auth)
        scope: Scope | None = getattr(view, "scope", SCOPE_OF_METHOD.get(request._request.method or ""))
        if scope is not None and scope not in credential.scopes:
            raise InsufficientScope(scope)
        return True
