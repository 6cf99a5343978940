"""A key's settings: another name, permission or expiry."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from accounts.reauthentication import NeedsRecentSignIn, signed_in_recently
from accounts.web.client import client_of
from accounts.web.form_drafts import take_draft
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest
from apikeys import services
from apikeys.forms import KeySettingsForm
from apikeys.status import KeySummary
from apikeys.views.owner import (
    ask_to_sign_in_again_for_form,
    login_required_for_form,
    own_summary,
    render_key_page,
)


@login_required_for_form
@require_http_methods(["GET", "HEAD", "POST"])
def change_settings(request: SignedInRequest, uid: str) -> HttpResponse:
    """The form, and what it changes. Only what its sender changed is written."""
    summary = own_summary(request, uid)
    if request.method != "POST":
        draft = take_draft(request)
        return _page(request, summary, KeySettingsForm(summary=summary, draft=draft), came_back=bool(draft))
    form = KeySettingsForm(request.POST, summary=summary)
    if not form.is_valid():
        return _page(request, summary, form)
    try:
        key = services.change_key(
            summary.key,
            **form.changes(),
            may_widen=signed_in_recently(request),
            client=client_of(request),
        )
    except NeedsRecentSignIn:
        return ask_to_sign_in_again_for_form(request)
    except ValidationError as error:
        form.add_refusal(error)
        return _page(request, summary, form)
    except services.StateForbids as refused:
        notify(request, str(refused), kind="warning")
    else:
        notify(request, format_html("<strong>{}</strong> is saved.", key.name))
    return redirect("apikeys:key-settings", uid)


def _page(
    request: SignedInRequest, summary: KeySummary, form: KeySettingsForm, *, came_back: bool = False
) -> HttpResponse:
    return render_key_page(
        request, "apikeys/key_settings.html", summary, {"form": form, "came_back": came_back}
    )
