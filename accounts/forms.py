"""The forms of Account Settings; those of sign-in and of passwords are in accounts.signin.forms."""

from django import forms

from accounts.signin.fields import disable_keys_field, name_field
from accounts.utils.display_names import clean_name
from accounts.utils.time_zones import UTC, zones_by_area
from accounts.web.long_select import LongSelect


def _place(zone: str) -> str:
    """`Argentina, Buenos Aires` of `America/Argentina/Buenos_Aires`."""
    return zone.partition("/")[2].replace("/", ", ").replace("_", " ")


class EndSessionsForm(forms.Form):
    """What ends with all sessions."""

    disable_keys = disable_keys_field()


class NotificationsForm(forms.Form):
    """Which mails a person wants that are not about the account's security."""

    mails_about_expiry = forms.BooleanField(required=False, label="API keys that are about to expire")


class ProfileForm(forms.Form):
    """What a person may change about the account."""

    name = name_field()
    time_zone = forms.ChoiceField(
        label="Time zone",
        required=False,
        choices=[
            (UTC, UTC),
            *((area, [(zone, _place(zone)) for zone in zones]) for area, zones in zones_by_area().items()),
        ],
        widget=LongSelect,
        help_text="In which pages show times. Mails, files of usage and the API keep to UTC.",
        error_messages={"invalid_choice": "There is no such zone. Choose one from the list."},
    )

    def clean_name(self) -> str:
        """The name, trimmed. Raises ValidationError as clean_name does."""
        return clean_name(self.cleaned_data["name"])
