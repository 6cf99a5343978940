"""Which redirect URIs match a registered one: the very same, and any port of a loopback address."""

import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from api.oauth.redirect_uris import is_registered
from tests.api.oauth.flow import App, authorize_url, parameters
from tests.cases import cases

pytestmark = pytest.mark.matrix

REGISTERED = [
    "https://yourapp.com/callback",
    "https://yourapp.com:8443/callback?tenant=1&b=2",
    "http://127.0.0.1/callback",
    "http://127.0.0.1:5000/fixed",
    "http://[::1]/callback",
    "http://localhost:4000/cb",
]
LOOK_ALIKES = [
    "https://yourapp.com/callback/",
    "https://yourapp.com/Callback",
    "https://yourapp.com/callback?",
    "https://yourapp.com/callback#",
    "https://yourapp.com/callback#x",
    "https://yourapp.com/callback?a=b",
    "https://yourapp.com/callback;x",
    "https://yourapp.com//callback",
    "https://yourapp.com/./callback",
    "https://yourapp.com/x/../callback",
    "https://yourapp.com/%63allback",
    "https://yourapp.com:443/callback",
    "https://yourapp.com:/callback",
    "https://yourapp.com./callback",
    "https://YOURAPP.com/callback",
    "HTTPS://yourapp.com/callback",
    "http://yourapp.com/callback",
    "https://user@yourapp.com/callback",
    "https://yourapp.com@evil.example/callback",
    "https://yourapp.com.evil.example/callback",
    "https://evil.example/https://yourapp.com/callback",
    "https://evil.example\\@yourapp.com/callback",
    "https://yourapp.com\\.evil.example/callback",
    "https://yоurapp.com/callback",  # noqa: RUF001  a Cyrillic o
    "https://yourapp。com/callback",
    "https://ｙourapp.com/callback",  # noqa: RUF001  a full-width y
    "https:yourapp.com/callback",
    "https:///yourapp.com/callback",
    "//yourapp.com/callback",
    "yourapp.com/callback",
    " https://yourapp.com/callback",
    "https://yourapp.com/callback ",
    "https://yourapp.com/call\tback",
    "https://yourapp.com:8443/callback?b=2&tenant=1",
    "https://yourapp.com:8443/callback?tenant=1",
    "https://yourapp.com:8443/callback?tenant=1&b=2&c=3",
    "https://yourapp.com:8444/callback?tenant=1&b=2",
    "http://127.0.0.1:5000/callback/",
    "http://127.0.0.1:5000/other",
    "https://127.0.0.1/callback",
    "http://127.0.0.1:99999/callback",
    "http://127.0.0.1:/callback",
    "http://127.0.0.1:080/callback",
    "http://127.0.0.1:+80/callback",
    "http://127.0.0.1:8\u0660/callback",
    "http://127.0.0.1:80@evil.example/callback",
    "http://evil.example@127.0.0.1/callback",
    "http://:x@127.0.0.1/callback",
    "http://127.0.0.1:80#@evil.example/callback",
    "http://127.0.0.2/callback",
    "http://127.1/callback",
    "http://0x7f000001/callback",
    "http://127.0.0.1.evil.example/callback",
    "http://[::2]/callback",
    "http://[0:0:0:0:0:0:0:1]/callback",
    "http://[::ffff:127.0.0.1]/callback",
    "http://[::1%25eth0]/callback",
    "http://[::1]evil.example/callback",
    "http://localhost/cb",
    "http://localhost:4001/cb",
    "http://127.0.0.1:4000/cb",
    "HTTP://127.0.0.1:99/callback",
    "javascript:alert(1)",
    "data:text/html,x",
    "",
]


@cases("uri", LOOK_ALIKES)
def test_what_only_looks_like_a_registered_uri_is_none(uri: str) -> None:
    assert not is_registered(uri, REGISTERED)


@cases("uri", [uri for uri in LOOK_ALIKES if uri])
def test_a_look_alike_shows_the_error_page(alice_browser: Client, app: App, uri: str) -> None:
    app.row.redirect_uris = "\n".join(REGISTERED)
    app.row.save()
    response = alice_browser.get(authorize_url(app, redirect_uri=uri))
    assert response.status_code == 400
    assert not response.has_header("Location")


@cases(
    "uri",
    [
        *REGISTERED,
        "http://127.0.0.1:1/callback",
        "http://127.0.0.1:65535/callback",
        "http://127.0.0.1:6000/fixed",
        "http://127.0.0.1/fixed",
        "http://[::1]:51004/callback",
    ],
)
def test_the_same_uri_and_other_loopback_ports_are_led_to(alice_browser: Client, app: App, uri: str) -> None:
    app.row.redirect_uris = "\n".join(REGISTERED)
    app.row.save()
    location = alice_browser.post(authorize_url(app, redirect_uri=uri), {"answer": "allow"})["Location"]
    assert location.startswith(uri + ("&" if "?" in uri else "?") + "code=craft_oac_")
    told = parameters(location)
    assert told.keys() - {"tenant", "b"} == {"code", "state", "iss"}
    denied = alice_browser.post(authorize_url(app, redirect_uri=uri), {"answer": "deny"})["Location"]
    assert denied.startswith(uri + ("&" if "?" in uri else "?") + "error=access_denied")


@cases("query", ["flag", "a=%2F+%20&a", "x=1&x=2", "a=b%C3%A9"])
def test_the_registered_query_is_kept_as_it_is(alice_browser: Client, app: App, query: str) -> None:
    uri = f"https://yourapp.com/callback?{query}"
    app.row.redirect_uris = uri
    app.row.save()
    for answer in ("allow", "deny"):
        response = alice_browser.post(authorize_url(app, redirect_uri=uri), {"answer": answer})
        assert response["Location"].startswith(f"{uri}&")


def matches(uri: str, registered: str) -> bool:
    """The rule once more, as a regular expression."""
    found = re.fullmatch(
        r"http://(127\.0\.0\.1|\[::1\])(?::(?:0|[1-9]\d{0,4}))?(/.*|\?.*|)", registered, re.ASCII | re.DOTALL
    )
    if found is None:
        return uri == registered
    port = re.fullmatch(
        rf"http://{re.escape(found[1])}(?::(0|[1-9]\d{{0,4}}))?{re.escape(found[2])}", uri, re.ASCII
    )
    return uri == registered or (port is not None and int(port[1] or 0) < 65536)


PIECES = st.sampled_from(
    [
        *("http", "https", "HTTP", ":", "//", "/", "127.0.0.1", "[::1]", "localhost", "yourapp.com", ":80"),
        *(":8080", "/callback", "?a=b", "#", "@", "\\", " ", "\t", "\n", "%2f", ".", "0", "é"),
        *("http://127.0.0.1", "http://[::1]"),
    ]
)
URIS = st.one_of(
    st.lists(PIECES, max_size=8).map("".join),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["http://127.0.0.1", "http://[::1]", "https://yourapp.com", "http://localhost"]),
        st.one_of(
            st.just(""), st.integers(-1, 70_000).map(":{}".format), st.text(":0123456789@.", max_size=7)
        ),
        st.sampled_from(["/callback", "/callback/", "/Callback", "/callback?a=b", "", "/"]),
    ),
    st.text(max_size=40),
)


@given(uri=URIS, registered=st.lists(st.one_of(st.sampled_from(REGISTERED), URIS), max_size=3))
def test_nothing_else_ever_matches(uri: str, registered: list[str]) -> None:
    assert is_registered(uri, registered) == any(matches(uri, each) for each in registered)
