"""The pages under Account Settings → API Keys. They ask the services and hold no rule themselves."""

import json
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.agents import agent_name
from accounts.client import client_of
from accounts.models import User
from accounts.notices import notify
from accounts.recent import ask_again, is_recent, keep_draft, require_recent, take_draft
from apikeys import health, services
from apikeys.forms import CreateKeyForm, DeleteKeyForm, KeyForm
from apikeys.models import APIKey

EXAMPLES_IN = ("curl", ".env", "JavaScript", "Python")
AFTER_DELETION = "Requests with it are answered 401 from now on. You can restore it for 7 days."


class OwnerRequest(HttpRequest):
    """A request behind login_required."""

    user: User


@login_required
@require_safe
def list_keys(request: OwnerRequest) -> HttpResponse:
    """All keys of the owner; `?show=` names a filter."""
    inventory = health.take_inventory(request.user, timezone.now())
    chosen = next((each for each in health.Filter if each == request.GET.get("show")), None)
    context = {
        "inventory": inventory,
        "lines": inventory.filtered(chosen),
        "chosen": chosen,
        "filters": [(each, len(inventory.filtered(each))) for each in health.Filter],
        "expired": inventory.count(health.Health.EXPIRED),
        "inactive_counts": [f"{n} {each}" for each in health.ENDED.values() if (n := inventory.count(each))],
        "limit": services.MAX_LIVE_KEYS,
        "api_url": settings.API_URL,
        "answer": {name: _as_json(getattr(request.user, name)) for name in ("uid", "email", "name")},
    }
    return render(request, "apikeys/key_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables()
def create_key(request: OwnerRequest) -> HttpResponse:
    """The form, and straight from its POST the one page that shows the new key."""
    if request.method != "POST":
        return _creation_page(request, CreateKeyForm(initial=take_draft(request)))
    form = CreateKeyForm(request.POST)
    if not form.is_valid():
        return _creation_page(request, form)
    try:
        services.refuse_used_form(request.user, form.cleaned_data["form_id"])
        if not is_recent(request):
            return _ask_again(request, form)
        key, raw_key = services.create_key(request.user, **form.cleaned_data, client=client_of(request))
    except services.FormUsed as used:
        return render(request, "apikeys/key_created_already.html", {"key": used.key})
    except ValidationError as error:
        form.add_error(None, error)
        return _creation_page(request, form)
    context = {"key": key, "raw_key": raw_key, "api_url": settings.API_URL, "languages": EXAMPLES_IN}
    return render(request, "apikeys/key_secret.html", context)


@login_required
@require_safe
def show_key(request: OwnerRequest, uid: str) -> HttpResponse:
    """One key: what it may do, when it was used, how it ends."""
    line = health.examine(_own_key(request, uid), timezone.now())
    context = {"line": line, "key": line.key, "requests_24h": health.requests_of_a_day(line)}
    return render(request, "apikeys/key_show.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_key(request: OwnerRequest, uid: str) -> HttpResponse:
    """Another name or permission."""
    key = _own_key(request, uid)
    if request.method != "POST":
        kept = {"name": key.name, "permission": key.permission} | take_draft(request)
        return _edit_page(request, key, KeyForm(initial=kept))
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, key, form)
    try:
        key = services.change_key(
            key, **form.cleaned_data, may_widen=is_recent(request), client=client_of(request)
        )
    except services.NeedsRecentSignIn:
        return _ask_again(request, form)
    except ValidationError as error:
        form.add_error(None, error)
        return _edit_page(request, key, form)
    except services.KeyEnded as ended:
        notify(request, str(ended), kind="warning")
    else:
        notify(request, format_html("<strong>{}</strong> is saved.", key.name))
    return redirect("apikeys:key-show", uid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_key(request: OwnerRequest, uid: str) -> HttpResponse:
    """The facts, then the end of a key. With `?dialog` only what goes into the dialog of another page."""
    line = health.examine(_own_key(request, uid), timezone.now())
    if not line.key.is_live:
        notify(request, format_html("<strong>{}</strong> has ended already.", line.key.name), kind="notice")
        return redirect("apikeys:key-show", uid)
    form = DeleteKeyForm(request.POST if request.method == "POST" else None, line=line)
    if not form.is_valid():
        return _deletion_page(request, line, form)
    try:
        key = services.delete_key(line.key, client_of(request))
    except services.KeyEnded as ended:
        notify(request, str(ended), kind="notice")
    else:
        deleted = format_html("<strong>{}</strong> is deleted.", key.name)
        undo = reverse("apikeys:key-restore", args=[uid])
        notify(request, deleted, detail=AFTER_DELETION, action_url=undo)
    return redirect("apikeys:key-list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def restore_key(request: OwnerRequest, uid: str) -> HttpResponse:
    """Undo a deletion. GET asks, since a person who had to sign in again comes back by GET."""
    key = _own_key(request, uid)
    if request.method != "POST":
        return _restoration_page(request, key)
    if sign_in_again := require_recent(request):
        return sign_in_again
    try:
        key = services.restore_key(key, client_of(request))
    except services.KeyEnded as ended:
        notify(request, str(ended), kind="warning")
        return redirect("apikeys:key-show", uid)
    except ValidationError as error:
        return _restoration_page(request, key, error.messages)
    notify(request, format_html("<strong>{}</strong> is restored.", key.name))
    return redirect("apikeys:key-list")


@login_required
@require_safe
@never_cache
def show_first_use(request: OwnerRequest, uid: str) -> JsonResponse:
    """Whether a new key was used and by whom: `{"received": …, "from": address, "agent": program}`."""
    key = health.examine(_own_key(request, uid), timezone.now()).key
    caller = {"from": key.last_used_ip or "", "agent": agent_name(key.last_used_agent)}
    return JsonResponse({"received": True, **caller} if key.last_used_at else {"received": False})


def _own_key(request: OwnerRequest, uid: str) -> APIKey:
    """The owner's key of that id; 404 for anybody else's."""
    key: APIKey = get_object_or_404(request.user.api_keys.listed(timezone.now()).with_public_id(), uid=uid)
    return key


def _as_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _creation_page(request: OwnerRequest, form: CreateKeyForm) -> HttpResponse:
    context = {"form": form, "has_room": services.has_room(request.user), "too_many": services.TOO_MANY}
    return render(request, "apikeys/key_create.html", context)


def _edit_page(request: OwnerRequest, key: APIKey, form: KeyForm) -> HttpResponse:
    if not key.is_live:
        return redirect("apikeys:key-show", key.uid)
    return render(request, "apikeys/key_edit.html", {"key": key, "form": form})


def _deletion_page(request: OwnerRequest, line: health.KeyLine, form: DeleteKeyForm) -> HttpResponse:
    kind = "_dialog" if "dialog" in request.GET else ""
    context = {"line": line, "key": line.key, "form": form, "requests_24h": health.requests_of_a_day(line)}
    return render(request, f"apikeys/key_delete{kind}.html", context)


def _restoration_page(request: OwnerRequest, key: APIKey, errors: Sequence[str] = ()) -> HttpResponse:
    if not key.restorable_until:
        return redirect("apikeys:key-show", key.uid)
    return render(request, "apikeys/key_restore.html", {"key": key, "errors": errors})


def _ask_again(request: OwnerRequest, form: KeyForm) -> HttpResponse:
    """Ask for the password; the form then comes back as it was sent."""
    keep_draft(request, {field: form.cleaned_data[field] for field in KeyForm.base_fields})
    return ask_again(request)
