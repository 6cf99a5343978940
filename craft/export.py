"""Everything that Craft knows of a person, as one JSON document, written while it is read.

No more than a batch of rows is in memory at a time, whatever their number, and neither a transaction nor a
cursor is open between two: a reader may take their time. What is deleted meanwhile is missing from the rest.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

import orjson
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.services import sessions_of
from accounts.utils import patience
from api.account.responses import activity_row, api_key_row, connected_app_row, person_row
from api.envelope import rfc3339
from api.oauth.models import Application, Grant
from api.projects.models import File, Project
from api.projects.responses import PROJECT_COLUMNS, deployment_row, file_row, project_row
from api.projects.services.deployments import deployments_of
from api.projects.services.files import files_of
from api.projects.services.projects import projects_of, with_label

BATCH_SIZE = 2_000  # rows
CHUNK_BYTES = 65_536
Pieces = Iterable[bytes]  # of one JSON value, in their order


def export_of(user: User) -> Iterator[bytes]:
    """The document in chunks."""
    return _in_chunks(_document(user))


def _document(user: User) -> Iterator[bytes]:
    keys = user.api_keys.with_public_id().with_secrets().select_related("user")
    grants = Grant.objects.filter(user=user).select_related("application")
    lists: dict[str, Iterable[Pieces]] = {
        "apiKeys": _rows(keys, api_key_row),
        "connectedApps": _rows(grants, connected_app_row),
        "developerApps": _rows(Application.objects.filter(user=user), _app_row),
        "sessions": _rows(sessions_of(user), _session_row),
        "activity": _rows(user.activity.all(), activity_row),
        "projects": (_project(project) for project in _batched(with_label(projects_of(user)))),
    }
    yield b'{"exportedAt":' + orjson.dumps(rfc3339(timezone.now()))
    yield b',"account":' + orjson.dumps(_account_row(user))
    for name, rows in lists.items():
        yield b',"' + name.encode() + b'":'
        yield from _list(rows)
    yield b"}\n"


def _project(project: Project) -> Iterator[bytes]:
    """A project as the API gives it, and in it its files and deployments."""
    row = {name: getattr(project, name) for name in (*PROJECT_COLUMNS, "label")}
    files = files_of(project).select_related("stored")
    yield orjson.dumps(project_row(row))[:-1] + b',"files":'
    yield from _list(_rows(files, lambda file: _file_row(project, file)))
    yield b',"deployments":'
    yield from _list(_rows(deployments_of(project), deployment_row))
    yield b"}"


def _account_row(user: User) -> dict[str, Any]:
    return {
        **person_row(user),
        "plan": user.plan,
        "createdAt": rfc3339(user.date_joined),
        "timeZone": user.time_zone,
        "mailsAboutExpiry": user.mails_about_expiry,
    }


def _app_row(app: Application) -> dict[str, Any]:
    return {
        "id": app.client_id,
        "name": app.name,
        "website": app.website or None,
        "description": app.description,
        "isPublic": app.is_public,
        "redirectUris": app.redirect_uri_list,
        "scopes": app.allowed_scope.split(),
        "createdAt": rfc3339(app.created),
    }


def _session_row(session: UserSession) -> dict[str, Any]:
    return {
        "ip": session.ip,
        "userAgent": session.user_agent or None,
        "createdAt": rfc3339(session.created_at),
        "lastSeenAt": rfc3339(session.last_seen_at),
    }


def _file_row(project: Project, file: File) -> dict[str, Any]:
    """As the API gives it, with the address at which a key or a session reads its content."""
    return {
        **file_row(file),
        "url": f"{settings.API_URL}/v1/projects/{project.uid}/files/{quote(file.path)}",
    }


def _rows(rows: "QuerySet[Any]", as_dict: Callable[[Any], dict[str, Any]]) -> Iterator[Pieces]:
    return ((orjson.dumps(as_dict(row)),) for row in _batched(rows))


def _batched(rows: "QuerySet[Any]") -> Iterator[Any]:
    """The rows in the order of their primary keys; each batch may wait for the database as a request may."""
    last = 0
    while True:
        patience.begin()
        batch = list(rows.filter(pk__gt=last).order_by("pk")[:BATCH_SIZE])
        if not batch:
            return
        yield from batch
        last = batch[-1].pk


def _list(values: Iterable[Pieces]) -> Iterator[bytes]:
    """A JSON array of these."""
    before = b"["
    for pieces in values:
        yield before
        yield from pieces
        before = b","
    yield b"[]" if before == b"[" else b"]"


def _in_chunks(pieces: Pieces) -> Iterator[bytes]:
    """The same bytes in chunks that are worth sending."""
    chunk = bytearray()
    for piece in pieces:
        chunk += piece
        if len(chunk) >= CHUNK_BYTES:
            yield bytes(chunk)
            chunk.clear()
    yield bytes(chunk)
