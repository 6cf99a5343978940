"""The live API against its own OpenAPI document, with every kind of credential (Schemathesis)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NOT_SET
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from accounts.models import Plan, User
from api.oauth.models import Application, Grant
from api.oauth.services.applications import create_app
from api.oauth.services.grants import grant_access
from api.projects.models import Project
from api.projects.preconditions import Preconditions
from api.projects.services import deployments, files
from api.projects.services.stored_objects import Source
from apikeys.models import APIKey
from apikeys.scopes import Scope
from apikeys.services import create_key, rotate_key
from craft.wsgi import application
from tests.examples import examples
from tests.fixtures import sign_in

pytestmark = [pytest.mark.long, pytest.mark.drawn]
EXAMPLES = examples(2, 5)  # of each operation, for each credential and kind of data
CONFIG = {"generation": {"with-security-parameters": False}}
CALLBACK = "https://yourapp.com/callback"
ENDS = {"/v1/oauth/token": -998, "/v1/oauth/revoke": -997}  # what is called before the deletions
BODIES = {
    "createAPIKey": {"name": "New", "permission": "read-only"},
    "createFile": {"path": "new.html", "content": "<h1>New</h1>"},
    "createProject": {"name": "Spring catalogue", "template": None, "settings": {"a": [1, None]}},
    "putFile": {"content": "AP8=", "encoding": "base64"},
    "rotateAPIKey": {"grace": 3600},
    "updateAPIKey": {"permission": "read-write", "expiresAt": None},
    "updateMe": {"name": "Alice"},
    "updateProject": {"status": "archived"},
}


@dataclass
class Caller:
    """How somebody calls."""

    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)  # of the bodies of OAuth


def nobody(user: User) -> Caller:
    """No credential of a user; an app that proves itself, with a live refresh token."""
    return Caller(fields=connect(user)[1])


def read_only_key(user: User) -> Caller:
    return bearer(create_key(user, name="Reports bot", permission="read-only")[1])


def read_write_key(user: User) -> Caller:
    return bearer(create_key(user, name="Deploy from CI", permission="read-write")[1])


def oauth_token(user: User) -> Caller:
    """All four scopes."""
    return bearer(connect(user)[0])


def session(user: User) -> Caller:
    """The cookie, and the token against forgery."""
    browser = sign_in(user)
    browser.get("/settings/profile/")
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    return Caller({"X-CSRFToken": cookies["csrftoken"]}, cookies)


def bearer(token: str) -> Caller:
    return Caller({"Authorization": f"Bearer {token}"})


def connect(user: User) -> tuple[str, dict[str, str]]:
    """Let an app act for the user with every scope: its access token, and what it would send to refresh."""
    app, secret = create_app(user, name="Acme Sync", redirect_uris=CALLBACK)
    Application.objects.filter(pk=app.pk).update(admin_enabled=True, allowed_scope=" ".join(Scope))
    asked = {"client_id": app.client_id, "redirect_uri": CALLBACK, "response_type": "code"}
    asked["scope"] = "read write delete admin"
    sent_to = sign_in(user).post(f"/oauth/authorize?{urlencode(asked)}", {"answer": "allow"})["Location"]
    client = {"client_id": app.client_id, "client_secret": str(secret)}
    exchange = {
        "grant_type": "authorization_code",
        "code": parse_qs(urlsplit(sent_to).query)["code"][0],
        "redirect_uri": CALLBACK,
        **client,
    }
    got = Client().post("/v1/oauth/token", exchange, content_type="application/json").json()
    refresh = {"grant_type": "refresh_token", "refresh_token": got["refresh_token"], "scope": "read"}
    return got["access_token"], {**refresh, "token": got["access_token"], **client}


def furnish(owner: User) -> dict[str, str]:
    """Something of every kind, by the name of the path parameter. An app may do all to keys that it made."""
    maker = Grant.objects.filter(user=owner).values_list("uid", flat=True).first() or ""
    project = Project.objects.create(owner=owner, name="Harbour", settings={"theme": "dark"})
    source = Source.of(b"<h1>Hello</h1>")
    files.write_file(project, "index.html", source, content_type=None, preconditions=Preconditions())
    app, _ = create_app(owner, name="Globex Mail", redirect_uris=CALLBACK)
    grant_access(owner, app, [Scope.READ])
    return {
        "project_id": project.uid,
        "path": "index.html",
        "deployment_id": deployments.create_deployment(project).uid,
        "key_id": create_key(owner, name="Another", permission="read-only", made_by=maker)[0].uid,
        "app_id": app.client_id,
    }


def operations() -> list[APIOperation]:
    """Every operation. What ends something comes last: the innermost first, the credential at the end."""
    schema = schemathesis.openapi.from_wsgi(
        "/v1/openapi.json", application, config=SchemathesisConfig.from_dict(CONFIG)
    )
    read = list(schema.get_all_operations())
    found = [each.ok() for each in read if isinstance(each, Ok)]
    assert len(found) == len(read)
    return sorted(
        found, key=lambda each: -len(each.path) if each.method == "delete" else ENDS.get(each.path, -999)
    )


def make_ready(name: str, key_id: str) -> None:
    """Let a key be as it was made, whatever was done to it; rotating, for what ends a rotation."""
    key = APIKey.objects.get(uid=key_id)
    first = key.secrets.earliest("pk")
    key.secrets.exclude(pk=first.pk).delete()
    key.secrets.update(retires_at=None)
    APIKey.objects.filter(pk=key.pk).update(disabled_at=None, disabled_until=None, deleted_at=None)
    if name.endswith("Rotation"):
        rotate_key(key, grace=3600)


def check_good(operation: APIOperation, caller: Caller, known: dict[str, str]) -> int:
    """Call it with what is there and what it takes; return the status."""
    name = operation.definition.raw["operationId"]
    body: Any = BODIES.get(name, NOT_SET)
    if "{key_id}" in operation.path:
        make_ready(name, known["key_id"])
    if "/oauth/" in operation.path:
        names = operation.body[0].definition["schema"]["properties"]
        body = {name: value for name, value in caller.fields.items() if name in names}
    parameters = {each.name: known[each.name] for each in operation.path_parameters}
    media_type = None if body is NOT_SET else "application/json"
    case = operation.Case(path_parameters=parameters, body=body, media_type=media_type)
    # This check asks again without the credential, but leaves a cookie where it is.
    excluded = [ignored_auth] if caller.cookies else []
    response = case.call_and_validate(
        headers=caller.headers, cookies=caller.cookies, excluded_checks=excluded
    )
    return response.status_code


def check_any(operation: APIOperation, caller: Caller, known: dict[str, str]) -> None:
    """Call it with good and bad data, about what is there and what is not."""
    # Names, paths, base64, versions of files and spans of time obey rules that no schema can say.
    has_rules = operation.body or "{path}" in operation.path or operation.path.endswith("/usage")
    excluded = [ignored_auth, *([positive_data_acceptance] if has_rules else [])]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode]),
        is_known=st.booleans(),
    )
    def call(case: Case, is_known: bool) -> None:
        if is_known:
            case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
        case.call_and_validate(headers=caller.headers, cookies=caller.cookies, excluded_checks=excluded)

    call()


def succeeds(credential: str, operation: APIOperation) -> bool:
    """Whether the credential is enough for the operation, as the document says."""
    if "/oauth/" in operation.path:
        return credential == "nobody"
    security: list[dict[str, list[str]]] = operation.definition.raw["security"]
    schemes = {name: scopes for each in security for name, scopes in each.items()}
    if credential == "read_only_key":
        return "apiKey" in schemes and schemes["oauth2"] in (["read"], [])
    return credential != "nobody" and (credential != "read_write_key" or "apiKey" in schemes)


# The application manages its connections itself here, which a test's own transaction does not survive.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "make",
    [
        nobody,
        # What a credential may do is tested for each by tests/api/test_permissions.py.
        *(pytest.param(make, marks=pytest.mark.variant) for make in (read_only_key, oauth_token, session)),
        read_write_key,
    ],
)
def test_every_answer_is_as_documented(alice: User, make: Callable[[User], Caller]) -> None:
    User.objects.filter(pk=alice.pk).update(plan=Plan.INTERNAL)  # no limits
    caller, known = make(alice), furnish(alice)
    for operation in operations():
        if operation.method != "delete":
            check_any(operation, caller, known)
        status = check_good(operation, caller, known)
        assert (status < 300) == succeeds(make.__name__, operation), (operation.label, status)
        if operation.method == "delete":
            check_any(operation, caller, known)
