"""What a form held while the person signs in again, so that it comes back filled in. Never a secret.

A draft is that person's: who else signs in next in the same browser does not see it.
"""

from collections.abc import Mapping

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.models import User
from accounts.utils.keyed_hash import is_hash_of, keyed_hash

DRAFTS = "form-drafts"
SALT = "accounts.form-drafts"
FORM_OF = (
    "form-of"  # the hidden field of a form that may be sent after the session ended: to whom it was shown
)
DRAFT_MAX_LENGTH = 10_000  # characters of all its values; a session is read on every page
SECRET_FIELDS = ("password", "oldpassword", "password1", "pasted", "csrfmiddlewaretoken")


def keep_draft(request: HttpRequest, data: Mapping[str, object], name: str = "") -> None:
    """Remember what a form held while the person authenticates again, so that it comes back filled in.

    `name` says which form, by default the one at this path. Keeps text only, and no field that may
    hold a secret; a very long form is not kept, nor one of nobody knows whom.
    """
    values = {
        field: value for field, value in data.items() if isinstance(value, str) and field not in SECRET_FIELDS
    }
    owner = mark_of(request.user) or request.POST.get(FORM_OF, "")
    if owner and sum(len(value) for value in (owner, *values.values())) <= DRAFT_MAX_LENGTH:
        draft = {"of": owner, "values": values}
        request.session[DRAFTS] = {**request.session.get(DRAFTS, {}), name or request.path: draft}


def take_draft(request: HttpRequest, name: str = "") -> dict[str, str]:
    """What keep_draft remembered of this person for this form, once; empty when there is nothing."""
    drafts = dict(request.session.get(DRAFTS, {}))
    if (draft := drafts.pop(name or request.path, None)) is None:
        return {}
    request.session[DRAFTS] = drafts
    is_theirs = request.user.pk is not None and is_hash_of(draft["of"], SALT, str(request.user.pk))
    values: dict[str, str] = draft["values"] if is_theirs else {}
    return values


def mark_of(user: User | AnonymousUser) -> str:
    """What FORM_OF holds for a person, "" for nobody: no one else can make it, to fill a form in for them."""
    if user.pk is None:
        return ""
    return keyed_hash(SALT, str(user.pk))
