"""The API reference: each operation of the OpenAPI document as a page shows it."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from api.errors import CODES
from api.schema.document import document
from craft.pages.examples import address_of, calls, example_of

SECTIONS = {  # tag → heading, in the order of the navigation
    "me": "Account",
    "auth": "Account",
    "projects": "Projects",
    "files": "Files",
    "deployments": "Deployments",
    "api-keys": "API keys",
    "connected-apps": "Connected apps",
    "activity": "Activity",
    "oauth": "OAuth",
}
FEW_QUERY = {"limit": "1"}


@dataclass(frozen=True)
class Parameter:
    """A line of a list of parameters, fields or errors."""

    name: str
    kind: str
    text: str


@dataclass(frozen=True)
class Operation:
    """One page of the reference."""

    id: str
    section: str
    method: str
    url: str
    summary: str
    needs: str
    groups: list[tuple[str, list[Parameter]]]
    calls: list[tuple[str, str]]
    status: str
    answer: str

    @property
    def languages(self) -> list[str]:
        """The names of the tabs."""
        return [language for language, _ in self.calls]


@cache
def operations() -> dict[str, Operation]:
    """All pages by operation id, in the order of the navigation."""
    made = [
        _operation(path, method, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]
    order = list(dict.fromkeys(SECTIONS.values()))
    made.sort(key=lambda operation: order.index(operation.section))
    return {operation.id: operation for operation in made}


def sections() -> list[tuple[str, list[Operation]]]:
    """The navigation: (heading, its operations)."""
    found: dict[str, list[Operation]] = {}
    for operation in operations().values():
        found.setdefault(operation.section, []).append(operation)
    return list(found.items())


def _operation(path: str, method: str, operation: dict[str, Any]) -> Operation:
    schemas = document()["components"]["schemas"]
    body = _json_schema(operation.get("requestBody", {}).get("content", {}), schemas)
    status, answer = next((code, answer) for code, answer in operation["responses"].items() if code < "300")
    answer_schema = _json_schema(answer.get("content", {}), schemas) or {}
    is_list = operation["operationId"].startswith("list")
    url = settings.API_URL + address_of(path, FEW_QUERY if is_list else {})
    schemes = [name for scheme in operation["security"] for name in scheme]
    return Operation(
        id=operation["operationId"],
        section=SECTIONS[operation["tags"][0]],
        method=method.upper(),
        url=settings.API_URL + path,
        summary=operation["summary"],
        needs=_needs(operation["security"]),
        groups=_groups(operation, body, schemas),
        calls=calls(
            method.upper(),
            url,
            example_of(body, schemas) if body else None,
            signed=bool(schemes),
            takes_key="apiKey" in schemes,
        ),
        status=status,
        answer=json.dumps(example_of(answer_schema, schemas), indent=2, ensure_ascii=False),
    )


def _json_schema(content: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any] | None:
    schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return schemas[schema["$ref"].rpartition("/")[2]] if schema and "$ref" in schema else schema


def _needs(security: list[dict[str, list[str]]]) -> str:
    """Who may call it, in a sentence."""
    schemes = {name: scopes for scheme in security for name, scopes in scheme.items()}
    if not schemes:
        return "Authenticated by the app's client id and secret, not by a user's credential."
    scope = next(iter(schemes.get("oauth2", [])), "")
    if not scope:
        return "Any credential: an API key, an OAuth token, or your session."
    if scope == "admin":
        return "Needs admin: an OAuth token of an app that staff allow it, or your session. No API key."
    key = "any API key" if scope == "read" else "a read-write API key"
    return f"Needs {scope}: {key}, an OAuth token with {scope}, or your session."


def _groups(
    operation: dict[str, Any], body: dict[str, Any] | None, schemas: dict[str, Any]
) -> list[tuple[str, list[Parameter]]]:
    """The lists below the text; empty ones are left out."""
    headings = {"path": "Path parameters", "query": "Query parameters", "header": "Headers"}
    groups = [
        (
            heading,
            [
                Parameter(
                    each["name"], _kind(each["schema"]), each.get("description") or _choices(each["schema"])
                )
                for each in operation.get("parameters", [])
                if each["in"] == place
            ],
        )
        for place, heading in headings.items()
    ]
    required = (body or {}).get("required", [])
    fields = [
        Parameter(
            name,
            _kind(schema) + (", required" if name in required else ""),
            schema.get("description", "") if "enum" not in schema else _choices(schema),
        )
        for name, schema in (body or {}).get("properties", {}).items()
    ]
    errors = [
        Parameter(code, CODES.get(int(code), "INTERNAL_ERROR"), answer["description"])
        for code, answer in operation["responses"].items()
        if code >= "400"
    ]
    return [group for group in [*groups, ("Body", fields), ("Errors", errors)] if group[1]]


def _parameter(each: dict[str, Any]) -> Parameter:
    schema = each["schema"]
    return Parameter(each["name"], _kind(schema), each.get("description") or _choices(schema))


def _kind(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "object")
    return " or ".join(kinds) if isinstance(kinds, list) else str(kinds)


def _choices(schema: dict[str, Any]) -> str:
    parts = [", ".join(map(str, schema["enum"]))] if "enum" in schema else []
    if "maximum" in schema:
        parts.append(f"{schema.get('minimum', 0)} to {schema['maximum']}")
    elif "minimum" in schema:
        parts.append(f"From {schema['minimum']}")
    elif "maxLength" in schema:
        parts.append(f"At most {schema['maxLength']} characters")
    if "default" in schema:
        parts.append(f"default {schema['default']}")
    return "; ".join(parts) + "." if parts else ""
