"""Everything that can go wrong, as classes by code."""

from collections.abc import Mapping, Sequence

Details = Mapping[str, Sequence[str]]


class CraftError(Exception):
    """The base of all errors of this SDK.

    Attributes:
        code: the API's code, such as `NOT_FOUND`, or one of this SDK, such as `TIMEOUT`.
        status: HTTP status; None when there was no answer.
        message: a sentence for a person.
        details: each bad field or parameter and its reasons; empty unless the API gave some.
        request_id: X-Request-ID of the answer, for Craft's support; None when there was none.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        status: int | None = None,
        details: Details | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.details: Details = details or {}
        self.request_id = request_id

    def __str__(self) -> str:
        reasons = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in self.details.items())
        origin = ", ".join(
            part for part in (self.code, self.request_id and f"request {self.request_id}") if part
        )
        why = self._why()
        sentence = f"{self.message.rstrip('.')}: {why}" if why else self.message
        return sentence + (f" ({reasons})" if reasons else "") + (f" [{origin}]" if origin else "")

    def _why(self) -> str:
        """What else the answer tells a person of the cause."""
        return ""


class ConfigurationError(CraftError, ValueError):
    """The client was set up wrongly, or a credential looks cut or mistyped. Nothing was sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="CONFIGURATION")


class APIConnectionError(CraftError):
    """No answer came: no connection, or it broke off. `__cause__` says more."""

    def __init__(self, message: str, *, code: str = "CONNECTION") -> None:
        super().__init__(message, code=code)


class APITimeoutError(APIConnectionError):
    """No answer came in time (`timeout`)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="TIMEOUT")


class UnexpectedAnswerError(CraftError):
    """The answer is not the API's: an error page of a proxy, a redirect, or a wrong `base_url`.

    Attributes:
        retry_after: seconds to wait before another try, where the answer says so.
    """

    retry_after: float | None = None


class OAuthError(CraftError):
    """OAuth failed.

    `code` is the error of RFC 6749, such as `invalid_grant` or `access_denied`, or one of this SDK:
    `state_mismatch`, `issuer_mismatch`, `invalid_callback`, `no_tokens`.
    """


class InvalidRequestError(CraftError):
    """400: `details` maps each bad field or parameter to its reasons."""


class UnauthorizedError(CraftError):
    """401: no valid credential.

    Attributes:
        description: why, where the API tells (`error_description` of WWW-Authenticate); else None.
    """

    description: str | None = None

    def _why(self) -> str:
        return self.description or ""


class ForbiddenError(CraftError):
    """403: the credential lacks a scope, or the resource belongs to another user.

    Attributes:
        scope: the scope that is missing; None when it is not about a scope.
    """

    scope: str | None = None

    def _why(self) -> str:
        return f"the scope {self.scope} is missing" if self.scope else ""


class NotFoundError(CraftError):
    """404: there is no such thing."""


class MethodNotAllowedError(CraftError):
    """405: the address does not take this method."""


class ConflictError(CraftError):
    """409: the request is good, but not for what there is now."""


class LengthRequiredError(CraftError):
    """411: a body without Content-Length."""


class PreconditionFailedError(CraftError):
    """412: the file is not the version that `if_match` names."""


class PayloadTooLargeError(CraftError):
    """413: the body or the file is larger than allowed."""


class UnsupportedMediaTypeError(CraftError):
    """415: the content type is none that the API takes there."""


class RateLimitError(CraftError):
    """429: too many calls.

    Attributes:
        retry_after: seconds to wait; None when the API does not say.
    """

    retry_after: float | None = None


class InternalError(CraftError):
    """500: something went wrong on Craft's side. Tell its support the `request_id`."""


class ServiceUnavailableError(CraftError):
    """503: Craft cannot answer right now. Nothing was changed.

    Attributes:
        retry_after: seconds to wait; None when the API does not say.
    """

    retry_after: float | None = None


BY_CODE: Mapping[str, type[CraftError]] = {
    "INVALID_REQUEST": InvalidRequestError,
    "UNAUTHORIZED": UnauthorizedError,
    "FORBIDDEN": ForbiddenError,
    "NOT_FOUND": NotFoundError,
    "METHOD_NOT_ALLOWED": MethodNotAllowedError,
    "CONFLICT": ConflictError,
    "LENGTH_REQUIRED": LengthRequiredError,
    "PRECONDITION_FAILED": PreconditionFailedError,
    "PAYLOAD_TOO_LARGE": PayloadTooLargeError,
    "UNSUPPORTED_MEDIA_TYPE": UnsupportedMediaTypeError,
    "RATE_LIMIT_EXCEEDED": RateLimitError,
    "INTERNAL_ERROR": InternalError,
    "SERVICE_UNAVAILABLE": ServiceUnavailableError,
}


def invalid(name: str, reason: str) -> InvalidRequestError:
    """The error for an argument that cannot be sent."""
    return InvalidRequestError("The request is not valid", code="INVALID_REQUEST", details={name: [reason]})
