"""What the API answers, as types of both SDKs, made of docs/openapi.json and named by sdk/names.json."""

import json
import re
import textwrap
from pathlib import Path
from typing import Any

from halves import PACKAGE, formatted

SDK = Path(__file__).parents[1]
SCHEMAS = json.loads((SDK.parent / "docs" / "openapi.json").read_text())["components"]["schemas"]
NAMES = json.loads((SDK / "names.json").read_text())
PYTHON = PACKAGE / "models.py"
TYPESCRIPT = SDK / "javascript" / "src" / "types" / "answers.ts"
NOTE = "Made of docs/openapi.json by `make sdk-generate`."
EXTENDED = {"NewAPIKey": "APIKey", "FileContent": "File"}
UNSHOWN = ("NewAPIKey.key", "FileContent.content")  # in no `repr`: a secret, and what may be long
BYTES = '''
    @property
    def data(self) -> bytes:
        """The content as bytes."""
        return base64.b64decode(self.content) if self.encoding == "base64" else self.content.encode()
'''
PLAIN = {"string": ("str", "string"), "integer": ("int", "number"), "boolean": ("bool", "boolean")}
HEAD = '''"""What the API answers. {note}"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

'''


def generated() -> dict[Path, str]:
    """Both modules, as they must be."""
    python = HEAD.format(note=NOTE) + "\n".join(
        [*map(python_enum, NAMES["enums"]), *map(python_class, NAMES["types"])]
    )
    typescript = [
        f"/** What the API answers. {NOTE} */",
        "/** RFC 3339, UTC. */\nexport type Moment = string;",
    ]
    typescript += [*map(typescript_enum, NAMES["enums"]), *map(interface, NAMES["types"])]
    return {PYTHON: formatted(python), TYPESCRIPT: "\n\n".join(typescript) + "\n"}


def of_python(name: str) -> str:
    """A name as Python spells it."""
    return name.replace("Api", "API")


def snake(name: str) -> str:
    """`createdAt` → `created_at`."""
    return re.sub("([A-Z])", r"_\1", name).lower()


def enum_of(where: str) -> list[str]:
    """The values of a field, or of the items of one, such as `Project.status`."""
    schema, field = where.split(".")
    found = SCHEMAS[schema]["properties"][field]
    values: list[str] = found.get("items", found)["enum"]
    return values


def fields_of(name: str) -> dict[str, dict[str, Any]]:
    """The fields of a schema that the one it extends has not got."""
    base = SCHEMAS[EXTENDED[name]]["properties"] if name in EXTENDED else {}
    return {field: schema for field, schema in SCHEMAS[name]["properties"].items() if field not in base}


def type_of(schema: dict[str, Any], *, python: bool) -> str:
    """The type of a value."""
    if "oneOf" in schema:
        (other,) = (each for each in schema["oneOf"] if each != {"type": "null"})
        return f"{type_of(other, python=python)} | {'None' if python else 'null'}"
    if "allOf" in schema:  # a reference with a description of its own
        (schema,) = schema["allOf"]
    if "$ref" in schema:
        name: str = NAMES["types"][schema["$ref"].rpartition("/")[2]]
        return of_python(name) if python else name
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    null = (" | None" if python else " | null") if "null" in kinds else ""
    (kind,) = (each for each in kinds if each != "null")
    if "enum" in schema:
        named = next((name for at, name in NAMES["enums"].items() if enum_of(at) == schema["enum"]), "")
        values = [json.dumps(each) for each in schema["enum"] if each is not None]
        inline = f"Literal[{', '.join(values)}]" if python else " | ".join(values)
        return (of_python(named) if python else named) or inline
    if kind == "array":
        item = type_of(schema["items"], python=python)
        return f"tuple[{item}, ...]" if python else f"{item}[]"
    if kind == "object":
        return "Mapping[str, Any]" if python else "Record<string, unknown>"
    if schema.get("format") == "date-time":
        return ("datetime" if python else "Moment") + null
    return PLAIN[kind][not python] + null


def said(schema: dict[str, Any], *, python: bool) -> str:
    """A description in the words of the language."""
    text: str = schema["description"].removesuffix(" RFC 3339, UTC, milliseconds.")
    if not python:
        return text
    text = re.sub(r"`(\w+)`", lambda found: f"`{snake(found[1])}`", text)
    return re.sub(r"\b[Nn]ull\b", "None", text)


def python_enum(where: str) -> str:
    return f"{of_python(NAMES['enums'][where])} = Literal[{', '.join(map(json.dumps, enum_of(where)))}]"


def python_class(name: str) -> str:
    base = f"({of_python(NAMES['types'][EXTENDED[name]])})" if name in EXTENDED else ""
    lines = ["", "@dataclass(frozen=True, kw_only=True)", f"class {of_python(NAMES['types'][name])}{base}:"]
    lines += [f'    """{said(SCHEMAS[name], python=True)}', "", "    Attributes:"]
    fields = fields_of(name).items()
    for field, schema in fields:
        text = f"{snake(field)}: {said(schema, python=True)}"
        lines += textwrap.wrap(text, 108, initial_indent=" " * 8, subsequent_indent=" " * 12)
    lines += ['    """', ""]
    for field, schema in fields:
        kind = type_of(schema, python=True)
        options = "repr=False" if f"{name}.{field}" in UNSHOWN else "hash=False" if "Mapping" in kind else ""
        lines.append(f"    {snake(field)}: {kind}" + (f" = field({options})" if options else ""))
    return "\n".join([*lines, BYTES if name == "FileContent" else ""])


def typescript_enum(where: str) -> str:
    text = f"export type {NAMES['enums'][where]} = {' | '.join(map(json.dumps, enum_of(where)))};"
    return "\n".join(textwrap.wrap(text, 112, subsequent_indent="  "))


def interface(name: str) -> str:
    base = f" extends {NAMES['types'][EXTENDED[name]]}" if name in EXTENDED else ""
    lines = [
        f"/** {said(SCHEMAS[name], python=False)} */",
        f"export interface {NAMES['types'][name]}{base} {{",
    ]
    for field, schema in fields_of(name).items():
        lines += [f"  /** {said(schema, python=False)} */", f"  {field}: {type_of(schema, python=False)};"]
    return "\n".join([*lines, "}"])
