"""The rules about apps, grants and token families."""
