"""The generator of /docs/: guides and the API reference."""
