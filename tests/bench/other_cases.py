"""What is measured of Craft beside /v1/me with a key: the other credentials, lists, OAuth, files, pages."""

from collections.abc import Sequence
from urllib.parse import urlencode

from tests.bench.cases import Case, Given, Group, bearer, get
from tests.bench.load import Request

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TEN_MEGABYTES = 10 * 2**20
CALLBACK = "https://app.example/callback"
PASSWORD = "correct-horse-battery"


def other_cases(craft: Given) -> list[Case]:
    """On the plan that is shipped."""
    people = craft["limited"]
    sessions = [Request("/v1/me", headers={"Cookie": each["cookie"]}) for each in people]
    keys = [Request("/v1/api-keys", headers={"Cookie": each["cookie"]}) for each in people]
    projects = get("/v1/projects?limit=20", bearer(people, "key"))
    return [
        _case("oauth", "/v1/me, OAuth token", get("/v1/me", bearer(people, "token"))),
        _case("session", "/v1/me, session cookie", sessions),
        _case("projects", "/v1/projects, 20 of them", projects, contains='"Project 19"'),
        _case("keys", "/v1/api-keys", keys, contains='"Bench"'),
        _grant("exchange", "exchange of a code", craft, "authorization_code", "code", craft["codes"]),
        _grant("refresh", "refresh of a token", craft, "refresh_token", "refresh_token", craft["refresh"]),
        *_files(craft),
        *_pages(craft),
    ]


def stock_cases(peers: Given) -> list[Case]:
    """What a team without Craft would have instead of some of these."""
    people = [each["drf-token"] for each in peers["people"]]
    asked = [
        urlencode({"grant_type": "refresh_token", "refresh_token": token, **peers["client"]})
        for token in peers["refresh"]
    ]
    refresh = [Request("/o/token/", "POST", FORM, body) for body in asked]
    return [
        _case(
            "stock-projects",
            "20 rows, stock ModelSerializer",
            get("/projects", people),
            "django",
            '"Project 19"',
        ),
        _case(
            "stock-refresh",
            "refresh of a token, stock DOT",
            refresh,
            "django",
            "access_token",
            single_use=True,
        ),
    ]


def _case(
    key: str,
    title: str,
    requests: Sequence[Request],
    server: str = "craft",
    contains: str = "Bench User",
    *,
    status: int = 200,
    single_use: bool = False,
) -> Case:
    return Case(key, title, Group.OTHER, server, requests, status, contains, single_use)


def _grant(key: str, title: str, craft: Given, kind: str, name: str, values: list[str]) -> Case:
    """A request for tokens; each code and each refresh token can be spent once."""
    fixed = {"grant_type": kind, "redirect_uri": CALLBACK, **craft["client"]}
    requests = [Request("/v1/oauth/token", "POST", FORM, urlencode({**fixed, name: each})) for each in values]
    return _case(key, title, requests, contains="access_token", single_use=True)


def _files(craft: Given) -> list[Case]:
    """A file for each connection, written over and over."""
    body = "0123456789abcde\n" * (TEN_MEGABYTES // 16)
    up, down = [], []
    for each in craft["limited"][:8]:
        path = f"/v1/projects/{each['project']}/files/large.txt"
        headers = {"Authorization": f"Bearer {each['key']}"}
        up.append(Request(path, "PUT", headers | {"Content-Type": "text/plain"}, body))
        down.append(Request(path, headers=headers | {"Accept": "application/octet-stream"}))
    return [
        _case("upload", "upload of 10 MB", up, contains="large.txt"),
        _case("download", "download of 10 MB", down, contains="0123456789abcde"),
    ]


def _pages(craft: Given) -> list[Case]:
    """The page of API keys of two people, and signing in."""
    cases = []
    for which, title in (("one_key", "page of 1 key"), ("many_keys", "page of 50 keys")):
        request = Request("/settings/api-keys/", headers={"Cookie": craft[which]["cookie"]})
        cases.append(_case(f"page-{which}", title, [request], contains="API keys"))
    person = craft["one_key"]
    form = {"login": person["email"], "password": PASSWORD, "csrfmiddlewaretoken": person["csrf"]}
    sign_in = Request("/login/", "POST", FORM | {"Cookie": person["browser"]}, urlencode(form))
    return [*cases, _case("sign-in", "sign-in", [sign_in], contains="", status=302)]
