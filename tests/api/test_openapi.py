"""The OpenAPI document: valid, complete, committed, and what the API serves."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from jsonschema import Draft202012Validator
from pytest_django.fixtures import Settings

from accounts.models import User
from api.schema.document import document
from apikeys.services import create_key
from tests.fixtures import API

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


@pytest.fixture
def production(settings: Settings) -> dict[str, Any]:
    """The document as production serves it."""
    settings.WEB_URL, settings.API_URL = "https://craft.fast", "https://api.craft.fast"
    document.cache_clear()
    made = json.loads(json.dumps(document()))
    document.cache_clear()
    return made  # type: ignore[no-any-return]


def test_the_committed_document_is_the_generated_one(production: dict[str, Any]) -> None:
    assert json.loads(COMMITTED.read_text()) == production, (
        "The API changed: write the document anew with `make openapi` and commit it."
    )


def test_it_is_openapi_3_1(production: dict[str, Any]) -> None:
    assert production["openapi"].startswith("3.1")
    for schema in production["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_what_is_named_a_request_is_the_body_of_one(production: dict[str, Any]) -> None:
    operations = [each for path in production["paths"].values() for each in path.values()]
    sent = json.dumps([each.get("requestBody") for each in operations])
    named = {name for name in production["components"]["schemas"] if name.endswith("Request")}
    assert {name for name in named if f'/{name}"' not in sent} == set()


def test_every_address_of_the_api_is_in_it(production: dict[str, Any]) -> None:
    served = {str(pattern.pattern) for pattern in get_resolver("api.urls").url_patterns}
    served -= {".well-known/oauth-protected-resource/v1", "v1/openapi.json"}
    plain = {
        path.lstrip("/").replace("{", "<").replace("}", ">").replace("<path>", "<filepath:path>")
        for path in production["paths"]
    }

    assert {path.replace("<str:", "<") for path in served} == plain


def test_three_schemes_with_scopes(production: dict[str, Any]) -> None:
    schemes = production["components"]["securitySchemes"]

    assert set(schemes) == {"apiKey", "oauth2", "session"}
    assert set(schemes["oauth2"]["flows"]["authorizationCode"]["scopes"]) == {
        "read",
        "write",
        "delete",
        "admin",
    }
    assert production["paths"]["/v1/projects"]["post"]["security"] == [
        {"apiKey": []},
        {"oauth2": ["write"]},
        {"session": []},
    ]
    assert production["paths"]["/v1/api-keys"]["get"]["security"] == [{"oauth2": ["admin"]}, {"session": []}]


def test_every_operation_has_a_name_of_its_own(production: dict[str, Any]) -> None:
    names = [operation["operationId"] for path in production["paths"].values() for operation in path.values()]

    assert len(names) == len(set(names))


def test_anybody_may_read_it_with_this_installations_addresses(client: Client, db: None) -> None:
    response = client.get("/v1/openapi.json", headers={"Origin": "https://app.example"})

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.json()["servers"] == [{"url": "http://localhost:8000"}]


def test_it_is_compressed_and_answers_about_people_are_not(client: Client, api: API, alice: User) -> None:
    asked = {"Accept-Encoding": "gzip"}
    response = client.get("/v1/openapi.json", headers=asked)
    assert (response["Content-Encoding"], len(response.content) < 60_000) == ("gzip", True)
    assert "Accept-Encoding" in response["Vary"]
    key = create_key(alice, name="n" * 100, permission="read-only")[1]
    assert "Content-Encoding" not in api("GET", "/v1/auth", key, headers=asked)


def test_reading_it_counts_for_the_address(client: Client, db: None) -> None:
    assert client.get("/v1/openapi.json")["X-RateLimit-Limit"] == "300"
