"""Bodies of the protocol endpoints that cannot be read, and how strictly those are that can."""

import io
import json
from typing import Any

import pytest
from django.test import Client

from tests.api.oauth.flow import FORM, JSON, App, assert_refused, connect, post_raw
from tests.cases import cases

pytestmark = pytest.mark.matrix

ENDPOINTS = ["/v1/oauth/token", "/v1/oauth/revoke", "/v1/oauth/introspect"]
NO_SECRET = "The client id or secret is wrong, or the app is disabled."


TOO_LARGE = "The body is too large. It may have 65,536 bytes."
NOT_JSON = "The body is not valid JSON."
NOT_OBJECT = "The body must be a JSON object."
NOT_FORM = "The body is not a valid form."
REPEATED = "grant_type is given more than once."
STRING = "grant_type must be a string."
ODD = "grant_type is too long or holds control characters."
WRONG_TYPE = "Send the body as application/x-www-form-urlencoded or application/json."


@cases("path", ENDPOINTS)
@cases(
    ("body", "content_type", "description"),
    [
        (b"{", JSON, NOT_JSON),
        (b"grant_type=refresh_token", JSON, NOT_JSON),
        (b" ", JSON, NOT_JSON),
        (b"\xff\xfe{}", JSON, NOT_JSON),
        (b"\xef\xbb\xbf{}", JSON, NOT_JSON),
        (b"[" * 100_000 + b"]" * 100_000, JSON, TOO_LARGE),
        (b"[" * 32_000 + b"]" * 32_000, JSON, NOT_JSON),
        (b'{"a":' * 12_000 + b"1" + b"}" * 1, JSON, NOT_JSON),
        (b'{"code": ' + b"9" * 50_000 + b"}", JSON, NOT_JSON),
        (b"x" * 1_048_576, JSON, TOO_LARGE),
        (b"x" * 1_048_576, FORM, TOO_LARGE),
        (b"x" * 5_000_000, "multipart/form-data; boundary=x", TOO_LARGE),
        (b"[]", JSON, NOT_OBJECT),
        (b"null", JSON, NOT_OBJECT),
        (b'"grant_type"', JSON, NOT_OBJECT),
        (b"12", JSON, NOT_OBJECT),
        (b'[["grant_type", "refresh_token"]]', JSON, NOT_OBJECT),
        (b'{"grant_type": 1}', JSON, STRING),
        (b'{"grant_type": 0}', JSON, STRING),
        (b'{"grant_type": false}', JSON, STRING),
        (b'{"grant_type": NaN}', JSON, STRING),
        (b'{"grant_type": ["refresh_token"]}', JSON, STRING),
        (b'{"grant_type": {"a": "b"}}', JSON, STRING),
        (b'{"grant_type": {}}', JSON, STRING),
        (b'{"grant_type": "a", "grant_type": "b"}', JSON, REPEATED),
        (b'{"grant_type": "", "grant_type": "b"}', JSON, REPEATED),
        (b'{"grant_type": null, "grant_type": "b"}', JSON, REPEATED),
        (b'{"grant_type": "a", "gr\\u0061nt_type": "b"}', JSON, REPEATED),
        (b'{"grant_type": "\\ud800"}', JSON, ODD),
        (b'{"grant_type": "\\u0000"}', JSON, ODD),
        (b'{"grant_type": "\\u202e"}', JSON, ODD),
        (b"grant_type=a&grant_type=a", FORM, REPEATED),
        (b"grant_type=&grant_type=a", FORM, REPEATED),
        (b"grant_type=a&grant%5ftype=a", FORM, REPEATED),
        (b"grant_type=a%00", FORM, ODD),
        (b"grant_type=%ff", FORM, NOT_FORM),
        (b"grant_type=\xc3\xa9", FORM, NOT_FORM),
        (b"grant_type=%ED%A0%80", FORM, NOT_FORM),
        (b"&".join(b"a=b" for _ in range(2000)), FORM, NOT_FORM),
        (b"&".join(b"a=b" for _ in range(51)), FORM, NOT_FORM),
        (b'{"grant_type": "refresh_token"}', "text/plain", WRONG_TYPE),
        (b'{"grant_type": "refresh_token"}', "", WRONG_TYPE),
        (b'{"grant_type": "refresh_token"}', "application/json-patch+json", WRONG_TYPE),
        (b"--x--", "multipart/form-data; boundary=x", WRONG_TYPE),
        (b"<a/>", "application/xml", WRONG_TYPE),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    db: None, path: str, body: bytes, content_type: str, description: str
) -> None:
    status = 413 if description == TOO_LARGE else 400
    assert_refused(post_raw(path, body, content_type), "invalid_request", description, status)


@cases("path", ENDPOINTS)
@cases("length", ["", "30"])
def test_a_chunked_body_is_told_so(db: None, path: str, length: str) -> None:
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": length}
    response = post_raw(path, b"grant_type=refresh_token", FORM, **chunked)
    assert_refused(response, "invalid_request", "Send the body with a Content-Length, not chunked.", 411)


@cases(("size", "status"), [(65_536, 400), (65_537, 413)])
@cases("form", [True, False])
def test_a_body_may_have_64_kilobytes(db: None, size: int, status: int, form: bool) -> None:
    body = b"a=" + b"x" * (size - 2) if form else b"{}" + b" " * (size - 2)
    description = "Missing grant_type parameter." if status == 400 else TOO_LARGE
    response = post_raw("/v1/oauth/token", body, FORM if form else JSON)
    assert_refused(response, "invalid_request", description, status)


class Cut(io.RawIOBase):
    """A body whose connection breaks."""

    def readinto(self, buffer: Any) -> int:
        raise ConnectionResetError


@cases("path", ENDPOINTS)
def test_a_body_that_breaks_off_is_told_so(db: None, path: str) -> None:
    response = post_raw(path, b"grant_type=refresh_token", FORM, **{"wsgi.input": Cut()})
    assert_refused(response, "invalid_request", "The body ended early.")


@cases("nothing", [b"null", b'""'])
def test_null_and_an_empty_value_are_no_value(public_app: App, nothing: bytes) -> None:
    named = b'"grant_type": "refresh_token", "refresh_token": "x", "client_id": "%s"' % public_app.id.encode()
    response = post_raw("/v1/oauth/token", b'{%s, "client_secret": %s}' % (named, nothing), JSON)
    assert_refused(response, "invalid_grant", "The refresh token is invalid or was revoked.")


@pytest.mark.parametrize("path", ENDPOINTS)
def test_parameters_in_the_url_are_refused(alice_browser: Client, app: App, path: str) -> None:
    tokens = connect(alice_browser, app)
    asked = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **app.credentials}
    for query in ("grant_type=refresh_token", f"client_secret={app.secret}", "x", "%zz", "a=%ff"):
        response = post_raw(path, json.dumps(asked).encode(), JSON, QUERY_STRING=query)
        assert_refused(response, "invalid_request", "Parameters belong in the body, not in the URL.")


def test_content_types_are_read_as_http_says(app: App) -> None:
    for content_type in ("Application/JSON", "application/json; charset=utf-8", "application/json;charset=x"):
        assert (
            post_raw("/v1/oauth/token", b"{}", content_type).json()["error_description"].startswith("Missing")
        )
    for content_type in ("APPLICATION/X-WWW-FORM-URLENCODED", f"{FORM}; charset=UTF-8"):
        assert (
            post_raw("/v1/oauth/token", b"a=b", content_type)
            .json()["error_description"]
            .startswith("Missing")
        )
