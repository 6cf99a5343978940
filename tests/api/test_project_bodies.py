"""Bodies that no project can be made of: a clear 400, 411, 413 or 415, nothing stored, never a 500."""

from typing import Any

import pytest

from accounts.models import User
from api.projects.models import Project
from apikeys.models import APIKey
from tests.api.answers import as_json, check_error, details_of
from tests.cases import cases
from tests.fixtures import API

pytestmark = [pytest.mark.database, pytest.mark.matrix]
Key = tuple[APIKey, str]


@pytest.fixture
def project(alice: User) -> Project:
    return Project.objects.create(owner=alice, name="Harbour")


@pytest.fixture(params=["POST", "PATCH"])
def send(request: pytest.FixtureRequest, api: API, read_write: Key, project: Project) -> Any:
    """Send a body to create a project and to change one; after the test nothing has changed."""
    path = "/v1/projects" if request.param == "POST" else f"/v1/projects/{project.uid}"
    before = list(Project.objects.values())
    yield lambda **sent: api(request.param, path, read_write[1], **sent)
    assert list(Project.objects.values()) == before


def raw(data: bytes, content_type: str = "application/json") -> dict[str, Any]:
    return {"data": data, "content_type": content_type}


ARRAY = [b"[" * depth + b"]" * depth for depth in (66, 300, 1000, 1023, 100_000)]
OBJECT = [b'{"a":' * depth + b"1" + b"}" * depth for depth in (65, 300, 1000, 100_000)]
MALFORMED = [
    *(b"{", b"}", b"{'name': 'x'}", b'{"name": "x",}', b'{"name": "x"} {}', b"name=x", b"<name/>", b" "),
    *(b'{"name": NaN}', b'{"name": "x", "settings": {"a": Infinity}}', b'{"name": 1e400}', b"\xff\xfe{}"),
    *(b'{"name": "\xff"}', b'{"name": "\xed\xa0\x80"}', b'{"name": "\\ud800"}', b'{"\\ud800": 1}'),
    *(b'{"name": "\\udfff\\ud800"}', b'{"name": "\\x00"}', b'{"name": "\x00"}', b'{"name": "a\nb"}', b"\x00"),
    *(b'{"name": "x"', b"nul", b'{"name": "x" /* no */}', b"{" * 1000, b"[" * 100_000, b"\xef\xbb\xbf{}"),
    *ARRAY,
    *OBJECT,
    *(b'{"name": %s}' % value for value in ARRAY),
    *(b'{"status": %s}' % value for value in ARRAY),
    *(b'{"name": "x", "settings": %s}' % value for value in OBJECT),
    '{"name": "x"}'.encode("utf-16"),
]


@cases("data", MALFORMED)
def test_what_is_no_json_is_400_and_says_so(send: Any, data: bytes) -> None:
    (reason,) = details_of(send(**raw(data)))["body"]
    assert reason.startswith("This is not valid JSON: ")
    assert len(reason) < 200


@cases("value", [[], [{"name": "x"}], "name", 1, 1.5, True, None])
def test_json_that_is_no_object_is_400(send: Any, value: Any) -> None:
    assert details_of(send(**as_json(value))) == {"body": ["The body must be a JSON object."]}


TYPES = [
    *("text/plain", "text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
    *("", "application/xml", "application/json5", "text/json", "json", "application/octet-stream", "\u00e9"),
    *("application/vnd.api+json", "application/merge-patch+json", "application", "/json", ";charset=utf-8"),
]


@cases("content_type", TYPES)
def test_another_content_type_is_415_and_names_the_right_one(send: Any, content_type: str) -> None:
    response = send(**raw(b'{"name": "x"}', content_type))
    check_error(response, 415, "Send the body as Content-Type: application/json")


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON;x=y"]
)
def test_parameters_and_case_of_the_content_type_do_not_matter(
    api: API, read_write: Key, content_type: str
) -> None:
    response = api("POST", "/v1/projects", read_write[1], **raw(b'{"name": "x"}', content_type))
    assert response.status_code == 201


def test_a_body_over_the_limit_is_413(send: Any) -> None:
    at_most = b'{"name": "' + b"x" * (2_621_440 - 12) + b'"}'
    assert set(details_of(send(**raw(at_most)))) == {"name"}
    for size in (2_621_441, 10_000_000):
        check_error(send(**raw(b" " * size)), 413, "The body is too large. JSON may have 2,621,440 bytes")


