"""How long things live: settings in seconds that no variable of the environment changes."""

RECENT_AUTHENTICATION_SECONDS = 15 * 60  # for what gives more power; afterwards the password is asked for
ADMIN_AUTHENTICATION_SECONDS = 12 * 3600  # to look around in the admin; to change something takes the above
LAST_SEEN_SECONDS = 5 * 60  # how exact a session's last use is: it is written no more often
DELETED_KEY_SECONDS = 7 * 86_400  # in which a deleted API key can be restored, and an ended one is listed
CLOSING_SECONDS = 7 * 86_400  # in which a closing account can be kept; then all of it is deleted
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60  # the code of a sign-up; the name is django-allauth's
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # that of a sign-in; limits count both as one
LOGIN_LINK_SECONDS = 3600  # at least as long as mails are counted, so that one of those sent still works
KNOWN_BROWSER_SECONDS = 365 * 86_400  # since its last sign-in
TRUSTED_BROWSER_SECONDS = 30 * 86_400  # in which it skips the second step
FACTOR_RESET_SECONDS = 24 * 3600  # in which the owner can stop staff's reset of second factors
ACCESS_TOKEN_SECONDS = 3600
AUTHORIZATION_CODE_SECONDS = 60
REFRESH_TOKEN_IDLE_SECONDS = 30 * 86_400
REFRESH_TOKEN_MAX_SECONDS = 90 * 86_400  # from the consent, however often it is refreshed
