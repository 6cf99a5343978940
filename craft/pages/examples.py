"""Example values, answers and calls for the API reference, made from the OpenAPI document."""

import json
from typing import Any
from urllib.parse import urlencode

Schema = dict[str, Any]

VALUES: dict[str, Any] = {  # by the name of a property
    "content": "<h1>Hello</h1>",
    "contentType": "text/html",
    "credential": "key_9dKq2mVx7TbW4uLs",
    "description": "",
    "email": "ada@example.com",
    "files": 12,
    "id": "proj_2Hs9vQ8mLk3Xc7Ba",
    "ip": "203.0.113.7",
    "key": "craft_key_8Fq2kT7mWc1Z_EXAMPLEexampleEXAMPLEexample0000XXXXXX",
    "lastUsedFrom": "203.0.113.7",
    "limit": 20,
    "name": "Spring catalogue",
    "page": 1,
    "path": "index.html",
    "previewUrl": None,
    "publicId": "8Fq2kT7mWc1Z",
    "remaining": 59,
    "reset": 1795515600,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size": 14,
    "template": None,
    "total": 34,
    "totalPages": 2,
    "url": "https://q7f3k2m9x4.craft-preview.example/",
    "userAgent": "curl/8.5",
    "website": "https://app.acme.com",
}
PARAMETERS = {
    "project_id": "proj_2Hs9vQ8mLk3Xc7Ba",
    "path": "index.html",
    "deployment_id": "dep_5hR8wPq0LmXa7TbW",
    "key_id": "key_9dKq2mVx7TbW4uLs",
    "app_id": "app_Jt4vNc92KzEb8sYh",
}


def example_of(schema: Schema, schemas: dict[str, Schema], name: str = "") -> Any:
    """An example value of a schema; `name` is the property that holds it."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    for key in ("oneOf", "allOf", "anyOf"):
        if key in schema:
            return example_of(schema[key][0], schemas, name)
    if "properties" in schema:
        return {key: example_of(value, schemas, key) for key, value in schema["properties"].items()}
    kinds = schema.get("type", "string")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "array":
        return [example_of(schema["items"], schemas)]
    if kind == "object":
        return {}
    if "enum" in schema:
        return schema["enum"][0]
    if "default" in schema:
        return schema["default"]
    if schema.get("format") == "date-time":
        return "2026-11-24T09:58:04.120Z"
    return VALUES.get(name, {"boolean": True, "integer": 1}.get(kind, "…"))


def address_of(path: str, query: dict[str, str]) -> str:
    """The path with example parameters, and a query string."""
    for name, value in PARAMETERS.items():
        path = path.replace(f"{{{name}}}", value)
    return f"{path}?{urlencode(query)}" if query else path


def calls(method: str, url: str, body: Any, *, signed: bool, takes_key: bool) -> list[tuple[str, str]]:
    """The call in curl, JavaScript and Python: [(language, code)]."""
    variable = "CRAFT_API_KEY" if takes_key else "CRAFT_ACCESS_TOKEN"
    text = None if body is None else json.dumps(body, indent=2, ensure_ascii=False)
    return [
        ("curl", _curl(method, url, text, variable if signed else "")),
        ("JavaScript", _javascript(method, url, text, variable if signed else "")),
        ("Python", _python(method, url, text, variable if signed else "")),
    ]


def _curl(method: str, url: str, body: str | None, variable: str) -> str:
    lines = [f'curl -X {method} "{url}"']
    if variable:
        lines.append(f'-H "Authorization: Bearer ${variable}"')
    if body is not None:
        quoted = body.replace("'", "'\\''")
        lines += ['-H "Content-Type: application/json"', f"-d '{quoted}'"]
    return " \\\n  ".join(lines)


def _javascript(method: str, url: str, body: str | None, variable: str) -> str:
    options = [] if method == "GET" else [f'  method: "{method}",']
    headers = [f"    Authorization: `Bearer ${{process.env.{variable}}}`,"] if variable else []
    if body is not None:
        headers.append('    "Content-Type": "application/json",')
    if headers:
        options += ["  headers: {", *headers, "  },"]
    if body is not None:
        options.append(f"  body: JSON.stringify({_indented(body, 2)}),")
    inside = ", {\n" + "\n".join(options) + "\n}" if options else ""
    return f'const response = await fetch("{url}"{inside});\nconst answer = await response.json();'


def _python(method: str, url: str, body: str | None, variable: str) -> str:
    arguments = [f'    "{url}",']
    if variable:
        arguments.append(f'    headers={{"Authorization": f"Bearer {{os.environ[\'{variable}\']}}"}},')
    if body is not None:
        literal = _indented(body, 4).replace(": null", ": None").replace(": true", ": True")
        arguments.append(f"    json={literal},")
    first = "import os\n\nimport httpx" if variable else "import httpx"
    inside = "\n".join(arguments)
    return f"{first}\n\nresponse = httpx.{method.lower()}(\n{inside}\n)\nanswer = response.json()"


def _indented(text: str, spaces: int) -> str:
    return text.replace("\n", "\n" + " " * spaces)
