"""The endpoints below /v1/projects."""
