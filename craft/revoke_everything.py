"""Account Settings → Security → Revoke everything: what can act for a person, ended by one press."""

from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import mails, security_log
from accounts.events import Event
from accounts.models import User
from accounts.services import end_app_tokens, end_sessions_of, lock_account, sessions_of
from accounts.signin.factors.trust import trusted_by
from accounts.web.client import Client, client_of
from accounts.web.requests import SignedInRequest
from accounts.web.user_agents import program_name
from api.oauth.models import Grant
from api.oauth.services.grants import lock_grants_of, revoke_grant
from apikeys.models import APIKey
from apikeys.services import disable_keys_of, is_disabled_for_good
from apikeys.usage.reports import recent_use_of

NAMED_AT_MOST = 20  # of a kind, in the mail
DAYS = 30  # whose requests are told


@dataclass(frozen=True, slots=True)
class Actors:
    """What can act for a person, but for the session with the key that was given."""

    keys: list[APIKey]
    grants: list[Grant]
    sessions: list[UserSession]
    trusted: int = 0  # browsers that skip the second step

    @property
    def last_used(self) -> APIKey | None:
        """The key that was used last, if any was."""
        used = [key for key in self.keys if key.last_used_at]
        return max(used, key=lambda key: (key.last_used_at, key.pk), default=None)

    @property
    def apps(self) -> list[str]:
        """The names of the apps."""
        return [grant.application.name for grant in self.grants]

    @property
    def browsers(self) -> list[str]:
        """What the sessions are in, each once."""
        return list(dict.fromkeys(program_name(each.user_agent) or "unknown" for each in self.sessions))

    def __bool__(self) -> bool:
        return bool(self.keys or self.grants or self.sessions or self.trusted)


class RevokeForm(forms.Form):
    """What of it ends: a box each, all ticked beforehand."""

    keys = forms.BooleanField(required=False, initial=True)
    apps = forms.BooleanField(required=False, initial=True)
    sessions = forms.BooleanField(required=False, initial=True)

    def clean(self) -> None:
        """Refuse a form that ends nothing."""
        if not any(self.cleaned_data.values()):
            self.add_error(None, "Nothing is ticked. Tick what has to end.")


def actors_of(user: User, *, but_for: str | None) -> Actors:
    """What there is right now."""
    now = timezone.now()
    keys = user.api_keys.live().select_related("user").order_by("name_key")
    return Actors(
        [key for key in keys if not is_disabled_for_good(key, now)],
        list(Grant.objects.filter(user=user).select_related("application").order_by("application__name")),
        list(sessions_of(user, but_for=but_for)),
        trusted_by(user).count(),
    )


@transaction.atomic
def revoke(
    user: User, *, keys: bool, apps: bool, sessions: bool, but_for: str | None, client: Client
) -> Actors:
    """End it all at once, and return what ended.

    Keys are disabled: each comes back by enabling alone. Those that an app made end with the app. With the
    apps, no request that is under way makes a key or a consent any more. The owner is told of what ended;
    where there was nothing any more, as on a second press, of nothing.
    """
    lock_account(user)  # then grants, then keys: the order of all who lock several of these
    grants = lock_grants_of(user) if apps else []
    trusted = trusted_by(user).count()
    ended = Actors(
        disable_keys_of(user, client) if keys else [],
        grants,
        end_sessions_of(user, but_for=but_for) if sessions else [],
        trusted if sessions else 0,
    )
    for grant in grants:
        revoke_grant(grant, client)
    if apps:
        end_app_tokens(user)
    if ended:
        security_log.record(
            user,
            Event.EVERYTHING_REVOKED,
            client,
            keys=len(ended.keys),
            apps=len(ended.grants),
            sessions=len(ended.sessions),
        )
        mails.queue_notice("craft/email/everything_revoked", user, client, lines=_lines(ended))
    return ended


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_everything(request: SignedInRequest) -> HttpResponse:
    """What ends, and the end of it. It never asks who it is again: ending never does."""
    key = request.session.session_key
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        revoke(request.user, **form.cleaned_data, but_for=key, client=client_of(request))
        return redirect("revoke-everything-done")
    actors = actors_of(request.user, but_for=key)
    uses = recent_use_of(Q(key__in=actors.keys), timezone.now(), DAYS)
    context = {
        "form": form,
        "actors": actors,
        "requests": sum(use.requests for use in uses.values()),
        "days": DAYS,
    }
    return render(request, "craft/revoke_everything.html", context)


@login_required
@require_safe
def show_revoked(request: SignedInRequest) -> HttpResponse:
    """What ended last, and what to do next, so that nobody comes back."""
    last = request.user.activity.filter(event=Event.EVERYTHING_REVOKED).order_by("-at", "-id").first()
    actors = actors_of(request.user, but_for=request.session.session_key)
    return render(request, "craft/revoked.html", {"last": last, "actors": actors})


def _lines(ended: Actors) -> list[tuple[str, str]]:
    """What ended as lines of the mail: a label, and a name."""
    kinds = (
        ("API key", [f"{key.name}, {key.shown_id}" for key in ended.keys]),
        ("App", ended.apps),
        ("Session", [f"{program_name(each.user_agent) or 'unknown'}, {each.ip}" for each in ended.sessions]),
    )
    return [line for label, names in kinds for line in _named(label, names)]


def _named(label: str, names: list[str]) -> list[tuple[str, str]]:
    more = len(names) - NAMED_AT_MOST
    return [(label, name) for name in names[:NAMED_AT_MOST]] + (
        [(label, f"and {more} more")] if more > 0 else []
    )
