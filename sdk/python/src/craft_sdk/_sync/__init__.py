# Made of ../_async/__init__.py by `make sdk-generate`: change that one.
"""The half for threads."""
