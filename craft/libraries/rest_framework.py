"""Django REST framework and drf-spectacular."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.APIKeyAuthentication",
        "api.oauth.authentication.OAuthTokenAuthentication",
        "api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "api.errors.handle",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "api.schema.view_schema.CraftSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Craft API",
    "VERSION": "1",
    "DESCRIPTION": "Build projects and drive them. Every answer has one shape; every credential has scopes.",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATION_PARAMETERS": False,
    "DEFAULT_GENERATOR_CLASS": "api.schema.document.Generator",
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # it reads ROOT_URLCONF, which has no /v1; a test checks it
    "POSTPROCESSING_HOOKS": ["api.schema.document.complete"],
    "COMPONENT_SPLIT_REQUEST": True,
}
