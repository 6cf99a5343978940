"""Account Settings → Activity: the security log in plain words. It tells of every app, so it is here."""
