"""The coach: what it advises, and that one press does it, undoes it or puts it aside."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from accounts.web.client import Client as Caller
from apikeys import usage
from apikeys.models import APIKey, APIKeyUsage, TryReason
from apikeys.services import change_key, create_key, disable_key, rotate_key
from tests.apikeys.test_views_list import text_of
from tests.apikeys.uses import call, count
from tests.cases import cases
from tests.fixtures import age_sign_in

LIST = "/settings/api-keys/"
DAY = timedelta(days=1)


def make(
    user: User, name: str, permission: str = "read-only", *, age: timedelta = 40 * DAY, **fields: Any
) -> APIKey:
    now = timezone.now()
    key, _ = create_key(user, name=name, permission=permission)
    values = {"created_at": now - age, "expires_at": now + 60 * DAY, "last_used_at": now, **fields}
    APIKey.objects.filter(pk=key.pk).update(**values)
    key.secrets.update(created_at=now - age)
    key.refresh_from_db()
    return key


def only_reads(user: User, **fields: Any) -> APIKey:
    key = make(user, "Nightly export", "read-write", **fields)
    count(key, timezone.now() - 2 * DAY, 8412)
    return key


def path_of(key: APIKey, page: str = "") -> str:
    return f"{LIST}{key.uid}/{page}"


def advice_on(browser: Client, path: str) -> str:
    """The one piece of advice of a page, or ""."""
    html = browser.get(path).content.decode()
    parts = html.split('aria-label="Suggestion">')
    assert len(parts) < 3
    return text_of(parts[1].split("</section>")[0]) if len(parts) == 2 else ""


@cases(
    ("fields", "words"),
    [
        (
            {"last_used_at": -120 * DAY, "age": 150 * DAY},
            "was not used for 120 days. Delete it if nothing needs it.",
        ),
        ({"last_used_at": None, "age": 91 * DAY}, "was never used. Delete it if nothing needs it."),
        ({"age": 181 * DAY}, "has the same secret for more than 180 days. Rotate it"),
        ({"expires_at": None}, "never expires. With a date, one that leaks or is forgotten ends by itself."),
    ],
)
def test_each_advice_stands_on_the_key_and_above_the_list(
    alice: User, alice_browser: Client, fields: dict[str, Any], words: str
) -> None:
    if isinstance(fields.get("last_used_at"), timedelta):
        fields = {**fields, "last_used_at": timezone.now() + fields["last_used_at"]}
    key = make(alice, "Reports bot", **fields)
    assert advice_on(alice_browser, path_of(key)).startswith(f"This key {words}")
    assert advice_on(alice_browser, LIST).startswith(f"Reports bot {words}")


def test_a_key_that_only_reads_is_advised_to_be_read_only(alice: User, alice_browser: Client) -> None:
    key = only_reads(alice)
    words = "may write but only reads. 8,412 requests in 30 days, no write among them."
    assert advice_on(alice_browser, path_of(key)).startswith(f"This key {words}")
    assert advice_on(alice_browser, LIST).startswith(f"Nightly export {words}")
    listed = alice_browser.get(f"{LIST}?show=only-reads").content.decode()
    assert "1 only reads" in text_of(listed)
    day = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    APIKeyUsage.objects.create(
        key=key, period="day", at=day, route="/v1/projects", method="POST", outcome="refused", requests=1
    )
    assert advice_on(alice_browser, path_of(key)) == ""


@pytest.mark.matrix  # each advice
@cases("why", ["young", "unused", "unknown methods", "disabled", "rotating", "fine"])
def test_no_advice_without_a_reason(alice: User, alice_browser: Client, why: str) -> None:
    key = make(alice, "Nightly export", "read-write", age=(29 if why == "young" else 40) * DAY)
    if why != "unused":
        count(key, timezone.now(), 5)
    if why == "unknown methods":
        key.usage.update(method="")
    if why == "disabled":
        disable_key(key)
    if why == "rotating":
        rotate_key(key, grace=0)
    if why == "fine":
        change_key(key, permission="read-only")
    assert advice_on(alice_browser, path_of(key)) == ""
    assert advice_on(alice_browser, LIST) == ""


def test_one_press_narrows_without_a_password_and_the_undo_takes_a_recent_sign_in(
    alice: User, alice_browser: Client
) -> None:
    key = only_reads(alice)
    age_sign_in(alice_browser, 901)
    assert alice_browser.post(path_of(key, "read-only/"))["Location"] == path_of(key)
    key.refresh_from_db()
    assert key.permission == "read-only"
    undo = path_of(key, "undo-read-only/")
    for page in ("", "requests/", "settings/"):
        assert f'action="{undo}"' in alice_browser.get(path_of(key, page)).content.decode()
    asked = alice_browser.post(undo)
    assert asked["Location"] == f"/reauthenticate/?next={path_of(key).replace('/', '%2F')}"
    key.refresh_from_db()
    assert key.permission == "read-only"
    age_sign_in(alice_browser, 0)
    assert alice_browser.post(undo)["Location"] == path_of(key)
    key.refresh_from_db()
    assert (key.permission, key.narrowed_at) == ("read-write", None)
    changes = [line.details["changed"]["permission"] for line in Activity.objects.filter(event="key_changed")]
    assert sorted(changes) == [["read-only", "read-write"], ["read-write", "read-only"]]


def test_the_undo_is_over_after_seven_days(alice: User, alice_browser: Client) -> None:
    key = only_reads(alice)
    alice_browser.post(path_of(key, "read-only/"))
    APIKey.objects.filter(pk=key.pk).update(narrowed_at=timezone.now() - 7 * DAY)
    assert "undo-read-only" not in alice_browser.get(path_of(key)).content.decode()
    alice_browser.post(path_of(key, "undo-read-only/"))
    key.refresh_from_db()
    assert key.permission == "read-only"


def test_a_key_that_was_read_only_before_is_not_widened_by_an_undo(
    alice: User, alice_browser: Client
) -> None:
    key = make(alice, "Reports bot")
    alice_browser.post(path_of(key, "read-only/"))
    alice_browser.post(path_of(key, "undo-read-only/"))
    key.refresh_from_db()
    assert key.permission == "read-only"


def test_an_advice_put_aside_is_given_no_more_and_the_next_one_is(alice: User, alice_browser: Client) -> None:
    make(alice, "Another")
    key = only_reads(alice, expires_at=None)
    aside = path_of(key, "put-aside/")
    assert alice_browser.post(aside, {"advice": "only-reads", "from_list": "1"})["Location"] == LIST
    assert "never expires" in advice_on(alice_browser, LIST)
    assert alice_browser.post(aside, {"advice": "never-expires"})["Location"] == path_of(key)
    assert advice_on(alice_browser, path_of(key)) == ""
    assert "1 only reads" in text_of(alice_browser.get(LIST).content)  # the strip still counts it
    for advice in ("", "nonsense", "often-refused"):
        assert alice_browser.post(aside, {"advice": advice}).status_code == 400
    key.refresh_from_db()
    assert key.advice_put_aside == ["never-expires", "only-reads"]


@pytest.mark.matrix  # each advice
def test_a_stranger_who_knows_the_public_id_sets_off_nothing(alice: User, alice_browser: Client) -> None:
    make(alice, "Another")
    key = only_reads(alice)
    for _ in range(1000):
        usage.record_try(key.pk, TryReason.WRONG_SECRET, Caller(ip="198.51.100.7", agent="x"))
    usage.flush()
    page = text_of(alice_browser.get(LIST).content)
    assert "often refused" not in page
    assert "only reads" in advice_on(alice_browser, path_of(key))
    for _ in range(500):
        usage.record_use(key.pk, key.secrets.get().public_id, call(), status=403)
    usage.flush()
    assert "1 often refused" in text_of(alice_browser.get(LIST).content)


def test_refusals_of_the_true_secret_count_as_often_refused(alice: User, alice_browser: Client) -> None:
    key, raw = create_key(alice, name="Reports bot", permission="read-only")
    create_key(alice, name="Another", permission="read-only")
    disable_key(key)
    for _ in range(10):
        assert Client().get("/v1/me", headers={"Authorization": f"Bearer {raw}"}).status_code == 401
    usage.flush()
    APIKey.objects.filter(pk=key.pk).update(disabled_at=None)
    assert "1 often refused" in text_of(alice_browser.get(LIST).content)
