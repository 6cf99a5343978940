"""Which Authorization headers are taken, which are refused, and what is said about it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from apikeys import tokens, usage
from apikeys.models import APIKey, APIKeySecret
from apikeys.services import delete_key, restore_key, revoke_key
from tests.api.answers import CHALLENGE, CUT, UNAUTHORIZED, check_error, check_success, invalid_token
from tests.cases import cases
from tests.fixtures import API

Key = tuple[APIKey, str]
NOTHING = "There is no token after Bearer."
SEVERAL = "There is more than one token. Send exactly one."
INVALID = "The token is invalid."
UNKNOWN = "The API key is invalid."

# K stands for a good key. None: the plain challenge, since no bearer token was shown.
REFUSED: list[tuple[str | None, str | None]] = [
    (None, None),
    ("", None),
    ("   ", None),
    ("K", None),
    ("Basic K", None),
    ("Digest K", None),
    ("Token K", None),
    ("Apikey K", None),
    ("Bearer: K", None),
    ("Bearer=K", None),
    ("Bearer%20K", None),
    ("Bearer\tK", None),
    ("Bearer\u00a0K", None),
    ("BearerK", None),
    ("Béarer K", None),
    (", Bearer K", None),
    ("Bearer", NOTHING),
    ("bearer", NOTHING),
    ("Bearer   ", NOTHING),
    ("Bearer K K", SEVERAL),
    ("Bearer K,K", SEVERAL),
    ("Bearer K,", SEVERAL),
    ("Bearer ,K", SEVERAL),
    ("Bearer K, Bearer K", SEVERAL),
    ("Bearer Bearer K", SEVERAL),
    ("Bearer K realm", SEVERAL),
    ("Bearer null", INVALID),
    ("Bearer undefined", INVALID),
    ("Bearer \tK", INVALID),
    ('Bearer "K"', INVALID),
    ("Bearer <K>", INVALID),
    ("Bearer ключ", INVALID),
    ("Bearer \ud83d\ude00", INVALID),
    ("Bearer " + "x" * 8192, INVALID),
    ("Bearer K" + "x" * 8192, CUT),
    ("Bearer K\t", CUT),
    ("Bearer K\u00e9", CUT),
    ("Bearer K\x00", CUT),
    ("Bearer K\r\n", CUT),
    ("Bearer craft_key_", CUT),
    ("Bearer craft_", CUT),
]


@pytest.mark.matrix
@cases(("header", "description"), REFUSED)
def test_a_header_that_is_no_bearer_token_is_refused_without_a_query(
    api: API,
    read_only: Key,
    django_assert_num_queries: DjangoAssertNumQueries,
    header: str | None,
    description: str | None,
) -> None:
    headers = {} if header is None else {"Authorization": header.replace("K", read_only[1])}
    with django_assert_num_queries(0):
        response = api("GET", "/v1/me", headers=headers)
    check_error(response, 401)
    assert response.json() == UNAUTHORIZED
    assert response["WWW-Authenticate"] == (invalid_token(description) if description else CHALLENGE)


@cases("header", ["Bearer K", "bearer K", "BEARER K", "bEaReR K", "Bearer    K", " Bearer K  "])
def test_case_of_the_scheme_and_spaces_around_the_token_do_not_matter(
    api: API, read_only: Key, header: str
) -> None:
    check_success(api("GET", "/v1/me", headers={"Authorization": header.replace("K", read_only[1])}))


def test_every_changed_character_is_told_as_mistyped_without_a_query(
    api: API, read_only: Key, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    raw_key = read_only[1]
    with django_assert_num_queries(0):
        for place, character in enumerate(raw_key):
            other = "b" if character != "b" else "c"
            response = api("GET", "/v1/me", raw_key[:place] + other + raw_key[place + 1 :])
            assert response.status_code == 401
            says = CUT if place >= len("craft_") else INVALID
            assert response["WWW-Authenticate"] == invalid_token(says)


def test_every_cut_key_is_told_as_incomplete_without_a_query(
    api: API, read_only: Key, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    raw_key = read_only[1]
    with django_assert_num_queries(0):
        for length in range(len("craft_"), len(raw_key)):
            response = api("GET", "/v1/me", raw_key[:length])
            assert response.json() == UNAUTHORIZED
            assert response["WWW-Authenticate"] == invalid_token(CUT)


def forged(raw_key: str) -> str:
    """The key's public id with another secret, and a checksum that is right."""
    body = f"craft_key_{raw_key.split('_')[2]}_{'0' * tokens.SECRET_LENGTH}"
    return body + tokens.checksum(body)


def delete(key: APIKey) -> None:
    delete_key(key)


def revoke(key: APIKey) -> None:
    revoke_key(key, reason="Found in public", by="staff")


def delete_then_revoke(key: APIKey) -> None:
    delete_key(key)
    revoke_key(key, reason="Found in public", by="staff")


def expire(key: APIKey) -> None:
    APIKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())


