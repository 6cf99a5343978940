"""Headers whose names and values are ours: 0.1 µs each, where Django looks at every character again for 2.

Never for what a caller or a row has written.
"""

from collections.abc import Mapping, ValuesView

from django.http.response import HttpResponseBase, ResponseHeaders

Headers = dict[str, tuple[str, str]]  # by the name in small letters, as Django keeps them


class CompleteHeaders(ResponseHeaders):
    """Those of an answer that is ready to be sent.

    Django lists them by looking each one up again by its name: 15 µs for the thirteen of an answer.
    """

    def __init__(self, headers: Headers) -> None:
        self._store = headers

    def items(self) -> ValuesView[tuple[str, str]]:  # type: ignore[override]  # the pairs alone are asked for
        return self._store.values()


def prepared(headers: Mapping[str, str]) -> Headers:
    """As they are put into answers."""
    return {name.lower(): (name, value) for name, value in headers.items()}


def put(response: HttpResponseBase, headers: Headers) -> None:
    """Set them."""
    response.headers._store.update(headers)  # Django's own: nothing public sets without looking


def complete(response: HttpResponseBase, headers: Headers) -> None:
    """Set those that the answer has none of."""
    response.headers = CompleteHeaders(headers | response.headers._store)
