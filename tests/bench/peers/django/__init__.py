"""The peers that are Django apps: bare views, DRF's tokens, djangorestframework-api-key, knox, DOT."""
