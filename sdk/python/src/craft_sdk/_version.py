"""The version, in one place: the package, the User-Agent and `craft_sdk.__version__` read it."""

__version__ = "1.0.0"
