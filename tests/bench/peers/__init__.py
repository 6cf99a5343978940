"""What Craft is compared with: minimal, idiomatic apps that answer as /v1/me does. README.md says how."""
