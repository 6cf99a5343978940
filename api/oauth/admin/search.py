"""What the admin's lists of OAuth are searched by."""

BY_APP_OR_PERSON = ("application__name", "application__client_id", "user__email")
