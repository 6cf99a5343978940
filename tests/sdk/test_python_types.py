"""The Python SDK's types are those of the committed OpenAPI document: whatever drifts apart fails here."""

import dataclasses
import inspect
import json
import re
import types
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import httpx
import pytest

import craft_sdk
from apikeys.tokens import Kind, generate
from craft_sdk import AsyncCraftClient, CraftClient, CraftError, NotGiven
from craft_sdk._async.account import AsyncActivityResource, AsyncConnectedAppsResource, AsyncMeResource
from craft_sdk._async.api_keys import AsyncAPIKeysResource
from craft_sdk._async.files import AsyncFilesResource
from craft_sdk._async.projects import AsyncDeploymentsResource, AsyncProjectsResource
from craft_sdk._parse import camel, moment
from craft_sdk._sync.account import ActivityResource, ConnectedAppsResource, MeResource
from craft_sdk._sync.api_keys import APIKeysResource
from craft_sdk._sync.files import FilesResource
from craft_sdk._sync.projects import DeploymentsResource, ProjectsResource
from craft_sdk.errors import BY_CODE

ROOT = Path(__file__).parents[2]
DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]
# What both SDKs call one name, in JavaScript's spelling: the schemas that answer, and the operations.
NAMES = json.loads((ROOT / "sdk" / "names.json").read_text())
MODELS = {schema: name.replace("Api", "API") for schema, name in NAMES["types"].items()}
CALLS = {operation: call for operation, call in NAMES["operations"].items() if call}
BEYOND = {"files.upload", "files.download"}  # the same operations as `update` and `get`, in a stream
GIVEN = {
    "project_id": "proj_1",
    "deployment_id": "dep_1",
    "key_id": "key_1",
    "app_id": "app_1",
    "path": "a/b",
}
GIVEN |= {"content": "x", "name": "x", "permission": "read-only"}
LISTS: dict[str, tuple[Any, Any]] = {
    "/v1/activity": (ActivityResource, AsyncActivityResource),
    "/v1/api-keys": (APIKeysResource, AsyncAPIKeysResource),
    "/v1/connected-apps": (ConnectedAppsResource, AsyncConnectedAppsResource),
    "/v1/projects": (ProjectsResource, AsyncProjectsResource),
    "/v1/projects/{project_id}/deployments": (DeploymentsResource, AsyncDeploymentsResource),
    "/v1/projects/{project_id}/files": (FilesResource, AsyncFilesResource),
}
BODIES: dict[str, tuple[Any, Any]] = {
    "DisableRequest": (APIKeysResource.disable, AsyncAPIKeysResource.disable),
    "NewAPIKeyRequest": (APIKeysResource.create, AsyncAPIKeysResource.create),
    "NewProjectRequest": (ProjectsResource.create, AsyncProjectsResource.create),
    "PatchedAPIKeyChangeRequest": (APIKeysResource.update, AsyncAPIKeysResource.update),
    "PatchedMeRequest": (MeResource.update, AsyncMeResource.update),
    "PatchedProjectChangeRequest": (ProjectsResource.update, AsyncProjectsResource.update),
    "RotateRequest": (APIKeysResource.rotate, AsyncAPIKeysResource.rotate),
}
SAID_OTHERWISE = {"for_seconds": "for"}
DEFAULTS = {"grace"}  # that are the SDK's own: the API wants to be told
PLAIN = {str: "string", int: "integer", bool: "boolean"}
TOKEN = generate(Kind.ACCESS_TOKEN).raw
Shape = tuple[Any, bool]  # what a value is, whether it may be null


def of_schema(schema: Mapping[str, Any]) -> Shape:
    """The shape that the document gives a value."""
    if "oneOf" in schema:
        (other,) = (each for each in schema["oneOf"] if each != {"type": "null"})
        return of_schema(other)[0], len(schema["oneOf"]) == 2
    if "allOf" in schema:  # a reference with a description of its own
        (schema,) = schema["allOf"]
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return (MODELS[name], False) if name in MODELS else of_schema(SCHEMAS[name])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    (kind,) = (each for each in kinds if each != "null")
    if "enum" in schema:
        kind = frozenset(each for each in schema["enum"] if each is not None)
    elif kind == "array":
        kind = ("array", of_schema(schema["items"])[0])
    elif schema.get("format") == "date-time":
        kind = "moment"
    return kind, "null" in kinds


