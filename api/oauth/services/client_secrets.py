"""The rules about the secrets of apps: two at most, so that one can be exchanged for the other."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.events import Event
from accounts.web.client import NOBODY, Client
from accounts.web.one_time_forms import refuse_used_form
from api.oauth.models import Application, ClientSecret
from api.oauth.services import mails
from api.oauth.services.app_rows import locked_app, log_app
from apikeys.tokens import Kind, generate, parse

MAX_SECRETS = 2


def make_secret(application: Application, form_id: str | None = None) -> str:
    """Make one without asking how many there are; return it in clear, to be shown once."""
    token = generate(Kind.CLIENT_SECRET)
    ClientSecret.objects.create(
        application=application, public_id=token.public_id, digest=token.digest, form_id=form_id
    )
    return token.raw


@transaction.atomic
def add_secret(application: Application, client: Client = NOBODY, *, form_id: str | None = None) -> str:
    """Make a second live secret; return it in clear, to be shown once.

    Raises ValidationError: public app, two already; FormUsed.
    """
    application = locked_app(application)
    if application.is_public:
        raise ValidationError("A public app has no secret: PKCE takes its place.")
    refuse_used_form(application.secrets.all(), form_id)
    if application.secrets.count() >= MAX_SECRETS:
        raise ValidationError("There are two secrets already. Delete the one that is not used any more.")
    raw_secret = make_secret(application, form_id)
    public_id = parse(raw_secret).public_id
    log_app(application, Event.SECRET_CREATED, client, public_id=public_id)
    mails.send_secret_created(application, client, public_id)
    return raw_secret


@transaction.atomic
def drop_secret(secret: ClientSecret, client: Client = NOBODY) -> None:
    """End a secret at once. Without any, the app cannot authenticate."""
    if ClientSecret.objects.filter(pk=secret.pk).delete()[0]:
        log_app(secret.application, Event.SECRET_DROPPED, client, public_id=secret.public_id)
