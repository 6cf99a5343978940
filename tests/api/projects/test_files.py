"""Files of a project, called as a program calls them."""

import base64
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from accounts.models import User
from api.projects.models import File, Project, StoredObject
from apikeys.models import APIKey
from apikeys.services import create_key
from tests.cases import cases
from tests.fixtures import API

FILES = "/v1/projects/proj_harbour/files"
HELLO_HASH = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # of "hello"
RAW = {"Accept": "application/octet-stream"}
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
pytestmark = pytest.mark.usefixtures("project")


def put(
    api: API, key: str, path: str, content: bytes = b"hello", kind: str | None = None, **more: Any
) -> Any:
    """PUT the content itself."""
    return api("PUT", f"{FILES}/{path}", key, data=content, content_type=kind or "text/plain", **more)


def error_of(response: Any, status: int) -> Any:
    """The `error` of a refusal with this status."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    return response.json()["error"]


def content_of(response: Any) -> bytes:
    """The body, be it in one piece or not."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_text_file_comes_back_as_it_was_sent(api: API, key: str) -> None:
    response = api("POST", FILES, key, json={"path": "src/größe.txt", "content": " hello \n"})
    assert response.status_code == 201
    assert response["Location"] == f"{FILES}/src/gr%C3%B6%C3%9Fe.txt"
    data = response.json()["data"]
    assert list(data) == ["path", "size", "contentType", "sha256", "createdAt", "updatedAt"]
    assert (data["path"], data["size"]) == ("src/größe.txt", 8)
    assert data["contentType"] == "text/plain; charset=utf-8"
    assert data["createdAt"] == data["updatedAt"]
    read = api("GET", response["Location"], key)
    assert read.status_code == 200
    assert read.json() == {"success": True, "data": {**data, "content": " hello \n", "encoding": "utf-8"}}
    assert read["Cache-Control"] == "private, no-cache"
    assert read["ETag"] == response["ETag"] == f'"{data["sha256"]}"'
    assert "Accept" in read["Vary"]
    assert read["Content-Length"] == str(len(read.content))


def test_the_hash_is_sha_256_of_the_bytes(api: API, key: str) -> None:
    assert put(api, key, "hello").json()["data"]["sha256"] == HELLO_HASH


@cases(
    ("content", "encoding"),
    [
        (b"", "utf-8"),
        ('\ufeffé😀\u2028"\\\x01'.encode(), "utf-8"),
        (b"a\0b", "base64"),
        (b"\xff\xfe", "base64"),
        ("é".encode()[:1], "base64"),
        (b"ok" + "é".encode()[:1], "base64"),
        (bytes(range(256)) * 5, "base64"),
    ],
)
def test_what_is_no_text_is_read_in_base64(api: API, key: str, content: bytes, encoding: str) -> None:
    sent = {"path": "x", "content": base64.b64encode(content).decode(), "encoding": "base64"}
    assert api("POST", FILES, key, json=sent).status_code == 201
    data = api("GET", f"{FILES}/x", key).json()["data"]
    assert data["encoding"] == encoding
    read = data["content"].encode() if encoding == "utf-8" else base64.b64decode(data["content"])
    assert read == content
    assert content_of(api("GET", f"{FILES}/x", key, headers=RAW)) == content


@pytest.mark.matrix  # megabytes
@pytest.mark.parametrize("unit", [b'a\xc3\xa9"\n', b"\xc3\xa9\x00"])
def test_a_file_larger_than_any_piece_of_an_answer_is_read_whole(api: API, key: str, unit: bytes) -> None:
    content = unit * 1_000_000
    put(api, key, "large", content)
    data = api("GET", f"{FILES}/large", key)
    assert data.streaming
    data = __import__("json").loads(content_of(data))["data"]
    assert data["size"] == len(content)
    read = data["content"].encode() if data["encoding"] == "utf-8" else base64.b64decode(data["content"])
    assert read == content
    assert content_of(api("GET", f"{FILES}/large", key, headers=RAW)) == content


def test_a_raw_answer_can_do_nothing_in_a_browser(api: API, key: str) -> None:
    put(api, key, 'a/x".html', b"<script>", "text/html; charset=utf-8")
    response = api("GET", f"{FILES}/a/x%22.html", key, headers=RAW)
    assert content_of(response) == b"<script>"
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response["Content-Length"] == "8"
    assert response["Content-Disposition"] == 'attachment; filename="x\\".html"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.matrix  # each header