def retire(key: APIKey) -> None:
    APIKeySecret.objects.filter(key=key).update(retires_at=timezone.now())


def deactivate_user(key: APIKey) -> None:
    User.objects.filter(pk=key.user_id).update(is_active=False)


def delete_user(key: APIKey) -> None:
    User.objects.get(pk=key.user_id).delete()


ENDS = [
    (delete, "The API key has been deleted."),
    (revoke, "The API key has been revoked."),
    (delete_then_revoke, "The API key has been revoked."),
    (expire, "The API key has expired."),
    (retire, "This secret was replaced by a rotation. Use the key's new one."),
    (deactivate_user, "The account of this API key is deactivated."),
    (delete_user, UNKNOWN),
]


@cases(("end", "description"), ENDS)
def test_a_key_dies_at_once_and_only_who_holds_its_secret_is_told_why(
    api: API,
    read_write: Key,
    django_assert_num_queries: DjangoAssertNumQueries,
    end: Any,
    description: str,
) -> None:
    key, raw_key = read_write
    check_success(api("GET", "/v1/me", raw_key))
    end(key)
    for shown, says in ((raw_key, description), (forged(raw_key), UNKNOWN)):
        for method, path in (("GET", "/v1/me"), ("POST", "/v1/projects"), ("GET", "/v1/auth")):
            with django_assert_num_queries(1):
                response = api(method, path, shown)
            assert response.status_code == 401
            assert response.json() == UNAUTHORIZED
            assert response["WWW-Authenticate"] == invalid_token(says)


def test_a_right_public_id_with_a_wrong_secret_is_refused_and_is_no_use(api: API, read_only: Key) -> None:
    response = api("GET", "/v1/me", forged(read_only[1]))
    assert (response.status_code, response["WWW-Authenticate"]) == (401, invalid_token(UNKNOWN))
    usage.flush()
    assert APIKey.objects.get().last_used_at is None


def test_a_restored_key_works_again(api: API, read_only: Key) -> None:
    key, raw_key = read_only
    delete_key(key)
    check_error(api("GET", "/v1/me", raw_key), 401)
    restore_key(key)
    check_success(api("GET", "/v1/me", raw_key))


@pytest.mark.parametrize("kind", ["ort", "oac", "ocs"])
def test_other_kinds_of_token_are_refused_without_a_query(
    api: API, django_assert_num_queries: DjangoAssertNumQueries, kind: str
) -> None:
    with django_assert_num_queries(0):
        response = api("GET", "/v1/me", tokens.generate(tokens.Kind(kind)).raw)
    assert response.json() == UNAUTHORIZED
    assert response["WWW-Authenticate"] == invalid_token("This kind of token is not accepted here.")


@cases("header", ["", "Bearer", "Bearer craft_key_wrong", "Basic YTpi", "Bearer forged"])
def test_a_bad_header_is_refused_even_with_a_good_cookie(
    alice_browser: Client, read_only: Key, header: str
) -> None:
    check_success(alice_browser.get("/v1/me"))
    header = header.replace("forged", forged(read_only[1]))
    check_error(alice_browser.get("/v1/me", headers={"Authorization": header}), 401)


def test_a_good_key_wins_over_another_persons_cookie(bob_browser: Client, read_only: Key) -> None:
    response = bob_browser.get("/v1/me", headers={"Authorization": f"Bearer {read_only[1]}"})
    assert check_success(response)["email"] == "alice@example.com"


ELSEWHERE: list[tuple[str, dict[str, Any]]] = [
    *((f"/v1/me?{name}=K", {}) for name in ("access_token", "api_key", "key", "token", "Authorization")),
    *(
        ("/v1/me", {"headers": {name: "K"}})
        for name in ("X-API-Key", "Api-Key", "Proxy-Authorization", "X-Authorization", "Cookie")
    ),
    ("/v1/me", {"headers": {"Cookie": "Authorization=K; sessionid=K; access_token=K"}}),
    ("/v1/projects", {"method": "POST", "json": {"access_token": "K", "name": "x"}}),
]


@cases(("path", "sent"), ELSEWHERE)
def test_a_key_anywhere_but_in_the_header_is_never_taken(
    api: API, read_write: Key, path: str, sent: dict[str, Any]
) -> None:
    raw_key = read_write[1]
    headers = {name: value.replace("K", raw_key) for name, value in sent.get("headers", {}).items()}
    body = {name: value.replace("K", raw_key) for name, value in sent.get("json", {}).items()} or None
    response = api(sent.get("method", "GET"), path.replace("K", raw_key), json=body, headers=headers)
    check_error(response, 401)
    assert response["WWW-Authenticate"] == CHALLENGE


def test_a_key_in_a_form_is_never_taken(read_write: Key) -> None:
    response = Client().post("/v1/projects", {"access_token": read_write[1]})
    check_error(response, 401)
    assert response["WWW-Authenticate"] == CHALLENGE
