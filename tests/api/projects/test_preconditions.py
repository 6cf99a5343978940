"""ETag, If-Match and If-None-Match: no update is lost, nothing is sent twice."""

from typing import Any

import pytest

from api.projects.models import File, StoredObject
from tests.cases import cases
from tests.fixtures import API

FILE = "/v1/projects/proj_harbour/files/x"
RAW = {"Accept": "application/octet-stream"}
pytestmark = [pytest.mark.usefixtures("project"), pytest.mark.matrix]


def put(api: API, key: str, content: bytes, **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return api("PUT", FILE, key, data=content, content_type="text/css", headers=sent)


@pytest.fixture
def tag(api: API, key: str) -> str:
    """The entity tag of a file that is there."""
    answer: str = put(api, key, b"first")["ETag"]
    return answer


@cases("accept", [{}, RAW])
@cases("form", ["{}", "W/{}", '"other", {}', "*"])
@cases("method", ["GET", "HEAD"])
def test_who_has_the_version_is_told_so_and_gets_no_content(
    api: API, key: str, tag: str, accept: dict[str, str], form: str, method: str
) -> None:
    response = api(method, FILE, key, headers={**accept, "If-None-Match": form.format(tag)})
    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == tag
    assert response["Cache-Control"] == "private, no-cache"
    assert "Accept" in response["Vary"]


@cases("value", ['"other"', "nonsense", "", 'W/"x"'])
def test_who_has_another_version_gets_the_new_one(api: API, key: str, tag: str, value: str) -> None:
    assert api("GET", FILE, key, headers={"If-None-Match": value}).status_code == 200
    put(api, key, b"second")
    assert api("GET", FILE, key, headers={"If-None-Match": tag}).status_code == 200


def test_a_change_of_the_expected_version_is_made(api: API, key: str, tag: str) -> None:
    second = put(api, key, b"second", If_Match=tag)
    assert second.status_code == 200
    assert put(api, key, b"third", If_Match=f'"other", {second["ETag"]}').status_code == 200
    assert put(api, key, b"fourth", If_Match="*").status_code == 200


@cases("method", ["PUT", "DELETE", "GET"])
@cases("form", ['"other"', "W/{}", "nonsense", "", '"{}"'])
def test_any_other_version_is_412_and_nothing_changes(
    api: API, key: str, tag: str, method: str, form: str
) -> None:
    headers = {"If-Match": form.format(tag)}
    response = api(method, FILE, key, data=b"new", content_type="text/css", headers=headers)
    assert response.status_code == 412, response.content
    assert response.json()["error"]["code"] == "PRECONDITION_FAILED"
    assert api("GET", FILE, key)["ETag"] == tag
    assert File.objects.count() == StoredObject.objects.count() == 1


def test_a_lost_update_is_412(api: API, key: str, tag: str) -> None:
    assert put(api, key, b"hers", If_Match=tag).status_code == 200
    assert put(api, key, b"his", If_Match=tag).status_code == 412
    assert api("DELETE", FILE, key, headers={"If-Match": tag}).status_code == 412
    assert api("GET", FILE, key).json()["data"]["content"] == "hers"


@pytest.mark.parametrize("value", ["*", '"any"'])
def test_a_file_that_is_not_there_matches_nothing(api: API, key: str, value: str) -> None:
    assert put(api, key, b"x", If_Match=value).status_code == 412
    assert not StoredObject.objects.exists()
    assert api("DELETE", FILE, key, headers={"If-Match": value}).status_code == 404


def test_with_if_none_match_a_put_only_creates(api: API, key: str) -> None:
    assert put(api, key, b"first", If_None_Match="*").status_code == 201
    assert put(api, key, b"second", If_None_Match="*").status_code == 412
    assert api("GET", FILE, key).json()["data"]["content"] == "first"


def test_a_delete_of_the_expected_version_is_made(api: API, key: str, tag: str) -> None:
    assert api("DELETE", FILE, key, headers={"If-Match": tag}).status_code == 200


def test_json_is_judged_alike(api: API, key: str, tag: str) -> None:
    stale = api("PUT", FILE, key, json={"content": "x"}, headers={"If-Match": '"other"'})
    assert stale.status_code == 412
    assert api("PUT", FILE, key, json={"content": "x"}, headers={"If-Match": tag}).status_code == 200
