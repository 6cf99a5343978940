"""What a form held while the person signs in again, so that it comes back filled in. Never a secret."""

from collections.abc import Mapping

from django.http import HttpRequest

DRAFTS = "drafts"
DRAFT_MAX_LENGTH = 10_000  # characters of all its values; a session is read on every page
SECRET_FIELDS = ("password", "oldpassword", "password1", "pasted", "csrfmiddlewaretoken")


def keep_draft(request: HttpRequest, data: Mapping[str, object], name: str = "") -> None:
    """Remember what a form held while the person authenticates again, so that it comes back filled in.

    `name` says which form, by default the one at this path. Keeps text only, and no field that may
    hold a secret; a very long form is not kept.
    """
    values = {
        field: value for field, value in data.items() if isinstance(value, str) and field not in SECRET_FIELDS
    }
    if sum(len(value) for value in values.values()) <= DRAFT_MAX_LENGTH:
        request.session[DRAFTS] = {**request.session.get(DRAFTS, {}), name or request.path: values}


def take_draft(request: HttpRequest, name: str = "") -> dict[str, str]:
    """What keep_draft remembered for this form, once; empty when there is nothing."""
    drafts = dict(request.session.get(DRAFTS, {}))
    values: dict[str, str] = drafts.pop(name or request.path, {})
    if values:
        request.session[DRAFTS] = drafts
    return values
