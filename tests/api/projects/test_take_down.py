"""Published pages that are not served any more: taken down by staff, or their owner deactivated."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.closing import close_account, keep_account
from accounts.models import Activity, User
from accounts.services import switch_account
from accounts.web.client import NOBODY
from api.projects.models import Deployment, Project
from api.projects.preconditions import Preconditions
from api.projects.services.deployments import create_deployment, deployment_url
from api.projects.services.files import write_file
from api.projects.services.stored_objects import Source
from api.projects.services.take_down import TakenDownAlready, take_down
from tests.fixtures import API

LIST = "/admin/projects/deployment/"
PROJECT = "/v1/projects/proj_harbour"


@pytest.fixture
def deployment(project: Project) -> Deployment:
    """With a page, and one for what is not found."""
    for path in ("index.html", "404.html"):
        content = Source.of(b"<h1>harbour")
        write_file(project, path, content, content_type="text/html", preconditions=Preconditions())
    return create_deployment(project)


def visit(deployment: Deployment, path: str = "/", **extra: Any) -> tuple[int, str]:
    host = deployment_url(deployment.label).removeprefix("http://").rstrip("/")
    response: Any = Client().get(path, HTTP_HOST=host, **extra)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, content.decode()


def is_gone(deployment: Deployment) -> bool:
    """Whether nothing of it is served, its own page for what is not found included."""
    answers = [visit(deployment, path, HTTP_IF_NONE_MATCH="*") for path in ("/", "/404.html", "/nothing")]
    return all(status == 404 and "Nothing is published here" in page for status, page in answers)


def test_pages_of_a_deactivated_account_are_not_served(alice: User, deployment: Deployment) -> None:
    assert visit(deployment) == (200, "<h1>harbour")
    switch_account(alice, active=False)
    assert is_gone(deployment)
    switch_account(alice, active=True)
    assert visit(deployment)[0] == 200


def test_pages_of_a_closing_account_are_not_served(alice: User, deployment: Deployment) -> None:
    close_account(alice, NOBODY)
    assert is_gone(deployment)
    keep_account(alice, NOBODY)
    assert visit(deployment) == (200, "<h1>harbour")


def test_staff_find_a_page_by_what_was_reported_and_take_it_down_with_a_reason(
    sam_browser: Client, sam: User, alice: User, project: Project, deployment: Deployment
) -> None:
    other = create_deployment(project)
    url = deployment_url(deployment.label)
    for term in (url, f"{url}a/b?c", url.upper(), deployment.label, deployment.uid):
        found = sam_browser.get(LIST, {"q": term}).context["cl"].result_list
        assert [row.pk for row in found] == [deployment.pk], term
    for term in ("proj_harbour", "ALICE@example.com"):
        assert len(sam_browser.get(LIST, {"q": term}).context["cl"].result_list) == 2
    path = f"{LIST}{deployment.pk}/take-down/"
    page = sam_browser.get(f"{LIST}{deployment.pk}/change/").content.decode()
    assert path in page
    assert f'href="{url}' not in page
    assert url in sam_browser.get(path).content.decode()
    for reason in ("", "  ", "x" * 201, "a\x00b"):
        assert sam_browser.post(path, {"reason": reason}).status_code == 200
    assert visit(deployment)[0] == 200
    assert sam_browser.post(path, {"reason": " Phishing "})["Location"] == f"{LIST}{deployment.pk}/change/"
    assert is_gone(deployment)
    assert visit(other)[0] == 200
    assert LogEntry.objects.get().get_change_message() == "Taken down. Reason: Phishing"
    line = Activity.objects.get(user=alice, event="deployment_taken_down")
    details = {"name": "Harbour", "deployment": deployment.uid, "reason": "Phishing", "by": "staff"}
    assert (line.details, line.ip) == (details, None)
    page = sam_browser.get(f"{LIST}{deployment.pk}/change/").content.decode()
    assert path not in page
    assert "Phishing" in page
    sam_browser.post(path, {"reason": "again"})
    deployment.refresh_from_db()
    assert deployment.taken_down_reason == "Phishing"
    with pytest.raises(TakenDownAlready):
        take_down(deployment, reason="again")
    assert Activity.objects.filter(event="deployment_taken_down").count() == 1


@pytest.mark.matrix  # each filter
def test_deployments_are_filtered_by_whether_they_are_served(
    sam_browser: Client, bob: User, project: Project, deployment: Deployment
) -> None:
    down = create_deployment(project)
    take_down(down, reason="Phishing")
    bobs = create_deployment(Project.objects.create(owner=bob, name="Bob's"))
    switch_account(bob, active=False)
    for state, found in (("served", deployment), ("down", down), ("deactivated", bobs)):
        rows = sam_browser.get(LIST, {"state": state}).context["cl"].result_list
        assert [row.pk for row in rows] == [found.pk]


def test_the_owner_sees_it_in_the_api_and_may_publish_again(
    api: API, key: str, deployment: Deployment
) -> None:
    take_down(deployment, reason="Phishing")
    (row,) = api("GET", f"{PROJECT}/deployments", key).json()["data"]
    assert (row["id"], row["status"]) == (deployment.uid, "taken_down")
    assert api("GET", PROJECT, key).json()["data"]["previewUrl"] is None
    again = api("POST", f"{PROJECT}/deployments", key).json()["data"]
    assert again["status"] == "ready"
    assert api("GET", PROJECT, key).json()["data"]["previewUrl"] == again["url"]
    assert api("DELETE", f"{PROJECT}/deployments/{deployment.uid}", key).status_code == 200


def test_nobody_else_takes_a_page_down(
    alice_browser: Client, sam: User, sam_browser: Client, deployment: Deployment
) -> None:
    path = f"{LIST}{deployment.pk}/take-down/"
    assert alice_browser.post(path, {"reason": "x"}, follow=True).status_code == 403
    assert Client().post(path, {"reason": "x"}).status_code == 302
    assert sam_browser.post(f"{LIST}4711/take-down/", {"reason": "x"}).status_code == 404
    for action in ("add/", f"{deployment.pk}/change/", f"{deployment.pk}/delete/"):
        assert sam_browser.post(LIST + action, {"post": "yes"}).status_code == 403
    User.objects.filter(pk=sam.pk).update(is_superuser=False)
    assert sam_browser.post(path, {"reason": "x"}).status_code == 403
    assert visit(deployment)[0] == 200


@pytest.mark.parametrize(
    ("url", "text"), [("https://craft.example/abuse?a=1&b", None), ("mailto:a@b.example", "a@b.example")]
)
def test_the_error_page_names_where_to_report_a_page(
    url: str, text: str | None, settings: Settings, deployment: Deployment
) -> None:
    take_down(deployment, reason="Phishing")
    assert "report" not in visit(deployment)[1]
    settings.ABUSE_URL = url
    escaped = url.replace("&", "&amp;")
    link = f'<a href="{escaped}">{text or escaped}</a>'
    assert link in visit(deployment)[1]
