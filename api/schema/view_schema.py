"""How drf-spectacular reads a view of ours."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from api.pagination import DEFAULT_LIMIT, MAX_LIMIT, MAX_PAGE
from apikeys.scopes import SCOPE_OF_METHOD, Scope

VERBS = {"GET": "get", "POST": "create", "PATCH": "update", "PUT": "put", "DELETE": "delete"}
SCHEMES_WITH_KEY = ("apiKey", "oauth2", "session")


class CraftSchema(AutoSchema):
    """Names, scopes and list parameters follow from the view's class and attributes."""

    view: Any
    method: str
    path: str

    def get_operation_id(self) -> str:
        """`listProjects`, `createProject`, `rotateAPIKey`, …: stable names for generated clients."""
        noun = type(self.view).__name__.removesuffix("View")
        if getattr(self.view, "is_action", False):
            return noun[0].lower() + noun[1:]
        if self.method == "GET" and self.view.sorts:
            return f"list{noun}"
        return VERBS[self.method] + (noun.removesuffix("s") if self.view.sorts else noun)

    def get_description(self) -> str:  # type: ignore[override]
        """Docstrings speak to who reads the code."""
        return ""

    def get_tags(self) -> list[str]:
        """The resource: `me`, `projects`, `files`, …; the view's own `resource` if it has one."""
        if resource := getattr(self.view, "resource", None):
            return [resource]
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return [parts[-1] if parts[-1] != "v1" else "v1"]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Which credentials may call it, with the scope that it takes."""
        if not self.view.needs_credential:
            return []
        scope = getattr(self.view, "scope", SCOPE_OF_METHOD.get(self.method))
        schemes = [scheme for scheme in SCHEMES_WITH_KEY if scope != Scope.ADMIN or scheme != "apiKey"]
        return [{scheme: [scope] if scheme == "oauth2" and scope else []} for scheme in schemes]

    def get_override_parameters(self) -> list[Any]:
        """A list's own parameters, from what the view can sort and filter by."""
        sorts: dict[str, str] = getattr(self.view, "sorts", {})
        if self.method != "GET" or not sorts:
            return list(super().get_override_parameters())
        filters: dict[str, list[str]] = self.view.filters
        return [
            *(OpenApiParameter(name, _one_of(values)) for name, values in filters.items()),
            OpenApiParameter("sort", _one_of(sorted(sorts, key="createdAt".__ne__), "createdAt")),
            OpenApiParameter("order", _one_of(["desc", "asc"], "desc"), description="Ties go by id."),
            OpenApiParameter("page", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1}),
            OpenApiParameter(
                "limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
            ),
        ]


def _one_of(values: list[str], default: str | None = None) -> dict[str, Any]:
    return {"type": "string", "enum": values, **({"default": default} if default else {})}
