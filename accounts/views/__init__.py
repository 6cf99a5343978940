"""The pages of Account Settings about the account itself. Those of signing in: accounts.signin.urls."""
