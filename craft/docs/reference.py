"""The API reference: each operation of the OpenAPI document as a page shows it."""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from api.errors import CODES
from api.schema.document import document
from craft.docs.code_samples import Call, Sample
from craft.docs.example_values import BODIES, PARAMETERS, example_of, example_path

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
PLACES = {"path": "Path parameters", "query": "Query parameters", "header": "Headers"}
OWNED = {"project_id": "project", "key_id": "key"}  # what may be another user's
ONE_OF_A_LIST = {"limit": "1"}


@dataclass(frozen=True)
class Line:
    """A line of a list of parameters, fields or errors. `text` has `code` in backquotes."""

    name: str
    kind: str
    text: str


@dataclass(frozen=True)
class Operation:
    """One page of the reference."""

    id: str
    tag: str
    method: str
    path: str
    url: str
    summary: str
    text: str
    needs: str
    groups: list[tuple[str, list[Line]]]
    calls: list[Sample]
    status: str
    answer: str

    @property
    def section(self) -> str:
        """Its heading in the navigation."""
        return SECTIONS[self.tag]


def operations() -> dict[str, Operation]:
    """All pages by operation id, in the order of the navigation."""
    return _operations(settings.API_URL)


def sections() -> list[tuple[str, list[Operation]]]:
    """The navigation: (heading, its operations)."""
    found: dict[str, list[Operation]] = {}
    for operation in operations().values():
        found.setdefault(operation.section, []).append(operation)
    return list(found.items())


@cache
def _operations(api_url: str) -> dict[str, Operation]:
    made = [
        _operation(api_url, path, method, described)
        for path, methods in document()["paths"].items()
        for method, described in methods.items()
    ]
    made.sort(key=lambda operation: list(SECTIONS).index(operation.tag))
    return {operation.id: operation for operation in made}


def _operation(api_url: str, path: str, method: str, described: dict[str, Any]) -> Operation:
    name = described["operationId"]
    status, answer = _answer(path, described)
    schemes = [scheme for each in described["security"] for scheme in each]
    call = Call(
        method=method.upper(),
        url=api_url + example_path(path, ONE_OF_A_LIST if name.startswith("list") else {}),
        body=BODIES.get(name),
        credential="CRAFT_API_KEY" if "apiKey" in schemes else "CRAFT_ACCESS_TOKEN" if schemes else "",
        has_envelope="success" in answer,
    )
    return Operation(
        id=name,
        tag=described["tags"][0],
        method=call.method,
        path=path,
        url=api_url + path,
        summary=described["summary"],
        text=described.get("description", ""),
        needs=_needs(described["security"]),
        groups=_groups(call.method, described),
        calls=call.samples(),
        status=status,
        answer=json.dumps(answer, indent=2, ensure_ascii=False),
    )


def _answer(path: str, described: dict[str, Any]) -> tuple[str, Any]:
    """Status and example of the answer when all goes well."""
    schemas = document()["components"]["schemas"]
    status, answer = next((code, answer) for code, answer in described["responses"].items() if code < "300")
    example = example_of(_json_schema(answer), schemas)
    data = example.get("data")
    if isinstance(data, dict) and data.keys() == {"id", "deleted"}:
        named = re.findall(r"{(\w+)}", path) or ["key_id"]
        data["id"] = PARAMETERS[named[-1]]
    return status, example


def _json_schema(holder: dict[str, Any]) -> dict[str, Any]:
    """The schema of a JSON body or answer; an empty one where there is none."""
    schema: dict[str, Any] = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _scope(security: list[dict[str, list[str]]]) -> str:
    """The scope that a call takes; "" for none in particular."""
    return next((scope for scheme in security for scope in scheme.get("oauth2", [])), "")


def _needs(security: list[dict[str, list[str]]]) -> str:
    """Who may call it, in a sentence."""
    if not security:
        return "Needs no credential of a user: the app proves itself by its client id and secret."
    scope = _scope(security)
    if not scope:
        return "Any credential: an API key, an OAuth token, or your session."
    if scope == "admin":
        return "Needs `admin`: an OAuth token of an app that staff allow it, or your session. No API key."
    key = "any API key" if scope == "read" else "a read-write API key"
    return f"Needs `{scope}`: {key}, an OAuth token with `{scope}`, or your session."


def _groups(method: str, described: dict[str, Any]) -> list[tuple[str, list[Line]]]:
    """The lists below the text; empty ones are left out."""
    parameters = described.get("parameters", [])
    groups = [
        (heading, [_line(each["name"], each["schema"], each) for each in parameters if each["in"] == place])
        for place, heading in PLACES.items()
    ]
    body = _json_schema(described.get("requestBody", {}))
    if "$ref" in body:
        body = document()["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    required = body.get("required", [])
    fields = [
        _line(name, schema, schema, ", required" if name in required else "")
        for name, schema in body.get("properties", {}).items()
    ]
    errors = [
        Line(code, CODES[int(code)] if described["security"] else "", _meaning(code, method, described))
        for code in described["responses"]
        if "400" <= code < "500"
    ]
    return [group for group in [*groups, ("Body", fields), ("Errors", errors)] if group[1]]


def _meaning(code: str, method: str, described: dict[str, Any]) -> str:
    """What an error means here. For 403, exactly what is missing."""
    if code != "403":
        text: str = described["responses"][code]["description"]
        return text
    scope = _scope(described["security"])
    causes = [f"the credential lacks `{scope}`"] if scope else []
    names = [each["name"] for each in described.get("parameters", [])]
    causes += [f"the {thing} is another user's" for name, thing in OWNED.items() if name in names]
    if method != "GET":
        causes.append("a session comes without its `X-CSRFToken`")
    sentence = ", or ".join(causes or ["the call came over plain http"])
    return f"{sentence[0].upper()}{sentence[1:]}."


def _line(name: str, schema: dict[str, Any], described: dict[str, Any], more: str = "") -> Line:
    kinds = schema.get("type", "object")
    kind = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    choices = _choices(schema)
    if described.get("in") == "query" and "default" not in schema:
        choices = f"Only {choices}"
    text = f"{choices} {described.get('description', '')}".strip()
    return Line(name, kind + more, text)


def _choices(schema: dict[str, Any]) -> str:
    """Which values there are, in a sentence; "" when that is not said."""
    default = schema.get("default")
    if "enum" in schema:
        values = [f"`{value}` (default)" if value == default else f"`{value}`" for value in schema["enum"]]
        return f"{', '.join(values[:-1])} or {values[-1]}." if len(values) > 1 else f"{values[0]}."
    if "maximum" in schema and schema["maximum"] < 10**6:
        return f"{schema.get('minimum', 0)} to {schema['maximum']}, default {default}."
    if "minimum" in schema:
        return f"From {schema['minimum']}."
    return f"At most {schema['maxLength']:,} characters." if "maxLength" in schema else ""
