"""django-allauth: sign-up, sign-in, reset, re-authentication and second factors."""

from craft.lifetimes import RECENT_AUTHENTICATION_SECONDS, TRUSTED_BROWSER_SECONDS

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/settings/"
ACCOUNT_ADAPTER = "accounts.signin.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.signin.forms.SignupForm",
    "user_token": "accounts.signin.forms.ResetTokenForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True  # an account has one address
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/login/"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "allauth.account.forms.EmailAwarePasswordResetTokenGenerator"
ACCOUNT_REAUTHENTICATION_TIMEOUT = RECENT_AUTHENTICATION_SECONDS
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    # Passwords and mails are counted in the database, by accounts.signin.limits.
    "login": "",
    "login_failed": "",
    "reauthenticate": "",
    "change_password": "",
    "confirm_email": "",
    "signup": "",
    # Counted in the cache, for they only annoy. The first three are of accounts.signin.
    "login_form": "30/m/ip",
    "signup_form": "20/m/ip",
    "passkey_options": "60/m/ip",  # each page of signing in asks once
    "reset_password": "20/m/ip",
}
PASSWORD_RESET_TIMEOUT = 3600
MFA_ADAPTER = "accounts.signin.factors.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Craft"
MFA_TOTP_TOLERANCE = 1  # a code may be typed slowly, and clocks differ; none works twice
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_NAME = "trusted_browser"
MFA_TRUST_COOKIE_AGE = TRUSTED_BROWSER_SECONDS
USERSESSIONS_TRACK_ACTIVITY = False  # it writes on every request
