"""What a file may be called."""

from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.projects.file_paths import InvalidPath, check_path

GOOD = [
    *(
        "index.html",
        "src/app.js",
        "a b.txt",
        "über/größe.txt",
        "日本/語.md",
        ".env.example",
        "...",
        "a/.../b",
    ),
    *(".well-known/security.txt", "a..b", "..a", "a.", "-rf", "~", "%", "%41", "100%", "a%20b", "a%2fb"),
    *("?", "#", "a&b=c", "😀/👩‍👩‍👧.png", "con", "ab:c", "x" * 1024, "é" * 512, "a/" * 511 + "bc"),
]
BAD = {
    "empty": ["", *("a//b", "a/", "a/b//", "a%2f/b", "a%2f%2fb")],
    "absolute": ["/", "/etc/passwd", "//host/share", "C:/windows", "c:x", "//", "%2fetc", "C%3a/x"],
    "backslash": ["\\", "..\\..\\x", "a\\b", "\\\\host\\share", "a%5cb", "a%5Cb"],
    "that is . or ..": [
        *(".", "..", "../x", "a/..", "a/../b", "./a", "a/./b", "a/.", "../../../etc/passwd"),
        *("%2e", "%2e%2e/x", "%2E./x", "a/.%2e", "a%2f..%2fb", "..%2f..%2fetc%2fpasswd"),
    ],
    "control": [
        *("\0", "a\0b", "a\nb", "a\rb", "\t", "a\x1b[0m", "\x7f", "\x85", "a\u2028b", "a\u2029b", "a%00b"),
        *(f"a{mark}gpj.exe" for mark in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068"),
        *("a\u2069", "a%e2%80%aeb", "\ud800", "a%0d%0ab"),
    ],
    "valid UTF-8": ["%ff", "a%C3", "%ED%A0%80", "%c0%ae%c0%ae/x"],
    "1,024 bytes": ["x" * 1025, "é" * 513, "a/" * 512 + "b"],
}


@pytest.mark.parametrize("path", GOOD)
def test_an_ordinary_name_is_taken_as_it_is(path: str) -> None:
    assert check_path(path) == path


@pytest.mark.matrix
@pytest.mark.parametrize(("why", "path"), [(why, path) for why, paths in BAD.items() for path in paths])
def test_what_could_lead_elsewhere_is_refused_and_told_why(why: str, path: str) -> None:
    with pytest.raises(InvalidPath, match=f"(?i){why}"):
        check_path(path)


PIECES = st.sampled_from(
    [*"/\\.:%aZ2eE5cCfF0", "..", "%2e", "%2F", "%5c", "%00", "%25", "C:", "\0", "\n", "\u202e", "é", " "]
)


@pytest.mark.matrix  # drawn paths
@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=12).map("".join)))
def test_no_path_that_is_taken_ever_leaves_its_folder(text: str) -> None:
    try:
        path = check_path(text)
    except InvalidPath:
        return
    for read in (path, unquote(path)):
        for kind in (PurePosixPath, PureWindowsPath):
            parts = kind(read)
            assert not parts.is_absolute()
            assert not parts.drive
            assert ".." not in parts.parts
        assert not {"", ".", ".."} & set(read.split("/"))
        assert all(character.isprintable() or ord(character) > 127 for character in read)
    assert len(path.encode()) <= 1024
