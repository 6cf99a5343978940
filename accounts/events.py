"""Everything that the security log can hold."""

from typing import Self

from django.db import models


class Event(models.TextChoices):
    """An event: its name in `/v1/activity`, its icon, whether it is a warning, and how pages say it."""

    icon: str
    is_warning: bool

    def __new__(cls, value: str, icon: str = "", is_warning: str = "") -> Self:
        """Take a row of the table; the label at its end is Django's. A test sees that each has an icon."""
        event = str.__new__(cls, value)
        event._value_ = value
        event.icon, event.is_warning = icon, bool(is_warning)
        return event

    SIGNUP = "signup", "user", "Account created"
    LOGIN = "login", "ok", "Signed in"
    LOGIN_FAILED = "login_failed", "alert", "warning", "Sign-in failed"
    LOGOUT = "logout", "external", "Signed out"
    SESSION_ENDED = "session_ended", "external", "Session ended"
    SESSIONS_ENDED = "sessions_ended", "external", "Signed out everywhere"
    PASSWORD_CHANGED = "password_changed", "shield", "Password changed"
    PASSWORD_RESET = "password_reset", "shield", "Password reset by e-mail"
    EMAIL_CHANGED = "email_changed", "mail", "E-mail address changed"
    FACTOR_ADDED = "factor_added", "shield", "Second factor added"
    FACTOR_REMOVED = "factor_removed", "shield", "warning", "Second factor removed"
    FACTORS_RESET = "factors_reset", "shield", "warning", "Second factors reset by staff"
    RECOVERY_CODES_CREATED = "recovery_codes_created", "shield", "Recovery codes created"
    RECOVERY_CODE_USED = "recovery_code_used", "shield", "warning", "Recovery code used"
    BROWSER_TRUSTED = "browser_trusted", "device", "Browser trusted for 30 days"
    EVERYTHING_REVOKED = "everything_revoked", "alert", "warning", "Access revoked"
    DATA_EXPORTED = "data_exported", "download", "Data exported"
    ACCOUNT_CLOSING = "account_closing", "alert", "warning", "Account closing"
    ACCOUNT_KEPT = "account_kept", "ok", "Account kept"
    STAFF_CHANGED = "staff_changed", "shield", "warning", "Staff rights changed"
    PROFILE_CHANGED = "profile_changed", "pencil", "Profile changed"
    KEY_CREATED = "key_created", "key", "API key created"
    KEY_CHANGED = "key_changed", "pencil", "API key changed"
    KEY_ROTATED = "key_rotated", "rotate", "API key rotated"
    KEY_DISABLED = "key_disabled", "pause", "warning", "API key disabled"
    KEY_ENABLED = "key_enabled", "ok", "API key enabled"
    KEY_DELETED = "key_deleted", "trash", "API key deleted"
    KEY_RESTORED = "key_restored", "rotate", "API key restored"
    KEY_EXPIRED = "key_expired", "clock", "warning", "API key expired"
    KEY_REVOKED = "key_revoked", "alert", "warning", "API key revoked"
    APP_CREATED = "app_created", "code", "App registered"
    APP_CHANGED = "app_changed", "pencil", "App changed"
    APP_DELETED = "app_deleted", "trash", "App deleted"
    SECRET_CREATED = "secret_created", "key", "Client secret created"
    SECRET_DROPPED = "secret_dropped", "trash", "Client secret deleted"
    GRANT_CREATED = "grant_created", "plug", "App connected"
    GRANT_EXTENDED = "grant_extended", "plug", "App given more access"
    GRANT_REVOKED = "grant_revoked", "plug", "App disconnected"
    DEPLOYMENT_TAKEN_DOWN = "deployment_taken_down", "alert", "warning", "Published page taken down"
    TOKEN_REUSE = "token_reuse", "alert", "warning", "App disconnected: its token was used twice"
