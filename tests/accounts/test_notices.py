from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.html import format_html

from accounts.web.notices import as_notice, notify


def request_with_messages() -> HttpRequest:
    request = RequestFactory().get("/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


def test_a_notice_escapes_text_and_keeps_markup_that_format_html_made() -> None:
    request = request_with_messages()
    notify(request, "<b>plain</b>")
    notify(request, format_html("<strong>{}</strong> is saved.", "<b>"))
    plain, marked = (as_notice(message)["text"] for message in get_messages(request))
    assert plain == "&lt;b&gt;plain&lt;/b&gt;"
    assert marked == "<strong>&lt;b&gt;</strong> is saved."


def test_a_notice_carries_its_second_line_and_its_way_back() -> None:
    request = request_with_messages()
    notify(request, "Deleted.", kind="warning", detail="For 7 days.", action_url="/restore/")
    (message,) = get_messages(request)
    assert as_notice(message) == {
        "kind": "warning",
        "icon": "alert",
        "text": "Deleted.",
        "detail": "For 7 days.",
        "action_url": "/restore/",
        "action_label": "Undo",
    }
