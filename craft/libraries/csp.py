"""django-csp: what pages may load and lead to."""


def content_security_policy(api_origin: str | None) -> dict[str, dict[str, list[str]]]:
    """No inline script or style, nothing from elsewhere but `api_origin`, the API on a host of its own."""
    return {
        "DIRECTIVES": {
            "default-src": ["'none'"],
            "script-src": ["'self'"],
            "style-src": ["'self'"],
            "font-src": ["'self'"],
            "connect-src": ["'self'", *([api_origin] if api_origin else [])],
            "img-src": ["'self'", "data:"],
            "manifest-src": ["'self'"],
            "form-action": ["'self'"],
            "frame-ancestors": ["'none'"],
            "base-uri": ["'none'"],
        }
    }
