"""What each credential may do, and in which order a call is refused."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from api.projects.models import Project
from apikeys.models import APIKey
from tests.api.answers import CHALLENGE, FORBIDDEN, check_error, check_success
from tests.cases import cases
from tests.fixtures import API

Key = tuple[APIKey, str]
NEEDS = [
    ("GET", "/v1/me", "read"),
    ("HEAD", "/v1/me", "read"),
    ("PATCH", "/v1/me", "write"),
    ("GET", "/v1/projects", "read"),
    ("HEAD", "/v1/projects", "read"),
    ("POST", "/v1/projects", "write"),
    ("GET", "/v1/projects/{alice}", "read"),
    ("HEAD", "/v1/projects/{alice}", "read"),
    ("PATCH", "/v1/projects/{alice}", "write"),
    ("DELETE", "/v1/projects/{alice}", "delete"),
]
# Methods that the address does not have need their scope all the same: scope comes before 405.
UNUSED = [
    ("PUT", "/v1/me", "write"),
    ("POST", "/v1/me", "write"),
    ("DELETE", "/v1/me", "delete"),
    ("PUT", "/v1/projects", "write"),
    ("PATCH", "/v1/projects", "write"),
    ("DELETE", "/v1/projects", "delete"),
    ("PUT", "/v1/projects/{alice}", "write"),
    ("POST", "/v1/projects/{alice}", "write"),
]
BODY = {"name": "Renamed"}


@pytest.fixture
def projects(alice: User, bob: User) -> dict[str, str]:
    """Ids by owner, and one that nobody has."""
    ids = {user.email[:-12]: Project.objects.create(owner=user, name="Harbour").uid for user in (alice, bob)}
    return {**ids, "nobody": "proj_0000000000000000"}


@cases(("method", "path", "scope"), NEEDS)
def test_a_read_write_key_may_do_everything_but_administer(
    api: API, read_write: Key, projects: dict[str, str], method: str, path: str, scope: str
) -> None:
    response = api(method, path.format(**projects), read_write[1], json=BODY)
    assert response.status_code in (200, 201), response.content
    assert "WWW-Authenticate" not in response


@cases(("method", "path", "scope"), NEEDS + UNUSED)
def test_a_read_only_key_may_only_read_and_is_told_the_scope_it_lacks(
    api: API, read_only: Key, projects: dict[str, str], method: str, path: str, scope: str
) -> None:
    response = api(method, path.format(**projects), read_only[1], json=BODY)
    if scope == "read":
        assert response.status_code == 200
        return
    check_error(response, 403)
    assert response.json() == FORBIDDEN
    assert response["WWW-Authenticate"] == f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'
    assert set(Project.objects.values_list("name", flat=True)) == {"Harbour"}
    assert User.objects.filter(name="Renamed").count() == 0


OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


@pytest.mark.matrix  # odd input
@cases("header", OVERRIDES)
@cases("pretended", ["GET", "HEAD", "OPTIONS"])
@cases(("method", "path"), [(m, p) for m, p, scope in NEEDS if scope != "read"])
def test_a_write_does_not_become_a_read_by_a_header(
    api: API, read_only: Key, projects: dict[str, str], method: str, path: str, pretended: str, header: str
) -> None:
    response = api(method, path.format(**projects), read_only[1], json=BODY, headers={header: pretended})
    check_error(response, 403)
    assert Project.objects.count() == 2


@pytest.mark.matrix  # odd input
@cases("header", OVERRIDES)
@cases("pretended", ["DELETE", "PATCH", "POST", "PUT"])
def test_a_read_does_not_become_a_write_by_a_header(
    api: API, read_write: Key, projects: dict[str, str], pretended: str, header: str
) -> None:
    path = "/v1/projects/{alice}".format(**projects)
    response = api("GET", path, read_write[1], json=BODY, headers={header: pretended})
    assert check_success(response)["name"] == "Harbour"
    assert Project.objects.count() == 2


def test_a_read_does_not_become_a_delete_by_a_form_field(read_write: Key, projects: dict[str, str]) -> None:
    response = Client().post(
        "/v1/projects/{alice}".format(**projects),
        {"_method": "DELETE"},
        headers={"Authorization": f"Bearer {read_write[1]}"},
    )
    check_error(response, 405)
    assert Project.objects.count() == 2


CHUNKED = {"headers": {"Transfer-Encoding": "chunked"}}
HUGE = {"CONTENT_LENGTH": str(3_000_000)}
TEXT = {"data": b'{"name": "x"}', "content_type": "text/plain"}
BROKEN = {"data": b'{"name"', "content_type": "application/json"}
ORDER: list[tuple[str, str, str, dict[str, Any], int]] = [
    # who, method, path, sent, status: of two faults the earlier is told
    ("nobody", "POST", "/v1/nothing", {}, 404),  # unknown path before 401
    ("wrong", "GET", "/v1/nothing", {}, 404),
    ("read-only", "DELETE", "/v1/nothing", {}, 404),  # … before scope
    ("nobody", "POST", "/v1/projects", TEXT, 401),  # 401 before all that follows
    ("nobody", "PUT", "/v1/projects", {}, 401),
    ("wrong", "DELETE", "/v1/projects/{bob}", {}, 401),
    ("nobody", "GET", "/v1/projects/{nobody}", {}, 401),
    ("nobody", "GET", "/v1/projects?page=0", {}, 401),
    ("read-only", "PUT", "/v1/projects", {}, 403),  # scope before 405
    ("read-write", "PUT", "/v1/projects", {}, 405),
    ("read-only", "DELETE", "/v1/projects/{nobody}", {}, 403),  # scope before the object
    ("read-only", "POST", "/v1/projects", HUGE, 403),  # scope before the body
    ("read-write", "PUT", "/v1/projects/{nobody}", {}, 405),  # 405 before the object
    ("read-write", "POST", "/v1/projects/{bob}", {}, 405),
    ("read-write", "PUT", "/v1/projects", CHUNKED, 405),  # 405 before the body
    ("read-write", "PATCH", "/v1/projects/{nobody}", CHUNKED, 404),  # the object before the body
    ("read-write", "PATCH", "/v1/projects/{nobody}", HUGE, 404),
    ("read-write", "PATCH", "/v1/projects/{nobody}", TEXT, 404),
    ("read-write", "PATCH", "/v1/projects/{nobody}", BROKEN, 404),
    ("read-write", "GET", "/v1/projects/{nobody}?page=1", {}, 404),
    ("read-write", "PATCH", "/v1/projects/{bob}", CHUNKED, 403),
    ("read-write", "PATCH", "/v1/projects/{bob}", HUGE, 403),
    ("read-write", "PATCH", "/v1/projects/{bob}", TEXT, 403),
    ("read-write", "PATCH", "/v1/projects/{bob}", BROKEN, 403),
    ("read-write", "GET", "/v1/projects/{bob}?page=1", {}, 403),
    ("read-write", "POST", "/v1/projects", TEXT | CHUNKED | {"CONTENT_LENGTH": ""}, 411),  # 411 before 415
    ("read-write", "POST", "/v1/projects", TEXT | HUGE, 413),  # 413 before 415
    ("read-write", "POST", "/v1/projects", BROKEN | HUGE, 413),  # 413 before 400
    ("read-write", "POST", "/v1/projects?page=1", BROKEN | HUGE, 413),
    ("read-write", "POST", "/v1/projects", TEXT | {"data": b"{"}, 415),  # 415 before 400
    ("read-write", "POST", "/v1/projects?page=1", TEXT, 415),
    ("read-write", "PATCH", "/v1/me?page=1", TEXT, 415),
    ("read-write", "POST", "/v1/projects", BROKEN, 400),
    ("read-write", "POST", "/v1/projects?page=1", {"json": {"name": "x"}}, 400),
]


@pytest.mark.matrix
@cases(("who", "method", "path", "sent", "status"), ORDER)
def test_of_two_faults_the_earlier_in_the_documented_order_is_told(
    read_only: Key,
    read_write: Key,
    projects: dict[str, str],
    who: str,
    method: str,
    path: str,
    sent: dict[str, Any],
    status: int,
) -> None:
    key = {"nobody": None, "wrong": "wrong", "read-only": read_only[1], "read-write": read_write[1]}[who]
    sent = dict(sent)
    headers = {**sent.pop("headers", {}), **({"Authorization": f"Bearer {key}"} if key else {})}
    if "json" in sent:
        sent |= {"data": b'{"name": "x"}', "content_type": "application/json"}
        del sent["json"]
    check_error(Client().generic(method, path.format(**projects), headers=headers, **sent), status)
    assert Project.objects.count() == 2
