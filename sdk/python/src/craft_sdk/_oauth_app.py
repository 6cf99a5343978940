"""The app's side of the protocol as pure functions: the address, the callback, the requests.

RFC 6749 (OAuth 2.0), RFC 7636 (PKCE), RFC 9207 (`iss`), RFC 7009 (revocation).
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from craft_sdk._calls import Call, posting_form
from craft_sdk._oauth_tokens import OAuthTokens, read_oauth, read_tokens
from craft_sdk._tokens import check_token
from craft_sdk.errors import ConfigurationError, OAuthError


class Authorization(NamedTuple):
    """Where to send the browser, and what to keep until it comes back.

    Attributes:
        url: the address to redirect to.
        kept: secret; keep it in the person's session, as JSON can hold it, and give it to `callback`.
    """

    url: str
    kept: dict[str, str]

    def __repr__(self) -> str:
        return "<Authorization>"


@dataclass(frozen=True)
class App:
    """The registered app; a public one has no secret."""

    client_id: str
    client_secret: str | None = field(repr=False)
    redirect_uri: str
    web_url: str

    @classmethod
    def of(cls, client_id: str, client_secret: str | None, redirect_uri: str, web_url: str) -> "App":
        """Check the options. Raises ConfigurationError."""
        if not client_id or not redirect_uri:
            raise ConfigurationError("client_id and redirect_uri must be given.")
        secret = None if client_secret is None else check_token(client_secret, "ocs", "client_secret")
        return cls(client_id.strip(), secret, redirect_uri, web_url)

    def authorize(self, scope: str | Iterable[str]) -> Authorization:
        """A new request, with a state and a PKCE verifier that nobody can guess."""
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
        digest = hashlib.sha256(verifier.encode("ascii")).digest()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": scope if isinstance(scope, str) else " ".join(scope),
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode("ascii").rstrip("="),
            "code_challenge_method": "S256",
        }
        url = f"{self.web_url}/oauth/authorize?{urlencode(query)}"
        return Authorization(url, {"state": state, "code_verifier": verifier})

    def code_of(self, url: str, kept: Mapping[str, str]) -> str:
        """The code in the callback's address. Raises OAuthError when the answer is not to this request."""
        if not isinstance(kept, Mapping):
            raise OAuthError(
                "There is nothing of what authorize_url gave to keep: the session was lost on the way.",
                code="state_mismatch",
            )
        try:
            pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
        except ValueError:
            raise OAuthError("The callback's address is none.", code="invalid_callback") from None
        answer = dict(pairs)
        if len(answer) != len(pairs):
            raise OAuthError("The callback's address repeats a parameter.", code="invalid_callback")
        if not kept.get("state") or not secrets.compare_digest(
            answer.get("state", "").encode(), kept["state"].encode()
        ):
            raise OAuthError(
                "The callback answers another request: its state is not the one that was kept.",
                code="state_mismatch",
            )
        if answer.get("iss") != self.web_url:
            raise OAuthError(
                f"The callback does not come from {self.web_url}, the web_url: its iss is another.",
                code="issuer_mismatch",
            )
        if answer.get("error"):
            raise OAuthError(answer.get("error_description") or answer["error"], code=answer["error"])
        if not answer.get("code"):
            raise OAuthError("The callback's address has no code.", code="invalid_callback")
        return answer["code"]

    def exchange(self, url: str, kept: Mapping[str, str]) -> Call[OAuthTokens]:
        """Exchange the code in the callback's address. Raises OAuthError."""
        fields = {
            "grant_type": "authorization_code",
            "code": self.code_of(url, kept),
            "redirect_uri": self.redirect_uri,
            "code_verifier": kept.get("code_verifier", ""),
        }
        return posting_form("/v1/oauth/token", fields | self._credentials(), read_tokens)

    def refresh(self, tokens: OAuthTokens) -> Call[OAuthTokens]:
        """Get new tokens for old ones."""
        fields = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
        return posting_form("/v1/oauth/token", fields | self._credentials(), read_tokens)

    def revoke(self, tokens: OAuthTokens) -> Call[object]:
        """End all that goes back to the person's consent then."""
        fields = {"token": tokens.refresh_token, "token_type_hint": "refresh_token"}
        return posting_form("/v1/oauth/revoke", fields | self._credentials(), read_oauth)

    def _credentials(self) -> dict[str, str]:
        secret = {} if self.client_secret is None else {"client_secret": self.client_secret}
        return {"client_id": self.client_id, **secret}
