"""OAuth 2.0: authorize URL, callback, refresh by itself, revocation."""
