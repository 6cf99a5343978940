"""A page of the admin for API keys: find the one that was pasted."""

import hmac

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.debug import sensitive_post_parameters

from apikeys import tokens
from apikeys.admin.forms import FindForm
from apikeys.models import RESTORABLE_IN_WORDS, APIKeySecret

KEY_BEGINNING = tokens.beginning(tokens.Kind.API_KEY)


class NotFound(Exception):
    """No key belongs to what was pasted; the message says why and never repeats it."""


@sensitive_post_parameters()
def find_view(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    """Lead from a pasted key to its page. What was pasted stands in no answer, address, message or log."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    error = ""
    if request.method == "POST":
        try:
            secret, is_true = _find(FindForm(request.POST))
        except NotFound as reason:
            error = str(reason)
        else:
            if is_true:
                messages.success(request, "The pasted key is genuine: its secret is the one handed out.")
            else:
                messages.warning(
                    request, "The pasted key names this one, but its secret is not the true one."
                )
            return redirect("admin:apikeys_apikey_change", secret.key_id)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Find by key",
        "opts": model_admin.opts,
        "form": FindForm(),
        "error": error,
    }
    return TemplateResponse(request, "admin/apikeys/apikey/find.html", context, status=400 if error else 200)


def _find(form: FindForm) -> tuple[APIKeySecret, bool]:
    """The secret's row that a pasted text belongs to, and whether the text holds that very secret."""
    if not form.is_valid():
        raise NotFound("Paste a key, or a text of at most 10,000 characters that holds one.")
    word = tokens.find_word(form.cleaned_data["pasted"])
    if word is None:
        raise NotFound(f"There is no Craft key in the pasted text. A key begins with {KEY_BEGINNING}.")
    try:
        token = tokens.parse(word)
    except tokens.MalformedToken:
        raise NotFound(
            f"This key looks incomplete or mistyped. Its public id, the 12 characters after {KEY_BEGINNING}, "
            "can be searched for in the list."
        ) from None
    if token.kind is not tokens.Kind.API_KEY:
        raise NotFound("This is a Craft token, but not an API key.")
    secret = APIKeySecret.objects.filter(public_id=token.public_id).first()
    if secret is None:
        raise NotFound(
            f"This is a key, but none that is kept here. Keys go {RESTORABLE_IN_WORDS} after they ended."
        )
    return secret, hmac.compare_digest(bytes(secret.digest), token.digest)