def of_hint(hint: Any) -> Shape:
    """The shape that the SDK gives a value; an argument may also be left out."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (each for each in args if each not in (type(None), NotGiven))
        return of_hint(inner)[0], type(None) in args
    if origin is Literal:
        return frozenset(args), False
    if origin is tuple:
        return ("array", of_hint(args[0])[0]), False
    if dataclasses.is_dataclass(hint):
        return getattr(hint, "__name__", ""), False
    if origin is Mapping or (origin is not None and issubclass(origin, Mapping)):
        return "object", False
    return ("moment" if hint is datetime else PLAIN[hint]), False


@pytest.mark.parametrize("name", MODELS)
def test_a_model_has_the_fields_of_its_schema(name: str) -> None:
    model, schema = getattr(craft_sdk, MODELS[name]), SCHEMAS[name]

    known = {camel(each): of_hint(hint) for each, hint in get_type_hints(model).items()}

    assert known == {each: of_schema(value) for each, value in schema["properties"].items()}
    assert set(schema["required"]) == set(known), "a field that may be absent needs another type"
    assert all(each.default is dataclasses.MISSING for each in dataclasses.fields(model))


def test_every_schema_that_answers_is_a_model() -> None:
    data = [schema["properties"]["data"] for name, schema in SCHEMAS.items() if name.endswith("Answer")]

    answered = {of_schema(each.get("items", each))[0] for each in data}

    assert answered <= set(MODELS.values()), (
        "the API has learnt to answer something that the SDK does not know"
    )


def snake(call: str) -> str:
    """`apiKeys.finishRotation` → `api_keys.finish_rotation`."""
    return re.sub("([A-Z])", r"_\1", call).lower()


def test_every_operation_of_the_document_has_its_method_and_no_method_is_of_none() -> None:
    operations = {
        f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods
    }
    for client in (CraftClient, AsyncCraftClient):
        methods = {
            f"{resource}.{method}"
            for resource, kind in get_type_hints(client).items()
            for method in vars(kind)
            if not method.startswith("_")
        }
        assert methods == {snake(call) for call in CALLS.values()} | BEYOND
    assert operations == set(NAMES["operations"])


@pytest.mark.parametrize("operation", CALLS)
def test_a_method_calls_the_path_of_its_operation(operation: str) -> None:
    called: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(f"{request.method} {request.url.path}")
        return httpx.Response(404)

    resource, method = snake(CALLS[operation]).split(".")
    with CraftClient(access_token=TOKEN, transport=httpx.MockTransport(answer)) as client:
        call = getattr(getattr(client, resource), method)
        arguments = inspect.signature(call).parameters.values()
        needed = {each.name: GIVEN[each.name] for each in arguments if each.default is each.empty}
        with pytest.raises(CraftError):
            call(**needed)

    assert called == [operation.format(**GIVEN)]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_takes_the_parameters_of_its_operation(path: str) -> None:
    parameters = {each["name"]: each for each in DOCUMENT["paths"][path]["get"]["parameters"]}

    for resource in LISTS[path]:
        hints = get_type_hints(resource.list)
        del hints["return"]
        assert set(hints) == set(parameters)
        for name, hint in hints.items():
            given, _ = of_hint(hint)
            if name == "sort":
                given = frozenset(camel(each) for each in given)
            assert given == of_schema(parameters[name]["schema"])[0], name


@pytest.mark.parametrize("name", BODIES)
def test_a_method_takes_the_fields_of_its_body(name: str) -> None:
    schema = SCHEMAS[name]

    for method in BODIES[name]:
        arguments = _said(method)
        required = {name for name, each in arguments.items() if each.default is each.empty}

        hints = get_type_hints(method)
        given = {name: of_hint(hints[each.name]) for name, each in arguments.items()}
        assert given == {each: of_schema(value) for each, value in schema["properties"].items()}
        assert required == set(schema.get("required", [])) - DEFAULTS


def _said(method: Any) -> dict[str, inspect.Parameter]:
    """The arguments of a method by their names in the API, but for what is named in the address."""
    arguments = inspect.signature(method).parameters.values()
    told = [each for each in arguments if each.name not in ("self", "key_id", "project_id")]
    return {SAID_OTHERWISE.get(each.name, camel(each.name)): each for each in told}


@pytest.mark.parametrize("resource", [APIKeysResource, AsyncAPIKeysResource])
def test_usage_takes_the_parameters_of_its_operation(resource: Any) -> None:
    parameters = DOCUMENT["paths"]["/v1/api-keys/{key_id}/usage"]["get"]["parameters"]

    hints = get_type_hints(resource.usage)

    given = {name: of_hint(hints[each.name])[0] for name, each in _said(resource.usage).items()}
    queried = [each for each in parameters if each["in"] == "query"]
    assert given == {each["name"]: of_schema(each["schema"])[0] for each in queried}


def test_every_code_of_the_api_has_a_class() -> None:
    from api.errors import CODES

    assert set(BY_CODE) == {*CODES.values(), "INTERNAL_ERROR"}


def test_a_moment_without_a_time_zone_is_none_of_the_api_s() -> None:
    assert moment("2026-11-24T05:00:00.123Z").microsecond == 123_000
    with pytest.raises(ValueError, match="time zone"):
        moment("2026-11-24T05:00:00")
