"""The OAuth endpoints in the OpenAPI document: plain views, so written down by hand."""

from typing import Any

from django.conf import settings

from accounts.utils.durations import duration_in_words
from api.schema.operation import MEANINGS
from apikeys.tokens import Kind, beginning

_text = {"type": "string"}
CODE_LIFETIME = duration_in_words(settings.AUTHORIZATION_CODE_SECONDS)

OAUTH_SHAPES: dict[str, Any] = {
    "OAuthTokens": {
        "type": "object",
        "required": ["access_token", "token_type", "expires_in", "refresh_token", "scope"],
        "properties": {
            "access_token": {**_text, "description": f"`{beginning(Kind.ACCESS_TOKEN)}…`"},
            "expires_in": {"type": "integer", "description": "Seconds until the access token ends."},
            "token_type": {**_text, "enum": ["Bearer"], "description": "How it is sent."},
            "scope": {**_text, "description": "What the tokens may do, separated by spaces."},
            "refresh_token": {
                **_text,
                "description": f"`{beginning(Kind.REFRESH_TOKEN)}…`; each one works once.",
            },
        },
    },
    "OAuthError": {
        "type": "object",
        "description": "RFC 6749, section 5.2.",
        "required": ["error", "error_description"],
        "properties": {
            "error": {**_text, "description": "For programs."},
            "error_description": {**_text, "description": "For people."},
        },
    },
    "OAuthIntrospection": {
        "type": "object",
        "description": "RFC 7662, section 2.2.",
        "required": ["active"],
        "properties": {
            "active": {
                "type": "boolean",
                "description": "False for what is no live token of the app: then this is all.",
            },
            "scope": {**_text, "description": "What it may do, separated by spaces."},
            "client_id": {**_text, "description": "Of the app."},
            "sub": {**_text, "description": "The person it acts for: `user_…`."},
            "iss": {**_text, "description": "Who issued it."},
            "aud": {**_text, "description": "What it is for."},
            "iat": {"type": "integer", "description": "When it was issued, in Unix seconds."},
            "exp": {"type": "integer", "description": "When it ends, in Unix seconds."},
            "token_type": {**_text, "description": "`Bearer`."},
        },
    },
}


TOKEN: dict[str, Any] = {
    "token": {**_text, "description": "An access or refresh token of the app."},
    "token_type_hint": {**_text, "description": "Not needed: the token tells its type."},
}
CLIENT: dict[str, Any] = {
    "client_id": {**_text, "description": "Of the app: `app_…`. Left out with HTTP Basic."},
    "client_secret": {**_text, "description": f"`{beginning(Kind.CLIENT_SECRET)}…`. A public app has none."},
}


def _operation(
    operation_id: str,
    summary: str,
    text: str,
    properties: dict[str, Any],
    required: list[str],
    answer: dict[str, Any],
) -> dict[str, Any]:
    body = {
        "type": "object",
        "properties": {**properties, **CLIENT},
        "required": required,
    }
    content = {"application/json": {"schema": body}, "application/x-www-form-urlencoded": {"schema": body}}
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/OAuthError"}}}
    return {
        "post": {
            "operationId": operation_id,
            "summary": summary,
            "description": text,
            "tags": ["oauth"],
            "security": [],
            "requestBody": {"required": True, "content": content},
            "responses": {
                "200": {"description": "Done.", "content": {"application/json": {"schema": answer}}},
                "400": {
                    "description": "`error` and `error_description` say what is wrong.",
                    "content": error,
                },
                "401": {
                    "description": "The client id or secret is wrong, or the app is disabled.",
                    "content": error,
                },
                "411": {"description": "Send the body with a Content-Length, not chunked.", "content": error},
                "413": {"description": "The body has more than 64 kB.", "content": error},
                "429": {"description": "Too many requests. Wait `Retry-After` seconds.", "content": error},
                "500": {"description": MEANINGS[500], "content": error},
                "503": {
                    "description": "Craft cannot answer right now. Wait `Retry-After` seconds.",
                    "content": error,
                },
            },
        }
    }


OAUTH_PATHS: dict[str, Any] = {
    "/v1/oauth/token": _operation(
        "createOAuthToken",
        "Get or refresh tokens",
        "Exchanges an authorization code for tokens, or a refresh token for new ones (RFC 6749). The client "
        "id and secret may also be sent by HTTP Basic; a public app has no secret and proves itself by PKCE.",
        {
            "grant_type": {**_text, "enum": ["authorization_code", "refresh_token"]},
            "code": {**_text, "description": f"From the redirect. It works once, for {CODE_LIFETIME}."},
            "redirect_uri": {**_text, "description": "The one that authorize was asked with."},
            "code_verifier": {
                **_text,
                "description": "Of PKCE, if authorize got a challenge: 43 to 128 characters.",
            },
            "refresh_token": {**_text, "description": "The newest one: each works once."},
            "scope": {**_text, "description": "With a refresh token: fewer scopes than were granted."},
        },
        ["grant_type"],
        {"$ref": "#/components/schemas/OAuthTokens"},
    ),
    "/v1/oauth/revoke": _operation(
        "revokeOAuthToken",
        "Revoke tokens",
        "Ends the token and every other that came of the same code (RFC 7009). An unknown token is no error.",
        TOKEN,
        ["token"],
        {"type": "object", "maxProperties": 0},
    ),
    "/v1/oauth/introspect": _operation(
        "introspectOAuthToken",
        "Introspect a token",
        "Whether a token of your own app is live, and what it may do (RFC 7662).",
        TOKEN,
        ["token"],
        {"$ref": "#/components/schemas/OAuthIntrospection"},
    ),
}
