"""Projects in the admin: to find and to read."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from api.projects.models import Project

LIST = "/admin/projects/project/"


@pytest.fixture
def website(alice: User) -> Project:
    return Project.objects.create(owner=alice, name="Website", description="<b>Second version</b>")


@pytest.mark.matrix  # each search
def test_projects_are_found_by_name_id_and_owner_and_filtered_by_status(
    sam_browser: Client, website: Project, bob: User
) -> None:
    Project.objects.create(owner=bob, name="Old shop", status="archived")
    for query, found in (
        ({"q": "webs"}, ["Website"]),
        ({"q": website.uid}, ["Website"]),
        ({"q": "BOB@example.com"}, ["Old shop"]),
        ({"status__exact": "archived"}, ["Old shop"]),
        ({"q": "nothing"}, []),
    ):
        page = sam_browser.get(LIST, query)
        assert [project.name for project in page.context["cl"].result_list] == found


def test_a_project_can_be_read_and_not_changed(sam_browser: Client, website: Project) -> None:
    page = sam_browser.get(f"{LIST}{website.pk}/change/").content.decode()
    assert "&lt;b&gt;Second version&lt;/b&gt;" in page
    for action in ("add/", f"{website.pk}/change/", f"{website.pk}/delete/"):
        assert sam_browser.post(LIST + action, {"post": "yes", "name": "Other"}).status_code == 403
    website.refresh_from_db()
    assert website.name == "Website"


def test_who_is_no_staff_sees_no_project(alice_browser: Client, website: Project) -> None:
    for path in (LIST, f"{LIST}{website.pk}/change/"):
        assert alice_browser.get(path, follow=True).status_code == 403


def test_the_number_of_queries_of_the_list_does_not_grow_with_its_rows(
    sam_browser: Client, website: Project, bob: User
) -> None:
    with CaptureQueriesContext(connection) as few:
        sam_browser.get(LIST)
    Project.objects.bulk_create(Project(owner=bob, name=f"Project {number}") for number in range(30))
    with CaptureQueriesContext(connection) as many:
        assert len(sam_browser.get(LIST).context["cl"].result_list) == 31
    assert len(many) == len(few) <= 6


def test_a_query_that_no_database_can_hold_leads_to_the_whole_list(sam_browser: Client) -> None:
    response = sam_browser.get(f"{LIST}?status__exact=%00")
    assert (response.status_code, response["Location"]) == (302, LIST)
