"""Craft's answers to what oauthlib asks while it runs a grant.

Runs inside one transaction that the view opens. The grant's row is locked before a code or refresh token
of it is read, so of two exchanges or refreshes at once the second sees what the first did.
"""

import uuid
from datetime import timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors

from accounts.models import User
from accounts.utils import plain_writes
from accounts.utils.compiled_query import AN_ID, PLACEHOLDER, CompiledLookup
from accounts.utils.durations import duration_in_words
from api.oauth.models import AccessToken, Application, AuthorizationCode, RefreshToken
from api.oauth.protocol.client_authentication import check_secret, read_basic
from api.oauth.services import token_families
from apikeys.scopes import Scope
from apikeys.tokens import Kind, MalformedToken, parse

_apps = CompiledLookup(
    Application,
    lambda client_id: Application.objects.select_related("user").filter(client_id=client_id),
    related=("user", User),
)
_refresh_tokens = CompiledLookup(
    RefreshToken,
    lambda digest, grant_id: RefreshToken.objects.filter(token_checksum=digest, grant=grant_id),
    (PLACEHOLDER, AN_ID),
)
RETRY_WINDOW = timedelta(seconds=10)  # a client's own retry is no theft


class Validator(OAuth2Validator):
    """What django-oauth-toolkit leaves open or does otherwise, grouped as oauthlib asks for it."""

    # --- The client

    def _load_application(self, client_id: str | None, request: Request) -> Application | None:
        loaded = request.client
        if not isinstance(loaded, Application) or loaded.client_id != client_id:
            request.client = None
            if client_id and "\x00" not in client_id:
                request.client = _apps.find(client_id)
        client: Application | None = request.client
        return client if client is not None and client.is_usable() else None

    def identify_client(self, request: Request) -> Application | None:
        """The usable app that the request names, authenticated or not."""
        basic = read_basic(request.headers.get("Authorization") or "")
        return self._load_application(basic[0] if basic else request.client_id, request)

    def client_authentication_required(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """True unless a public client names itself and shows nothing."""
        if request.headers.get("Authorization") is not None or request.client_secret is not None:
            return True
        application = self._load_application(request.client_id, request)
        return application is None or not application.is_public

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """By HTTP Basic or by the body, not by both (RFC 6749, section 2.3)."""
        header = request.headers.get("Authorization")
        if header is None:
            client_id, secret = request.client_id, request.client_secret
        else:
            if request.client_secret is not None:
                raise errors.InvalidRequestError(
                    description="Authenticate by the header or by the body, not by both.", request=request
                )
            client_id, secret = read_basic(header) or (None, None)
            if request.client_id is not None and request.client_id != client_id:
                return False
        application = self._load_application(client_id, request)
        return application is not None and secret is not None and check_secret(application, secret)

    def authenticate_client_id(self, client_id: str, request: Request, *args: Any, **kwargs: Any) -> bool:
        """A public client is who it says it is; PKCE and the token itself decide."""
        application = self._load_application(client_id, request)
        return application is not None and application.is_public

    # --- The authorization request

    def get_default_redirect_uri(self, client_id: str, request: Request, *args: Any, **kwargs: Any) -> str:
        """There is none: a client always says where to (OAuth 2.0 lets the server require it)."""
        raise errors.MissingRedirectURIError(request=request)

    def validate_scopes(
        self,
        client_id: str,
        scopes: list[str],
        client: Application,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Only what the app may ask for."""
        return set(scopes) <= client.scopes

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        """Only of public clients, which nothing else identifies; of others it is honoured."""
        return bool(request.client.is_public)

    # --- The exchange of a code

    def validate_code(
        self, client_id: str, code: str, client: Application, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Lock and judge the code. A replay ends what its first use got (RFC 6749, section 4.1.2)."""
        digest = _digest_of(code, Kind.AUTHORIZATION_CODE)
        grant = token_families.lock_grant(application=client, codes__code=digest) if digest else None
        row = AuthorizationCode.objects.filter(code=digest, grant=grant).first() if grant else None
        if grant is None or row is None:
            _refuse(request, "The code is invalid.")
        if row.token_family is not None:
            token_families.end(row.token_family)
            _refuse(request, "The code was used already. What it had got was ended.")
        if row.is_expired():
            _refuse(
                request,
                f"The code has expired. It lives {duration_in_words(settings.AUTHORIZATION_CODE_SECONDS)}.",
            )
        _check_user(request, grant.user, row.created)
        if not client.redirect_uri_allowed(row.redirect_uri):
            _refuse(request, "The code's redirect URI is not registered any more.")
        if request.code_verifier is not None and not row.code_challenge:
            # RFC 9700, section 2.1.1: else an attacker could strip PKCE from the authorization request.
            _refuse(request, "code_verifier was sent, but the authorization request had no code_challenge.")
        row.grant, row.user = grant, grant.user
        request.craft_code, request.user = row, grant.user
        request.scopes = _narrowed(row.scope, grant.scopes, client, request)
        return True

    def get_code_challenge(self, code: str, request: Request) -> str | None:
        return request.craft_code.code_challenge or None

    def get_code_challenge_method(self, code: str, request: Request) -> str | None:
        return request.craft_code.code_challenge_method or None

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Application, *args: Any, **kwargs: Any
    ) -> bool:
        """The very one of the authorization request; else invalid_grant (RFC 6749, section 5.2)."""
        request = args[0]
        if redirect_uri != request.craft_code.redirect_uri:
            _refuse(request, "redirect_uri is not the one of the authorization request.")
        return True

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Done in save_bearer_token: the row stays until it expires, to notice a replay."""

    # --- The refresh

    def validate_refresh_token(
        self, refresh_token: str, client: Application, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Lock and judge the refresh token. A spent one that comes back late ends its family."""
        digest = _digest_of(refresh_token, Kind.REFRESH_TOKEN)
        grant = token_families.lock_grant_of_refresh_token(client, digest) if digest else None
        row = _refresh_tokens.find(digest, grant.pk) if digest and grant else None
        if grant is None or row is None:
            _refuse(request, "The refresh token is invalid or was revoked.")
        row.grant, row.user, row.application = grant, grant.user, client
        now = timezone.now()
        if row.revoked:
            if row.rotated_at and row.rotated_at + RETRY_WINDOW < now:
                token_families.end_stolen(row, request.craft_client)
            _refuse(request, "The refresh token was used already." if row.rotated_at else "It was revoked.")
        if row.expires_at <= now:
            _refuse(request, "The refresh token has expired. Ask the user again.")
        _check_user(request, grant.user, row.authorized_at)
        request.craft_refresh_token, request.user = row, grant.user
        return True

    def get_original_scopes(
        self, refresh_token: str, request: Request, *args: Any, **kwargs: Any
    ) -> list[str]:
        """What the refresh token carries, as far as the app may still ask for it."""
        row = request.craft_refresh_token
        return _narrowed(row.scope, row.grant.scopes, request.client, request)

    # --- The tokens

    def save_bearer_token(self, token: dict[str, Any], request: Request, *args: Any, **kwargs: Any) -> None:
        """Write the new pair, and spend what it was got with."""
        now = timezone.now()
        if request.grant_type == "authorization_code":
            code = request.craft_code
            code.used_at, code.token_family = now, uuid.uuid4()
            code.save(update_fields=["used_at", "token_family"])
            origin, family, authorized_at, scope = code, code.token_family, code.created, token["scope"]
        else:
            origin = old = request.craft_refresh_token
            token_families.spend(old, now)
            # A narrower scope is for this access token alone (RFC 6749, section 6).
            family, authorized_at, scope = old.token_family, old.authorized_at, old.scope
        shared = {
            "user": request.user,
            "application": request.client,
            "grant": origin.grant,
            "token_family": family,
            "authorized_at": authorized_at,
        }
        access = AccessToken(
            scope=token["scope"], expires=now + timedelta(seconds=token["expires_in"]), **shared
        )
        self._set_token_value(access, token["access_token"])
        plain_writes.insert(access)
        refresh = RefreshToken(access_token=access, scope=scope, **shared)
        self._set_token_value(refresh, token["refresh_token"])
        plain_writes.insert(refresh)


def _refuse(request: Request, reason: str) -> NoReturn:
    raise errors.InvalidGrantError(description=reason, request=request)


def _check_user(request: Request, user: User, authorized_at: Any) -> None:
    """The person may still act, and has not ended all tokens since."""
    if not user.may_act:
        _refuse(request, f"The user's account is {'closing' if user.is_active else 'deactivated'}.")
    if user.oauth_valid_after and authorized_at < user.oauth_valid_after:
        _refuse(request, "The user has ended all access. Ask the user again.")


def _narrowed(scope: str, granted: frozenset[Scope], client: Application, request: Request) -> list[str]:
    """Stored scopes ∩ the grant ∩ what the app may ask for now, in their order."""
    scopes = [name for name in scope.split() if name in granted & client.scopes]
    if not scopes:
        _refuse(request, "The app may not ask for any of the granted scopes any more.")
    return scopes


def _digest_of(raw: str, kind: Kind) -> str | None:
    """The stored form of a token of this kind; None for anything else."""
    try:
        token = parse(raw)
    except MalformedToken:
        return None
    return token.digest.hex() if token.kind == kind else None
