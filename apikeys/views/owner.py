"""What the pages of a key's owner share."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.reauthentication import ask_to_sign_in_again
from accounts.web.form_drafts import keep_draft
from accounts.web.requests import SignedInRequest
from apikeys.forms import KeyForm
from apikeys.models import APIKey


def own_key(request: SignedInRequest, uid: str) -> APIKey:
    """The owner's key of that id; 404 for anybody else's."""
    key: APIKey = get_object_or_404(request.user.api_keys.listed(timezone.now()).with_public_id(), uid=uid)
    return key


def ask_to_sign_in_again_for(request: SignedInRequest, form: KeyForm) -> HttpResponse:
    """Ask for the password; the form then comes back as it was sent."""
    keep_draft(request, {field: form.cleaned_data[field] for field in KeyForm.base_fields})
    return ask_to_sign_in_again(request)
