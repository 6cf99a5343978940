"""The fields of bodies and answers, as the reference lists them: each with type, meaning and an example."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
TIMES = "RFC 3339, UTC, milliseconds."  # said once, by the type "time"


@dataclass(frozen=True)
class Line:
    """A line of a list of parameters, fields or errors. `text` has `code` in backquotes."""

    name: str
    kind: str
    text: str
    example: str = ""
    url: str = ""

    @property
    def slug(self) -> str:
        """Its part of an address."""
        return re.sub(r"\W+", "-", self.name).strip("-")


def answer_lines(
    schema: Schema, schemas: dict[str, Schema], example: Any, prefix: str = ""
) -> Iterator[Line]:
    """Each field of an object's schema, those of the objects in it behind their own name: `stats.files`."""
    for name, field in _resolved(schema, schemas).get("properties", {}).items():
        inner, kind = _inside(field, schemas)
        value = example.get(name) if isinstance(example, dict) else None
        text = f"{choices_of(inner)} {field.get('description', '')}".replace(TIMES, "").strip()
        yield Line(f"{prefix}{name}", kind, text, _example(value, inner))
        if "properties" in inner:
            is_list = kind.startswith("list")
            below = value[0] if is_list and value else value
            yield from answer_lines(inner, schemas, below, f"{prefix}{name}{'[]' if is_list else ''}.")


def kind_of(schema: Schema) -> str:
    """The type of a value, in words."""
    kinds = schema.get("type", "object")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    words = ["time" if schema.get("format") == "date-time" and each == "string" else each for each in kinds]
    return " or ".join(words)


def choices_of(schema: Schema) -> str:
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


def _resolved(schema: Schema, schemas: dict[str, Schema]) -> Schema:
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _inside(field: Schema, schemas: dict[str, Schema]) -> tuple[Schema, str]:
    """What a field holds, and its type in words; of a list, what is in it."""
    ways = next((field[key] for key in ("oneOf", "anyOf", "allOf") if key in field), [field])
    inner = _resolved(ways[0], schemas)
    null = " or null" if {"type": "null"} in ways else ""
    if inner.get("type") != "array":
        return inner, kind_of(inner) + null
    items = _resolved(inner["items"], schemas)
    return items, f"list of {kind_of(items)}s{null}"


def _example(value: Any, schema: Schema) -> str:
    is_plain = isinstance(value, str | int) and not isinstance(value, bool) and value != ""
    return str(value) if is_plain and "enum" not in schema else ""
