"""A database engine for settings.DATABASES: Django's PostgreSQL, with an end to every wait for the server."""
