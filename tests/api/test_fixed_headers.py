"""Headers that every answer under /v1 has, whatever it says."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from api.answer_headers import complete, prepared, put
from api.envelope import SERVICE_DESC
from apikeys.models import APIKey
from tests.cases import cases

HTTPS = {"HTTP_X_FORWARDED_PROTO": "https"}
ALWAYS = {
    "Cache-Control": "private, no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
HSTS = "max-age=63072000; includeSubDomains"
ASKED: list[tuple[str, int, dict[str, Any]]] = [
    ("/v1/me", 200, {}),
    ("/v1/me", 401, {"HTTP_AUTHORIZATION": "Bearer no-token"}),
    ("/v1/nothing", 404, {}),
    ("/v1/me", 400, {"HTTP_HOST": "elsewhere.example"}),
    ("/v1/me", 404, {"HTTP_HOST": "craft.fast"}),  # which serves pages alone
    ("/v1/me", 403, {"HTTP_X_FORWARDED_PROTO": "http"}),
]


@pytest.mark.usefixtures("three_hosts")
@cases("path, status, environ", ASKED)
def test_each_answer_says_who_may_keep_and_open_it(
    read_only: tuple[APIKey, str], path: str, status: int, environ: dict[str, Any]
) -> None:
    given = {
        "HTTP_HOST": "api.craft.fast",
        "HTTP_AUTHORIZATION": f"Bearer {read_only[1]}",
        **HTTPS,
        **environ,
    }
    response = Client().get(path, **given)
    assert response.status_code == status
    assert {name: response[name] for name in ALWAYS} == ALWAYS
    assert SERVICE_DESC in response["Link"]
    is_secure = given["HTTP_X_FORWARDED_PROTO"] == "https"
    assert response.get("Strict-Transport-Security") == (HSTS if is_secure else None)


def test_what_an_answer_says_itself_stays_and_each_header_is_there_once() -> None:
    response = HttpResponse(headers={"cache-control": "public", "ETag": '"1"'})
    put(response, prepared({"X-Request-ID": "a"}))
    complete(response, prepared({"Cache-Control": "private", "Vary": "Origin"}))
    put(response, prepared({"vary": "Cookie"}))
    assert dict(response.items()) == {
        "cache-control": "public",
        "ETag": '"1"',
        "Content-Type": "text/html; charset=utf-8",
        "X-Request-ID": "a",
        "vary": "Cookie",
    }
    assert response["Cache-Control"] == "public"
    del response["ETag"]
    response["Late"] = "yes"
    assert ("Late", "yes") in response.items()
    assert "ETag" not in response
