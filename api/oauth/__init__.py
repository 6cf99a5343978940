"""The OAuth 2.0 authorization server, on django-oauth-toolkit, and its pages."""
