"""The pages under Account Settings → API Keys. They ask the services and hold no rule themselves."""
