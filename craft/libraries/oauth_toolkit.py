"""django-oauth-toolkit. Every hardening gate is on; the rest of its defaults never comes into play."""

from apikeys.scopes import WORDING, Scope
from craft.lifetimes import (
    ACCESS_TOKEN_SECONDS,
    AUTHORIZATION_CODE_SECONDS,
    REFRESH_TOKEN_IDLE_SECONDS,
)

OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth.Application"
OAUTH2_PROVIDER_GRANT_MODEL = "oauth.AuthorizationCode"  # what the library calls a grant is the code
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth.AccessToken"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oauth.RefreshToken"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "oauth.IDToken"
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "api.oauth.protocol.server.Server",
    "OAUTH2_VALIDATOR_CLASS": "api.oauth.protocol.validator.Validator",
    "SCOPES": {scope.value: WORDING[scope].summary for scope in Scope},
    "DEFAULT_SCOPES": [Scope.READ.value],
    "ACCESS_TOKEN_GENERATOR": "api.oauth.protocol.server.new_access_token",
    "REFRESH_TOKEN_GENERATOR": "api.oauth.protocol.server.new_refresh_token",
    "ACCESS_TOKEN_EXPIRE_SECONDS": ACCESS_TOKEN_SECONDS,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": AUTHORIZATION_CODE_SECONDS,
    "REFRESH_TOKEN_EXPIRE_SECONDS": REFRESH_TOKEN_IDLE_SECONDS,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    "APPLICATION_ADMIN_CLASS": "api.oauth.admin.applications.ApplicationAdmin",
    "ACCESS_TOKEN_ADMIN_CLASS": "api.oauth.admin.tokens.AccessTokenAdmin",
    "REFRESH_TOKEN_ADMIN_CLASS": "api.oauth.admin.tokens.RefreshTokenAdmin",
    "GRANT_ADMIN_CLASS": "api.oauth.admin.tokens.AuthorizationCodeAdmin",
    "ID_TOKEN_ADMIN_CLASS": "api.oauth.admin.tokens.IDTokenAdmin",
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}
