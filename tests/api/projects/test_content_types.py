"""Which media type a file has."""

import pytest

from api.projects.content_types import InvalidContentType, declared_type, guess_type


@pytest.mark.parametrize(
    "header",
    [
        *("text/css", "text/html; charset=utf-8", "image/svg+xml", "Application/LD+JSON", "x/y;a=b;c=d"),
        *('multipart/mixed; boundary="a b"', "text/plain ; charset=us-ascii", "text/css;", "a/" + "b" * 98),
    ],
)
def test_a_media_type_is_kept_as_it_is_sent(header: str) -> None:
    assert declared_type(header) == header
    assert declared_type(f" {header}\t") == header


@pytest.mark.parametrize("header", ["", " ", "application/octet-stream", "Application/X-WWW-Form-Urlencoded"])
def test_what_programs_send_by_default_tells_nothing(header: str) -> None:
    assert declared_type(header) is None
    assert declared_type(f"{header}; charset=utf-8") is None


@pytest.mark.parametrize(
    "header",
    [
        *("text", "text/", "/css", "text/css/x", "te xt/css", "text/css; charset", "text/é"),
        *(
            "text/css\nX: y",
            "text/css, text/html",
            "<b>/x",
            'a/b; c="',
            "a/" + "b" * 99,
            "a/b;" + " " * 100 + "c",
        ),
    ],
)
def test_anything_else_is_no_media_type(header: str) -> None:
    with pytest.raises(InvalidContentType):
        declared_type(header)


@pytest.mark.parametrize(
    ("path", "is_text", "expected"),
    [
        ("index.html", True, "text/html; charset=utf-8"),
        ("INDEX.HTML", True, "text/html; charset=utf-8"),
        ("latin1.html", False, "text/html"),
        ("css/site.css", True, "text/css; charset=utf-8"),
        ("app.js", True, "text/javascript; charset=utf-8"),
        ("module.mjs", True, "text/javascript; charset=utf-8"),
        ("data.json", True, "application/json"),
        ("logo.svg", True, "image/svg+xml"),
        ("logo.png", False, "image/png"),
        ("photo.webp", False, "image/webp"),
        ("font.woff2", False, "font/woff2"),
        ("readme.md", True, "text/markdown; charset=utf-8"),
        ("LICENSE", True, "text/plain; charset=utf-8"),
        (".gitignore", True, "text/plain; charset=utf-8"),
        ("what.unknown", False, "application/octet-stream"),
        ("folder.html/blob", False, "application/octet-stream"),
        ("a.tar.gz", False, "application/gzip"),
    ],
)
def test_a_type_that_nobody_told_follows_from_the_name(path: str, is_text: bool, expected: str) -> None:
    assert guess_type(path, is_text=is_text) == expected
