"""Turns the API's JSON into frozen dataclasses: camelCase to snake_case, moments to aware datetimes."""

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Convert = Callable[[Any], Any]


def camel(name: str) -> str:
    """`created_at` → `createdAt`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def from_json(cls: type[T], data: Mapping[str, Any]) -> T:
    """The dataclass that an object stands for; what the class does not know is left out.

    Raises KeyError, TypeError or ValueError when the object is another one.
    """
    kind: Any = cls
    values = {name: convert(data[key]) for name, key, convert in _fields(kind)}
    return cls(**values)


def moment(text: str) -> datetime:
    """An RFC 3339 moment as an aware datetime. Raises ValueError."""
    value = datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 knows no Z
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return value


@cache
def _fields(cls: Any) -> tuple[tuple[str, str, Convert], ...]:
    hints = get_type_hints(cls)
    return tuple(
        (field.name, camel(field.name), _converter(hints[field.name])) for field in dataclasses.fields(cls)
    )


def _converter(hint: Any) -> Convert:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (_converter(arg) for arg in args if arg is not type(None))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _converter(args[0])
        return lambda value: tuple(item(each) for each in value)
    if hint is datetime:
        return moment
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        known: type[Any] = hint
        return lambda value: from_json(known, value)
    return lambda value: value
