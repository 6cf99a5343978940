"""Which part of Craft a request is for, by its Host."""

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

HOSTS_KEPT = 256  # each deployment has a name of its own


class Hosts:
    """The names that requests are for, as far as this middleware has seen them."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}  # by the Host header
        self._preview = settings.PREVIEW_HOST

    def name_of(self, request: HttpRequest) -> str:
        """The name that the client asked for, in small letters: 10 µs by Django. Raises DisallowedHost."""
        header: str = request.META.get("HTTP_HOST", "")
        if (known := self._names.get(header)) is not None:
            return known
        name = split_domain_port(request.get_host())[0].lower()
        if header and len(self._names) < HOSTS_KEPT:
            self._names[header] = name
        return name

    def is_preview(self, name: str) -> bool:
        """Whether what is served there was published by somebody."""
        return name == self._preview or name.endswith(f".{self._preview}")
