"""Headers whose names and values are ours: 0.1 µs each, where Django looks at every character again for 2.

Never for what a caller or a row has written.
"""

from collections.abc import Mapping

from django.http.response import HttpResponseBase

Headers = dict[str, tuple[str, str]]  # by the name in small letters, as Django keeps them


def prepared(headers: Mapping[str, str]) -> Headers:
    """As they are put into answers."""
    return {name.lower(): (name, value) for name, value in headers.items()}


def put(response: HttpResponseBase, headers: Headers) -> None:
    """Set them."""
    response.headers._store.update(headers)  # Django's own: nothing public sets without looking


def put_missing(response: HttpResponseBase, headers: Headers) -> None:
    """Set those that the answer has none of."""
    store = response.headers._store
    response.headers._store = headers | store
