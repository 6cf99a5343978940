"""`python -m tests.bench.peers.django.seed USERS` makes tables, people and credentials; prints the latter."""

import hashlib
import json
import os
import secrets
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.peers.django.settings")
django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone
from knox.models import AuthToken
from oauth2_provider.models import AccessToken, Application, RefreshToken
from rest_framework.authtoken.models import Token

from tests.bench.peers.django.models import Key, Project, UserKey

CLIENT = {"client_id": "bench", "client_secret": "bench-secret"}
REFRESH_TOKENS = 400  # a stock refresh takes a quarter of a second of CPU
FAR = timezone.now() + timedelta(days=30)


def random_key(user):
    """A key by our own table."""
    text = secrets.token_urlsafe(32)
    Key.objects.create(user=user, digest=hashlib.sha256(text.encode()).digest())
    return f"Bearer {text}"


def person(number):
    """A user with one credential of each kind: by the peer's name, the Authorization header."""
    user = User.objects.create(
        username=f"user_{number:08}", email=f"u{number}@example.com", first_name="Bench User"
    )
    access = AccessToken.objects.create(
        user=user, application=APP, token=f"access-{number:024}", expires=FAR, scope="read"
    )
    return {
        "pk": user.pk,
        "drf-token": f"Token {Token.objects.create(user=user).key}",
        "drf-api-key": f"Api-Key {UserKey.objects.create_key(name='Bench', user=user)[1]}",
        "knox": f"Token {AuthToken.objects.create(user=user)[1]}",
        "dot": f"Bearer {access.token}",
        "fastapi": random_key(user),
        "node": random_key(user),
    }


call_command("migrate", verbosity=0)
call_command("migrate", run_syncdb=True, verbosity=0)  # our own tables, which refer to the others
APP = Application.objects.create(
    name="Bench",
    client_type="confidential",
    authorization_grant_type="authorization-code",
    redirect_uris="https://app.example/callback",
    **CLIENT,
)
people = [person(number) for number in range(1, int(sys.argv[1]) + 1)]
for number in range(REFRESH_TOKENS):
    first = User.objects.get(pk=people[0]["pk"])
    access = AccessToken.objects.create(
        user=first, application=APP, token=f"old-{number:024}", expires=FAR, scope="read"
    )
    RefreshToken.objects.create(
        user=first, application=APP, token=f"refresh-{number:024}", access_token=access
    )
Project.objects.bulk_create(
    Project(uid=f"proj_{each['pk']}_{number}", owner_id=each["pk"], name=f"Project {number}")
    for each in people
    for number in range(20)
)
json.dump(
    {"people": people, "client": CLIENT, "refresh": [f"refresh-{n:024}" for n in range(REFRESH_TOKENS)]},
    sys.stdout,
)
