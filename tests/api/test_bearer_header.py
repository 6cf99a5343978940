"""Spaces around a token do not matter; any other character does."""

import pytest

from apikeys.models import APIKey
from tests.api.answers import check_error, check_success
from tests.fixtures import API


@pytest.mark.parametrize("header", ["XBearer {key}", "Bearer {key}X", "Bearer X{key}", "Bearer XX {key}"])
def test_a_letter_too_many_is_not_stripped(api: API, read_only: tuple[APIKey, str], header: str) -> None:
    check_success(api("GET", "/v1/me", headers={"Authorization": f"  Bearer   {read_only[1]}  "}))
    check_error(api("GET", "/v1/me", headers={"Authorization": header.format(key=read_only[1])}), 401)
