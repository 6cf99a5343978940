"""What the admin's lists of OAuth are searched by."""

BY_APP_OR_PERSON = (
    "application__client_id__exact",
    "application__name__istartswith",
    "user__email__iexact",
    "user__uid__exact",
)