@cases(
    ("accept", "is_raw"),
    [
        ("application/octet-stream", True),
        ("Application/Octet-Stream;q=0.5", True),
        ("application/octet-stream, application/json;q=0.9", True),
        ("application/json", False),
        ("application/json, application/octet-stream;q=0.9", False),
        ("*/*", False),
        ("text/html", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_the_content_itself_is_for_who_accepts_it(api: API, key: str, accept: str, is_raw: bool) -> None:
    put(api, key, "x", b"hello")
    response = api("GET", f"{FILES}/x", key, headers={"Accept": accept})
    assert (response["Content-Type"] == "text/plain") == is_raw
    assert (content_of(response) == b"hello") == is_raw


@cases("headers", [{}, RAW])
@cases("content", [b"hello", b"x" * 3_000_000])
def test_head_says_what_get_would_without_the_content(
    api: API, key: str, headers: dict[str, str], content: bytes
) -> None:
    put(api, key, "x", content)
    head = api("HEAD", f"{FILES}/x", key, headers=headers)
    get = api("GET", f"{FILES}/x", key, headers=headers)
    assert head.status_code == 200
    assert content_of(head) == b""
    content_of(get)
    for name in ("ETag", "Content-Type", "Content-Disposition", "Cache-Control"):
        assert head.get(name) == get.get(name)
    assert head.get("Content-Length") == get.get("Content-Length")


@pytest.mark.database
def test_put_creates_once_and_then_replaces(api: API, key: str) -> None:
    first = put(api, key, "src/app.css", b"a{}", "text/css")
    assert (first.status_code, first["Location"]) == (201, f"{FILES}/src/app.css")
    second = put(api, key, "src/app.css", b"b{}", "text/css; charset=utf-8")
    assert second.status_code == 200
    assert "Location" not in second
    old, new = first.json()["data"], second.json()["data"]
    assert new["createdAt"] == old["createdAt"] < new["updatedAt"]
    assert (old["contentType"], new["contentType"]) == ("text/css", "text/css; charset=utf-8")
    assert first["ETag"] != second["ETag"]
    assert api("GET", f"{FILES}/src/app.css", key).json()["data"] == {
        **new,
        "content": "b{}",
        "encoding": "utf-8",
    }
    assert File.objects.count() == 1


@pytest.mark.parametrize("extra", [{}, {"path": "a/b.html"}])
def test_put_takes_json_as_post_does(api: API, key: str, extra: dict[str, str]) -> None:
    sent = {"content": "PGI+", "encoding": "base64", **extra}
    assert api("PUT", f"{FILES}/a/b.html", key, json=sent).status_code == 201
    data = api("GET", f"{FILES}/a/b.html", key).json()["data"]
    assert (data["content"], data["contentType"]) == ("<b>", "text/html; charset=utf-8")


def test_a_json_file_is_sent_as_octets_and_keeps_its_type(api: API, key: str) -> None:
    response = put(api, key, "data.json", b'{"path": "x"}', "application/octet-stream")
    assert response.json()["data"]["contentType"] == "application/json"
    assert api("GET", f"{FILES}/data.json", key).json()["data"]["content"] == '{"path": "x"}'


@pytest.mark.database
def test_post_of_an_existing_path_is_409_and_changes_nothing(api: API, key: str) -> None:
    put(api, key, "x", b"first")
    error = error_of(api("POST", FILES, key, json={"path": "x", "content": "second"}), 409)
    assert error["code"] == "CONFLICT"
    assert api("GET", f"{FILES}/x", key).json()["data"]["content"] == "first"
    assert StoredObject.objects.count() == 1


def test_a_deleted_file_is_gone_and_deleting_it_again_is_404(api: API, key: str) -> None:
    put(api, key, "a/x")
    response = api("DELETE", f"{FILES}/a/x", key)
    assert (response.status_code, response.json()["data"]) == (200, {"id": "a/x", "deleted": True})
    assert error_of(api("DELETE", f"{FILES}/a/x", key), 404)["code"] == "NOT_FOUND"
    error_of(api("GET", f"{FILES}/a/x", key), 404)
    assert put(api, key, "a/x").status_code == 201


@pytest.mark.database
def test_paths_differ_by_case_and_are_no_folders(api: API, key: str) -> None:
    for path in ("a", "A", "a/b", "a/b/c", "ab"):
        assert put(api, key, path, path.encode()).status_code == 201
    for path in ("a", "A", "a/b", "a/b/c", "ab"):
        assert api("GET", f"{FILES}/{path}", key).json()["data"]["content"] == path
    api("DELETE", f"{FILES}/a", key)
    assert api("GET", f"{FILES}/a/b", key).status_code == 200


@pytest.mark.database
class TestList:
    """GET /v1/projects/{id}/files."""

    def test_it_gives_pages_sorted_as_asked(self, api: API, key: str) -> None:
        for path in ("b", "c", "a"):
            put(api, key, path)
        put(api, key, "c", b"new")

        def paths(query: str) -> list[str]:
            return [file["path"] for file in api("GET", f"{FILES}?{query}", key).json()["data"]]

        assert paths("") == ["a", "c", "b"]
        assert paths("order=asc") == ["b", "c", "a"]
        assert paths("sort=path&order=asc") == ["a", "b", "c"]
        assert paths("sort=updatedAt") == ["c", "a", "b"]
        assert paths("limit=2&page=2") == ["b"]
        answer = api("GET", f"{FILES}?limit=2", key).json()
        assert answer["pagination"] == {"page": 1, "limit": 2, "total": 3, "totalPages": 2, "hasMore": True}
        assert list(answer["data"][0]) == ["path", "size", "contentType", "sha256", "createdAt", "updatedAt"]

    @cases("query", ["path=a", "sort=size", "status=active", "page=0", "limit=101"])
    def test_it_takes_no_other_parameter(self, api: API, key: str, query: str) -> None:
        error_of(api("GET", f"{FILES}?{query}", key), 400)

    @pytest.mark.matrix  # what it costs
    def test_it_costs_four_queries(
        self, api: API, key: str, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(25):
            put(api, key, f"{number}")
        with django_assert_num_queries(4):  # credential, project, count, files
            assert len(api("GET", FILES, key).json()["data"]) == 20


class TestPathsInAddresses:
    """However a path is written, it stays in its project."""

    @pytest.mark.matrix
    @cases(
        "path",
        [
            *(
                "../x",
                "a/../../../me",
                "..%2F..%2Fme",
                "%2e%2e/%2e%2e/me",
                "..%5c..%5cx",
                "a%5Cb",
                "%2Fetc/passwd",
            ),
            *(
                "/etc/passwd",
                "a//b",
                "a%2F%2Fb",
                "a/",
                "./a",
                "%2e/a",
                "%252e%252e/x",
                "a%00b",
                "a%0Ab",
                "%0A",
                "%7f",
            ),
            *("%E2%80%AEgpj.exe", "%ff", "a%C3", "%ED%A0%80", "%C0%AE%C0%AE/x", "x" * 1025, "%C3%A9" * 513),
        ],
    )
    @cases("method", ["GET", "PUT", "DELETE"])
    def test_a_path_that_could_lead_elsewhere_is_400(
        self, api: API, key: str, method: str, path: str
    ) -> None:
        error = error_of(api(method, f"{FILES}/{path}", key, data=b"x", content_type="text/css"), 400)
        assert list(error["details"]) == ["path"]
        assert not StoredObject.objects.exists()

    @cases("path", ["", "/x", "../x", "a/../x", "a\\b", "a\0", "a/", "x" * 1025, "\u202ex"])
    def test_the_same_in_json(self, api: API, key: str, path: str) -> None:
        error = error_of(api("POST", FILES, key, json={"path": path, "content": ""}), 400)
        assert list(error["details"]) == ["path"]

    def test_an_encoded_slash_is_a_slash(self, api: API, key: str) -> None:
        put(api, key, "a%2Fb.txt", b"one")
        assert api("GET", f"{FILES}/a/b.txt", key).json()["data"]["path"] == "a/b.txt"

    @pytest.mark.matrix  # odd input
    @cases("path", ["100%25", "a%20b", "%3F", "%23", "a+b", "a;b=c", "%25zz"])
    def test_other_signs_are_part_of_the_name(self, api: API, key: str, path: str) -> None:
        location = put(api, key, path)["Location"]
        assert api("GET", location, key).status_code == 200

    def test_no_path_at_all_is_404(self, api: API, key: str) -> None:
        error_of(api("GET", f"{FILES}/", key), 404)


class TestRefusals:
    """Who may not, and what is not taken."""

    CALLS = (
        ("GET", FILES),
        ("POST", FILES),
        ("GET", f"{FILES}/x"),
        ("HEAD", f"{FILES}/x"),
        ("PUT", f"{FILES}/x"),
        ("DELETE", f"{FILES}/x"),
    )

    @cases(("method", "path"), CALLS)
    def test_without_a_credential_it_is_401(self, api: API, method: str, path: str) -> None:
        assert api(method, path).status_code == 401

    @cases(("method", "path"), CALLS)
    def test_a_stranger_gets_403(self, api: API, bob: User, method: str, path: str) -> None:
        _, raw_key = create_key(bob, name="Bob's", permission="read-write")
        assert api(method, path, raw_key, json={"path": "x", "content": ""}).status_code == 403

    @cases(("method", "path"), CALLS)
    def test_a_key_limited_to_another_project_gets_403(
        self, api: API, alice: User, method: str, path: str
    ) -> None:
        row, raw_key = create_key(alice, name="Limited", permission="read-write")
        APIKey.objects.filter(pk=row.pk).update(limited_to=["proj_other"])
        assert api(method, path, raw_key, json={"path": "x", "content": ""}).status_code == 403

    def test_a_read_only_key_reads_and_changes_nothing(self, api: API, key: str, alice: User) -> None:
        _, read_only = create_key(alice, name="Reader", permission="read-only")
        put(api, key, "x")
        assert api("GET", FILES, read_only).status_code == 200
        assert api("GET", f"{FILES}/x", read_only).status_code == 200
        for method, scope in (("PUT", "write"), ("DELETE", "delete")):
            response = api(method, f"{FILES}/x", read_only)
            assert error_of(response, 403)["message"] == "Insufficient permissions"
            assert f'scope="{scope}"' in response["WWW-Authenticate"]
        assert api("POST", FILES, read_only).status_code == 403

    @cases(
        ("method", "path", "allow"),
        [
            ("PUT", FILES, "GET, HEAD, POST"),
            ("DELETE", FILES, "GET, HEAD, POST"),
            ("POST", f"{FILES}/x", "GET, HEAD, PUT, DELETE"),
            ("PATCH", f"{FILES}/x", "GET, HEAD, PUT, DELETE"),
        ],
    )
    def test_another_method_is_405(self, api: API, key: str, method: str, path: str, allow: str) -> None:
        response = api(method, path, key)
        error_of(response, 405)
        assert sorted(response["Allow"].split(", ")) == sorted(allow.split(", "))

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_an_unknown_project_is_404(self, api: API, key: str, method: str) -> None:
        for path in (
            "proj_none/files",
            "nothing/files",
            "proj_none/files/x" if method == "GET" else "x/files",
        ):
            error_of(api(method, f"/v1/projects/{path}", key), 404)

    @pytest.mark.matrix
    @cases(
        ("body", "field"),
        [
            ({"content": "x"}, "path"),
            ({"path": 1, "content": "x"}, "path"),
            ({"path": None, "content": "x"}, "path"),
            ({"path": "x"}, "content"),
            ({"path": "x", "content": None}, "content"),
            ({"path": "x", "content": 1}, "content"),
            ({"path": "x", "content": "x", "encoding": "latin-1"}, "encoding"),
            ({"path": "x", "content": "x", "encoding": None}, "encoding"),
            ({"path": "x", "content": "eA", "encoding": "base64"}, "content"),
            ({"path": "x", "content": "eA==\n", "encoding": "base64"}, "content"),
            ({"path": "x", "content": "eA==eA==", "encoding": "base64"}, "content"),
            ({"path": "x", "content": "e-_=", "encoding": "base64"}, "content"),
            ({"path": "x", "content": "é", "encoding": "base64"}, "content"),
            ({"path": "x", "content": "x", "contentType": "text/css"}, "contentType"),
            ({"path": "x", "content": "x", "size": 1}, "size"),
        ],
    )
    def test_a_bad_field_is_named(self, api: API, key: str, body: dict[str, Any], field: str) -> None:
        error = error_of(api("POST", FILES, key, json=body), 400)
        assert list(error["details"]) == [field]
        assert not File.objects.exists()

    def test_a_put_in_json_for_another_path_is_400(self, api: API, key: str) -> None:
        error = error_of(api("PUT", f"{FILES}/x", key, json={"path": "y", "content": ""}), 400)
        assert list(error["details"]) == ["path"]

    @pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/xml"])
    def test_post_takes_json_alone(self, api: API, key: str, kind: str) -> None:
        error_of(api("POST", FILES, key, data=b"{}", content_type=kind), 415)

    @pytest.mark.parametrize("kind", ["nonsense", "text/css, text/html", "text/" + "x" * 96])
    def test_a_media_type_that_is_none_is_415(self, api: API, key: str, kind: str) -> None:
        error_of(put(api, key, "x", b"x", kind), 415)

    @cases("length", ["", "2"])
    @cases("kind", ["text/css", "application/json"])
    def test_a_chunked_body_is_411(self, api: API, key: str, kind: str, length: str) -> None:
        chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": length}
        error = error_of(put(api, key, "x", b"{}", kind, **chunked), 411)
        assert error["code"] == "LENGTH_REQUIRED"

    def test_a_put_that_says_no_length_is_411_and_length_0_is_an_empty_file(self, api: API, key: str) -> None:
        error_of(put(api, key, "x", b""), 411)  # the test client sends no length with no body
        assert put(api, key, "x", b"", CONTENT_LENGTH="0").json()["data"]["size"] == 0
        assert api("GET", f"{FILES}/x", key).json()["data"]["content"] == ""

    def test_a_file_over_the_limit_is_413_and_one_at_it_is_taken(
        self, api: API, key: str, settings: Settings
    ) -> None:
        settings.FILE_MAX_BYTES = 5
        assert put(api, key, "x", b"12345").status_code == 201
        refused = "The file is too large. It may have 5 bytes"
        assert error_of(put(api, key, "y", b"123456"), 413)["message"] == refused
        six = {"content": "123456"}
        assert error_of(api("PUT", f"{FILES}/y", key, json=six), 413)["message"] == refused
        assert error_of(api("POST", FILES, key, json={**six, "path": "y"}), 413)["message"] == refused
        assert File.objects.count() == StoredObject.objects.count() == 1

    def test_json_over_two_and_a_half_megabytes_is_413(self, api: API, key: str) -> None:
        error = error_of(api("POST", FILES, key, json={"path": "x", "content": "x" * 2_621_440}), 413)
        assert error["code"] == "PAYLOAD_TOO_LARGE"

    def test_a_project_that_is_full_says_so(self, api: API, key: str, settings: Settings) -> None:
        settings.FILES_PER_PROJECT = 2
        put(api, key, "a")
        put(api, key, "b")
        for response in (put(api, key, "c"), api("POST", FILES, key, json={"path": "c", "content": ""})):
            assert error_of(response, 413)["message"] == "The project holds 2 files, the most it may"
        assert put(api, key, "a", b"new").status_code == 200
        api("DELETE", f"{FILES}/b", key)
        assert put(api, key, "c").status_code == 201

    @cases(("method", "path"), [call for call in CALLS if call[1] != FILES])
    def test_query_parameters_are_refused(self, api: API, key: str, method: str, path: str) -> None:
        put(api, key, "x")
        more = {"data": b"x", "content_type": "text/css"} if method == "PUT" else {}
        assert api(method, f"{path}?version=1", key, **more).status_code == 400

    def test_the_length_is_judged_before_the_path_and_the_project_before_both(
        self, api: API, key: str
    ) -> None:
        chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "content_type": "text/css"}
        error_of(api("PUT", f"{FILES}/../x", key, **chunked), 411)
        error_of(api("PUT", "/v1/projects/proj_none/files/../x", key, **chunked), 404)


@pytest.mark.database
class TestStatistics:
    """What a project says of its files."""

    def test_they_follow_every_change(self, api: API, key: str) -> None:
        def stats() -> tuple[int, str | None]:
            one = api("GET", "/v1/projects/proj_harbour", key).json()["data"]["stats"]
            (listed,) = api("GET", "/v1/projects", key).json()["data"]
            assert listed["stats"] == one
            return one["files"], one["lastEditedAt"]

        assert stats() == (0, None)
        written = put(api, key, "a").json()["data"]
        count, first = stats()
        assert count == 1
        assert first is not None
        assert first >= written["updatedAt"]
        put(api, key, "a", b"again")
        count, second = stats()
        assert (count, second is not None and second > first) == (1, True)
        put(api, key, "b")
        api("DELETE", f"{FILES}/a", key)
        count, third = stats()
        assert (count, third is not None and second is not None and third > second) == (1, True)
        put(api, key, "b", headers={"If-Match": '"no"'})
        assert stats() == (count, third)

    def test_a_file_of_another_project_does_not_count(self, api: API, key: str, alice: User) -> None:
        Project.objects.create(owner=alice, name="Other", uid="proj_other")
        put(api, key, "a")
        assert api("GET", "/v1/projects/proj_other", key).json()["data"]["stats"]["files"] == 0
        assert api("GET", "/v1/projects/proj_other/files", key).json()["data"] == []
        error_of(api("GET", "/v1/projects/proj_other/files/a", key), 404)


def test_writing_many_new_files_by_post_is_limited_apart(api: API, key: str, settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "post_files": (2,)}
    for path in ("a", "b"):
        assert api("POST", FILES, key, json={"path": path, "content": ""}).status_code == 201
    assert api("POST", FILES, key, json={"path": "c", "content": ""}).status_code == 429
    assert put(api, key, "c").status_code == 201
