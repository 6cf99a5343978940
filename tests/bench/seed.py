"""Fill a migrated database of Craft: `python -m tests.bench.seed FILE ROWS` writes what opens it to FILE.

There are ROWS people more, each with a key, an access token and a session, made by SQL.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connection
from django.utils import timezone

from accounts.models import Plan, User
from accounts.services import create_user
from api.oauth.models import AccessToken, Application, AuthorizationCode, Grant, RefreshToken
from api.oauth.services.applications import create_app
from api.projects.models import Project
from apikeys.models import APIKeySecret
from apikeys.scopes import Permission
from apikeys.services import create_key
from apikeys.tokens import Kind, Token, generate
from tests.bench.rows import add_rows
from tests.sessions import cookies_of, known_browser_of

PEOPLE = 20  # of each plan, whose credentials the clients take in turn
PROJECTS, MANY_KEYS = 20, 50
SINGLE_USE = 6000  # codes, refresh tokens: each is spent by one call
PASSWORD = "correct-horse-battery"
CALLBACK = "https://app.example/callback"
SCOPE = "read write delete"
NOW = timezone.now()
FAR = NOW + timedelta(days=1)


def add_token(grant: Grant) -> tuple[AccessToken, Token]:
    """An access token of a grant, not saved, and its text."""
    token = generate(Kind.ACCESS_TOKEN)
    row = AccessToken(
        token="",
        token_checksum=token.digest.hex(),
        expires=FAR,
        scope=SCOPE,
        **shared(grant),
    )
    return row, token


def shared(grant: Grant) -> dict[str, Any]:
    """What a token has from the grant that it belongs to."""
    return {
        "user_id": grant.user_id,
        "application_id": grant.application_id,
        "grant": grant,
        "authorized_at": NOW,
        "token_family": uuid4(),
    }


def cookie_header(cookies: dict[str, str]) -> str:
    """Cookies as a browser sends them."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def person(name: str, plan: str, app: Application) -> dict[str, str]:
    """Somebody with one credential of each kind, some projects, and a browser that may sign in again."""
    user = create_user(email=f"{name}@example.com", name="Bench User", password=PASSWORD, plan=plan)
    Project.objects.bulk_create(Project(owner=user, name=f"Project {number}") for number in range(PROJECTS))
    grant = Grant.objects.create(user=user, application=app, scope=SCOPE)
    row, token = add_token(grant)
    row.save()
    cookies = cookies_of(user)
    return {
        "email": user.email,
        "csrf": cookies["csrftoken"],
        "browser": cookie_header({"csrftoken": cookies["csrftoken"], **known_browser_of(user)}),
        "project": user.projects.values_list("uid", flat=True)[0],
        "key": create_key(user, name="Bench", permission=Permission.READ_WRITE)[1],
        "token": token.raw,
        "cookie": cookie_header(cookies),
    }


def single_use(grant: Grant) -> dict[str, list[str]]:
    """Codes and refresh tokens, each of a family of its own, as from as many consents."""
    codes = [generate(Kind.AUTHORIZATION_CODE) for _ in range(SINGLE_USE)]
    AuthorizationCode.objects.bulk_create(
        AuthorizationCode(
            code=code.digest.hex(),
            grant=grant,
            user_id=grant.user_id,
            application_id=grant.application_id,
            expires=FAR,
            redirect_uri=CALLBACK,
            scope=SCOPE,
            code_challenge="",
            code_challenge_method="",
        )
        for code in codes
    )
    access = AccessToken.objects.bulk_create(add_token(grant)[0] for _ in range(SINGLE_USE))
    refresh = [generate(Kind.REFRESH_TOKEN) for _ in range(SINGLE_USE)]
    RefreshToken.objects.bulk_create(
        RefreshToken(
            **shared(grant) | {"token_family": row.token_family},
            token="",
            token_checksum=token.digest.hex(),
            access_token=row,
            scope=SCOPE,
        )
        for row, token in zip(access, refresh, strict=True)
    )
    return {"codes": [each.raw for each in codes], "refresh": [each.raw for each in refresh]}


def holder(keys: int) -> dict[str, str]:
    """Somebody with that many keys, signed in."""
    user = create_user(email=f"keys{keys}@example.com", name="Holder", password=PASSWORD, plan=Plan.FREE)
    for number in range(keys):
        create_key(user, name=f"Key {number}", permission=Permission.READ_ONLY)
    return {"cookie": cookie_header(cookies_of(user))}


def main() -> None:
    """Make everything and say by what it is reached."""
    file, rows = Path(sys.argv[1]), int(sys.argv[2])
    owner = create_user(email="developer@example.com", name="Developer")
    app, secret = create_app(owner, name="Bench", redirect_uris=CALLBACK)
    given: dict[str, Any] = {
        "client": {"client_id": app.client_id, "client_secret": secret},
        "limited": [person(f"limited{number}", Plan.FREE, app) for number in range(PEOPLE)],
        "unlimited": [person(f"unlimited{number}", Plan.INTERNAL, app) for number in range(PEOPLE)],
        "one_key": holder(1),
        "many_keys": holder(MANY_KEYS),
    }
    given |= single_use(
        Grant.objects.create(user=User.objects.get(pk=owner.pk), application=app, scope=SCOPE)
    )
    given |= add_rows(rows, app) | {"rows": rows}
    # As after some days of use: a secret's very first one is written at once.
    APIKeySecret.objects.update(first_used_at=NOW - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    file.write_text(json.dumps(given))


if __name__ == "__main__":
    main()
