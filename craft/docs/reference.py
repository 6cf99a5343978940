"""The API reference: each operation of the OpenAPI document as a page shows it."""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse

from api.errors import CODES
from api.schema.document import document
from craft.docs.answer_fields import Line, answer_lines, choices_of, kind_of
from craft.docs.code_samples import Call, Sample
from craft.docs.example_values import ANSWERS, BODIES, PARAMETERS, example_of, example_path
from craft.docs.sdk_samples import sdk_samples

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
    def about_answer(self) -> str:
        """Where in the answer its fields are."""
        whole = json.loads(self.answer)
        if "data" not in whole:
            return "The whole answer is one object."
        return "Each object in `data` has these fields." if isinstance(whole["data"], list) else "In `data`:"

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
    status, answer = _answer(name, path, described)
    schemes = [scheme for each in described["security"] for scheme in each]
    query = ONE_OF_A_LIST if name.startswith("list") else {}
    call = Call(
        method=method.upper(),
        url=api_url + example_path(path, query),
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
        groups=_groups(call.method, described, answer),
        calls=[
            *call.samples(),
            *sdk_samples(
                name,
                [PARAMETERS[place] for place in re.findall(r"{(\w+)}", path)],
                {**{field: int(value) for field, value in query.items()}, **(call.body or {})},
                api_url,
                call.credential,
            ),
        ],
        status=status,
        answer=json.dumps(answer, indent=2, ensure_ascii=False),
    )


def _answer(name: str, path: str, described: dict[str, Any]) -> tuple[str, Any]:
    """Status and example of the answer when all goes well."""
    schemas = document()["components"]["schemas"]
    status, answer = next((code, answer) for code, answer in described["responses"].items() if code < "300")
    example = example_of(_json_schema(answer), schemas)
    data = example.get("data")
    if name in ANSWERS:
        data.update(ANSWERS[name])
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


def _groups(method: str, described: dict[str, Any], answer: Any) -> list[tuple[str, list[Line]]]:
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
        _error(code, _meaning(code, method, described), is_oauth=not described["security"])
        for code in described["responses"]
        if "400" <= code < "500" or code == "503"
    ]
    groups += [("Body", fields), ("Answer", _answered(described, answer)), ("Errors", errors)]
    return [group for group in groups if group[1]]


def _answered(described: dict[str, Any], answer: Any) -> list[Line]:
    """The fields of what `data` holds, or of the whole answer where it has no envelope."""
    schemas = document()["components"]["schemas"]
    schema = _json_schema(next(each for code, each in described["responses"].items() if code < "300"))
    whole = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    data = whole.get("properties", {}).get("data")
    if data is None:
        return list(answer_lines(whole, schemas, answer))
    is_list = data.get("type") == "array"
    shown = answer["data"][0] if is_list else answer["data"]
    lines = list(answer_lines(data["items"] if is_list else data, schemas, shown))
    pages = whole["properties"].get("pagination")
    return [*lines, *(answer_lines(pages, schemas, answer["pagination"], "pagination.") if pages else ())]


def _error(code: str, meaning: str, *, is_oauth: bool) -> Line:
    if is_oauth:
        return Line(code, "", meaning, url=f"{reverse('docs-guide', args=['oauth'])}#errors")
    name = CODES[int(code)]
    return Line(code, name, meaning, url=f"{reverse('docs-guide', args=['errors'])}#{name}")


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
    choices = choices_of(schema)
    if choices and described.get("in") == "query" and "default" not in schema:
        choices = f"Only {choices}"
    text = f"{choices} {described.get('description', '')}".strip()
    return Line(name, kind_of(schema) + more, text)
