"""/v1/me, /v1/auth, /v1/api-keys, /v1/connected-apps and /v1/activity: the account of who is calling."""