def test_a_body_without_a_length_is_411(send: Any) -> None:
    response = send(**as_json({"name": "x"}), CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    check_error(response, 411, "Send the body with a Content-Length, not chunked")


@cases("length", ["-1", "x", "1.5", "\u00b2", "0x10", "+5", "9" * 30, " "])
def test_a_length_that_is_no_number_is_400(send: Any, length: str) -> None:
    told = details_of(send(**as_json({"name": "x"}), CONTENT_LENGTH=length))
    assert told == {"body": ["Content-Length is not a number."]}


def nested(depth: int) -> Any:
    """An object that holds `depth` arrays, each in the one before."""
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return {"a": value}


STRING = "This must be a string."
OBJECT_ONLY = "This must be an object."
NO_NULL = "This field may not be null."
NOT_BLANK = "This field may not be blank."
NO_NUL = "Null characters are not allowed."
TOO_BIG = "Numbers must lie between -2^53 and 2^53."
TOO_LONG = "This has more than 16,384 bytes as JSON."
TOO_DEEP = "This is nested more than 32 levels deep."
UNKNOWN = ["id", "uid", "pk", "owner", "ownerId", "owner_id", "user", "createdAt", "previewUrl", "stats"]
UNKNOWN += ["", "Name", "na\x00me", "__class__"]
BAD_VALUES: list[tuple[str, str, list[Any]]] = [
    ("name", STRING, [1, 1.5, True, False, [], {}, ["x"], {"a": 1}]),
    ("name", NO_NULL, [None]),
    ("name", NOT_BLANK, ["", " ", "\t\n "]),
    ("name", "Ensure this field has no more than 200 characters.", ["x" * 201, "x" * 100_000]),
    ("name", NO_NUL, ["\x00", "a\x00b"]),
    ("description", STRING, [1, True, [], {}]),
    ("description", NO_NULL, [None]),
    ("description", "Ensure this field has no more than 2000 characters.", ["x" * 2001]),
    ("description", NO_NUL, ["\x00"]),
    ("template", STRING, [1, False, [], {}]),
    ("template", NOT_BLANK, [""]),
    ("template", "Ensure this field has no more than 100 characters.", ["x" * 101]),
    ("template", NO_NUL, ["\x00"]),
    ("settings", OBJECT_ONLY, [[], "x", 1, True, [{}]]),
    ("settings", NO_NULL, [None]),
    ("settings", NO_NUL, [{"\x00": 1}, {"a": "\x00"}, {"a": [{"b": ["x\x00"]}]}, {"a\x00b": {}}]),
    ("settings", TOO_BIG, [{"a": n} for n in (2**53 + 1, -(2**53) - 1, 2**63, 2**64 - 1, 1e300, -1e300)]),
    ("settings", TOO_BIG, [{"a": [{"b": 2**60}]}]),
    ("settings", TOO_LONG, [{"a": "x" * 16_384}, {"a": "\u00e9" * 8_192}]),
    ("settings", TOO_DEEP, [nested(depth) for depth in (33, 40, 60)]),
    *((name, "Unknown field.", ["x"]) for name in UNKNOWN),
]
FIELDS = [(name, value, reason) for name, reason, values in BAD_VALUES for value in values]


@cases(("name", "value", "reason"), FIELDS)
def test_a_bad_field_is_400_and_named_with_its_reason(send: Any, name: str, value: Any, reason: str) -> None:
    assert details_of(send(**as_json({"name": "x", name: value}))) == {name: [reason]}


def test_all_faults_are_told_at_once(send: Any) -> None:
    body = {"name": "", "description": 1, "template": "x" * 101, "settings": [], "owner": "user_1", "x": None}
    assert set(details_of(send(**as_json(body)))) == set(body)


def test_a_new_project_without_a_name_is_400(api: API, read_write: Key) -> None:
    for sent in ({}, as_json({}), as_json({"description": "x"}), {"content_type": "text/plain"}):
        response = api("POST", "/v1/projects", read_write[1], **sent)
        assert details_of(response) == {"name": ["This field is required."]}


def test_a_new_project_cannot_choose_its_status(api: API, read_write: Key) -> None:
    response = api("POST", "/v1/projects", read_write[1], json={"name": "x", "status": "archived"})
    assert details_of(response) == {"status": ["Unknown field."]}


@cases("status", ["", "Active", "deleted", "x\x00", 1, True, None, [], {}, ["active"]])
def test_a_status_that_there_is_not_is_400(api: API, read_write: Key, project: Project, status: Any) -> None:
    response = api("PATCH", f"/v1/projects/{project.uid}", read_write[1], **as_json({"status": status}))
    assert set(details_of(response)) == {"status"}
    assert Project.objects.get().status == "active"


def test_the_last_of_two_equal_names_counts(api: API, read_write: Key) -> None:
    response = api("POST", "/v1/projects", read_write[1], **raw(b'{"name": "a", "name": "b"}'))
    assert response.json()["data"]["name"] == "b"
