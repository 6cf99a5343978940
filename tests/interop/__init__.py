"""Clients that others wrote, unchanged, against the real server: what they get is what a developer gets."""
