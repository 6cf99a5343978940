"""The events of the log in groups that people know."""

from accounts.events import Event

# Name in the address → in words, and its events. A test sees that each event is in one.
KINDS: dict[str, tuple[str, tuple[Event, ...]]] = {
    "sign-in": (
        "Sign-in and sessions",
        (
            Event.LOGIN,
            Event.LOGIN_FAILED,
            Event.LOGOUT,
            Event.SESSION_ENDED,
            Event.SESSIONS_ENDED,
            Event.BROWSER_TRUSTED,
        ),
    ),
    "security": (
        "Password and factors",
        (
            Event.PASSWORD_CHANGED,
            Event.PASSWORD_RESET,
            Event.EMAIL_CHANGED,
            Event.FACTOR_ADDED,
            Event.FACTOR_REMOVED,
            Event.FACTORS_RESET,
            Event.RECOVERY_CODES_CREATED,
            Event.RECOVERY_CODE_USED,
            Event.EVERYTHING_REVOKED,
        ),
    ),
    "keys": (
        "API keys",
        (
            Event.KEY_CREATED,
            Event.KEY_CHANGED,
            Event.KEY_ROTATED,
            Event.KEY_DISABLED,
            Event.KEY_ENABLED,
            Event.KEY_DELETED,
            Event.KEY_RESTORED,
            Event.KEY_EXPIRED,
            Event.KEY_REVOKED,
        ),
    ),
    "connected-apps": (
        "Connected apps",
        (Event.GRANT_CREATED, Event.GRANT_EXTENDED, Event.GRANT_REVOKED, Event.TOKEN_REUSE),
    ),
    "developer-apps": (
        "Developer apps",
        (Event.APP_CREATED, Event.APP_CHANGED, Event.APP_DELETED, Event.SECRET_CREATED, Event.SECRET_DROPPED),
    ),
    "profile": (
        "Profile and account",
        (
            Event.SIGNUP,
            Event.PROFILE_CHANGED,
            Event.STAFF_CHANGED,
            Event.DATA_EXPORTED,
            Event.ACCOUNT_CLOSING,
            Event.ACCOUNT_KEPT,
        ),
    ),
    "projects": ("Projects", (Event.DEPLOYMENT_TAKEN_DOWN,)),
}
