"""What an app's developer is told of each failed token request: the very words, and what decides."""

from typing import Any

import pytest
from django.db import DatabaseError, connection

from accounts.web.client import Client as Caller
from api.oauth.models import FailedTokenRequest
from api.oauth.protocol.authorization_request import ErrorRedirect
from api.oauth.protocol.errors import describe
from api.oauth.services import reputation
from api.oauth.services.applications import set_disabled
from api.oauth.services.failed_requests import KEPT, note_failure
from apikeys.tokens import Kind, checksum, generate
from tests.api.oauth.flow import App, basic, post

DISABLED = "The app is disabled."
NO_BASIC = "The Authorization header is no valid HTTP Basic."
PUBLIC = "A public app has no client secret, but one was sent. Only PKCE identifies it."
OTHER_ID = "The client_id in the body is not the one in the Authorization header."
NO_SECRET = "No client secret was sent."
OTHER_KIND = "What was sent as client secret is another kind of Craft token."
NOT_ITS = "The client secret is none of this app's. It may have been deleted."
HALF_RIGHT = "The client secret's public id is right, the rest of it is not."
LAPTOP = Caller(ip="203.0.113.7", agent="curl/8.5")


def reason(headers: dict[str, str] | None = None, **sent: Any) -> str:
    """What the developer reads of one more request."""
    asked = {"grant_type": "refresh_token", "refresh_token": generate(Kind.REFRESH_TOKEN).raw, **sent}
    assert post("/v1/oauth/token", asked, headers=headers).json()["error"] == "invalid_client"
    return FailedTokenRequest.objects.latest("pk").reason


def test_of_a_secret_it_is_told_what_is_wrong_with_it(app: App) -> None:
    body = str(app.secret)[: len("craft_ocs_") + 12] + "_" + "0" * 32
    for secret, words in (
        (None, NO_SECRET),
        (generate(Kind.API_KEY).raw, OTHER_KIND),
        (generate(Kind.CLIENT_SECRET).raw, NOT_ITS),
        (body + checksum(body), HALF_RIGHT),
    ):
        assert reason(client_id=app.id, client_secret=secret) == words
        if secret:
            assert reason(basic(app.id, secret)) == words
    assert reason(basic(app.id, "")) == NO_SECRET


def test_of_the_header_it_is_told_that_it_is_none_or_says_otherwise(app: App, other_app: App) -> None:
    assert reason(app.basic, client_id=other_app.id) == OTHER_ID
    assert reason({"Authorization": "Basic ?"}, client_id=app.id) == NO_BASIC
    assert reason({"Authorization": "Bearer x"}, client_id=app.id) == NO_BASIC


def test_a_disabled_app_and_a_public_one_are_called_so(app: App, public_app: App) -> None:
    assert reason(client_id=public_app.id, client_secret=app.secret) == PUBLIC
    set_disabled(app.row, disabled=True)
    assert reason(client_id=app.id, client_secret=app.secret) == DISABLED


def test_what_has_no_words_of_its_own_is_not_valid() -> None:
    assert describe("something_new") == "The request is not valid."
    assert str(ErrorRedirect("https://yourapp.com/callback?error=x", "Why.")) == "Why."


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "Nobody yet"),
        (1, "1 person"),
        (2, "2 people"),
        (1_000, "1,000 people"),
        (1_001, "More than 1,000 people"),
    ],
)
def test_how_many_people_use_an_app_is_said_in_words(count: int, words: str) -> None:
    assert reputation.people_in_words(count) == words


def test_a_failure_is_kept_shortened_and_never_pushes_out_another_apps(app: App, other_app: App) -> None:
    note_failure(other_app.row, "invalid_grant", "The code is invalid.", LAPTOP)
    for _ in range(KEPT + 1):
        note_failure(app.row, "e" * 50, "r" * 300, LAPTOP)
    note_failure(None, "invalid_client", "of nobody", LAPTOP)
    kept = FailedTokenRequest.objects.filter(application=app.row)
    assert kept.count() == KEPT
    assert set(kept.values_list("error", "reason", "ip")) == {("e" * 40, "r" * 200, "203.0.113.7")}
    assert FailedTokenRequest.objects.filter(application=other_app.row).count() == 1


def test_what_cannot_be_kept_is_a_line_of_the_log(app: App, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("INSERT"):
            raise DatabaseError("gone")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        note_failure(app.row, "invalid_grant", "The code is invalid.", LAPTOP)
    (record,) = caplog.records
    assert record.getMessage() == f"a failed token request of {app.id} could not be kept"
    assert record.exc_info
    assert not FailedTokenRequest.objects.exists()
