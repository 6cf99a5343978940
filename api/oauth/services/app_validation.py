"""What an app may be called and say of itself. Forms and services judge by these same functions.

Each takes what somebody typed and gives what is stored; each raises ValidationError.
"""

import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from accounts.utils.display_names import JOINERS, clean_name, name_key
from apikeys.scopes import Scope, in_order

MAX_WEBSITE = 300
MAX_DESCRIPTION = 500
OURS = "craft"
# Letters of other scripts that look like those of our name.
LOOK_ALIKES = str.maketrans("сϲᴄгʀᴦаαɑᴀƒꞙтτᴛ", "cccrrraaaaffttt")
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_is_url = URLValidator(schemes=["https", "http"], message="Enter a full address such as https://yourapp.com.")


def clean_app_name(name: str) -> str:
    """A name that does not pass for Craft's own, however it is written: full-width, dotted, in Cyrillic."""
    name = clean_name(name)
    letters = (c for c in unicodedata.normalize("NFD", name_key(name)) if unicodedata.category(c)[0] in "LN")
    if "".join(letters).translate(LOOK_ALIKES).startswith(OURS):
        raise ValidationError("An app's name cannot begin with Craft: people would take it for ours.")
    return name


def clean_website(website: str) -> str:
    """An http or https address, or nothing."""
    website = website.strip()
    if len(website) > MAX_WEBSITE:
        raise ValidationError(f"Website has {len(website)} characters. Use at most {MAX_WEBSITE}.")
    if website and not (website.isascii() and website.isprintable() and "@" not in website):
        raise ValidationError("Website may hold only plain ASCII and no @. Write a host in its xn-- form.")
    if website:
        _is_url(website)
    return website


def clean_description(description: str) -> str:
    """One line of text without invisible characters."""
    text = " ".join(description.split())
    if len(text) > MAX_DESCRIPTION:
        raise ValidationError(f"Description has {len(text)} characters. Use at most {MAX_DESCRIPTION}.")
    if any(unicodedata.category(c) in INVISIBLE and c not in JOINERS for c in text):
        raise ValidationError("Description holds a control or invisible character. Type it again without.")
    return text


def clean_scopes(scopes: Iterable[str], *, admin_enabled: bool) -> str:
    """Scopes as they are stored: separated by spaces, in their order."""
    wanted = set(scopes)
    if not wanted:
        raise ValidationError("Choose at least one scope.")
    if wanted - set(Scope):
        raise ValidationError(f"Scopes are {', '.join(Scope)}.")
    if Scope.ADMIN in wanted and not admin_enabled:
        raise ValidationError("Craft's staff must first allow this app to ask for admin. Write to support.")
    return " ".join(in_order(wanted))
