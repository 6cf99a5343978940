"""Helpers that know nothing of accounts; every app may use them."""
