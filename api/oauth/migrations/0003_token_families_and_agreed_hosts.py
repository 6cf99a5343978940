"""An access token knows its family by itself, and a grant where its person agreed to be sent back to."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.db import migrations, models
from django.db.models import OuterRef, Subquery

LOCAL = ("127.0.0.1", "::1", "localhost")


def fill_families(apps: Any, schema_editor: Any) -> None:
    """Take the family from the refresh token that came with it.

    A refresh untied the two, so a spent access token's family is that of its consent's other tokens.
    What has no refresh token any more is a family of its own.
    """
    access, refresh = apps.get_model("oauth", "AccessToken"), apps.get_model("oauth", "RefreshToken")
    _fill_alone(refresh)
    for of_the_same in (
        {"access_token": OuterRef("pk")},
        {"grant": OuterRef("grant"), "authorized_at": OuterRef("authorized_at")},
    ):
        family = refresh.objects.filter(**of_the_same).order_by("-pk").values("token_family")[:1]
        access.objects.filter(token_family=None).update(token_family=Subquery(family))
    _fill_alone(access)
    schema_editor.connection.check_constraints()  # PostgreSQL alters no table with a check still to be made


def _fill_alone(model: Any) -> None:
    for pk in model.objects.filter(token_family=None).values_list("pk", flat=True).iterator():
        model.objects.filter(pk=pk).update(token_family=uuid.uuid4())


def fill_hosts(apps: Any, schema_editor: Any) -> None:
    """Only what is sure: the one host of an app that nobody changed since the consent.

    Whoever else is led to consent is asked once more, and what they agree to is written down then.
    """
    for app in apps.get_model("oauth", "Application").objects.iterator():
        hosts = {_agreed_host(uri) for uri in app.redirect_uris.split()}
        if len(hosts) == 1:
            app.grants.filter(granted_at__gte=app.updated).update(hosts=hosts.pop())


def _agreed_host(uri: str) -> str:
    parts = urlsplit(uri)
    return "localhost" if parts.hostname in LOCAL else parts.netloc


class Migration(migrations.Migration):
    dependencies = (("oauth", "0002_search_indexes"),)
    operations = (
        migrations.AddField(
            "grant",
            "hosts",
            models.TextField(blank=True, default="", help_text="Where the person agreed to be sent back to."),
        ),
        migrations.AddField("accesstoken", "token_family", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(fill_families, migrations.RunPython.noop),
        migrations.RunPython(fill_hosts, migrations.RunPython.noop),
        migrations.AlterField("accesstoken", "token_family", models.UUIDField(db_index=True, editable=False)),
        migrations.AlterField("refreshtoken", "token_family", models.UUIDField(editable=False)),
    )
