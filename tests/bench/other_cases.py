"""What is measured of Craft beside /v1/me with a key: the other credentials, lists, OAuth, files, pages."""

from urllib.parse import urlencode

from tests.bench.cases import Case, Given, Group, bearer, carefully, get
from tests.bench.load import CONNECTIONS, Request

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LINE = "0123456789abcde\n"
LINES_OF_10_MB = 10 * 2**20 // len(LINE)
CALLBACK = "https://app.example/callback"
PASSWORD = "correct-horse-battery"


def other_cases(craft: Given) -> list[Case]:
    """On the plan that is shipped."""
    people = craft["limited"]
    sessions = [Request("/v1/me", headers={"Cookie": each["cookie"]}) for each in people]
    keys = [Request("/v1/api-keys", headers={"Cookie": each["cookie"]}) for each in people]
    projects = get("/v1/projects?limit=20", bearer(people, "key"))
    tokens = get("/v1/me", bearer(people, "token"))
    return [
        carefully("oauth", "/v1/me, OAuth token", Group.OTHER, "craft", tokens),
        carefully("session", "/v1/me, session cookie", Group.OTHER, "craft", sessions),
        Case("projects", "/v1/projects, 20 of them", Group.OTHER, "craft", projects, contains="Project 19"),
        Case("keys", "/v1/api-keys", Group.OTHER, "craft", keys, contains="Bench"),
        *_grants(craft),
        *_files(craft),
        *_pages(craft),
    ]


def rows_cases(few: Given, many: Given) -> list[Case]:
    """The same calls of a Craft with a thousand people and of one with many, by many in turn."""
    cases = []
    for server, given, amount in (("craft", few, "few"), ("craft-many", many, "many")):
        for kind, requests in (
            ("key", get("/v1/me", [f"Bearer {each}" for each in given["spread_keys"]])),
            ("token", get("/v1/me", [f"Bearer {each}" for each in given["spread_tokens"]])),
            ("session", [Request("/v1/me", headers={"Cookie": each["cookie"]}) for each in given["limited"]]),
        ):
            title = f"/v1/me by {kind}, one of {given['rows']:,}"
            cases.append(carefully(f"{amount}-{kind}", title, Group.ROWS, server, requests))
    return cases


def stock_cases(peers: Given) -> list[Case]:
    """What a team without Craft would have instead of some of these."""
    list_ = get("/projects", [each["drf-token"] for each in peers["people"]])
    fixed = {"grant_type": "refresh_token", **peers["client"]}
    refresh = [_form("/o/token/", {**fixed, "refresh_token": token}) for token in peers["refresh"]]
    return [
        Case(
            "stock-projects",
            "20 rows, stock ModelSerializer",
            Group.OTHER,
            "django",
            list_,
            contains="Project 19",
        ),
        Case(
            "stock-refresh",
            "refresh of a token, stock DOT",
            Group.OTHER,
            "django",
            refresh,
            contains="access_token",
            single_use=True,
            seconds=10,  # of eight calls under way, each of a second, up to eight are not counted
        ),
    ]


def _form(path: str, values: dict[str, str], headers: dict[str, str] | None = None) -> Request:
    return Request(path, "POST", {**FORM, **(headers or {})}, urlencode(values))


def _grants(craft: Given) -> list[Case]:
    """Requests for tokens; each code and each refresh token can be spent once."""
    exchange = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, **craft["client"]}
    refresh = {"grant_type": "refresh_token", **craft["client"]}
    return [
        Case(key, title, Group.OTHER, "craft", requests, contains="access_token", single_use=True)
        for key, title, requests in (
            (
                "exchange",
                "exchange of a code",
                [_form("/v1/oauth/token", {**exchange, "code": each}) for each in craft["codes"]],
            ),
            (
                "refresh",
                "refresh of a token",
                [_form("/v1/oauth/token", {**refresh, "refresh_token": each}) for each in craft["refresh"]],
            ),
        )
    ]


def _files(craft: Given) -> list[Case]:
    """A file for each connection, written over and over."""
    up, down = [], []
    for each in craft["limited"][:CONNECTIONS]:
        path = f"/v1/projects/{each['project']}/files/large.txt"
        headers = {"Authorization": f"Bearer {each['key']}"}
        up.append(Request(path, "PUT", headers | {"Content-Type": "text/plain"}, LINE, LINES_OF_10_MB))
        down.append(Request(path, headers=headers | {"Accept": "application/octet-stream"}))
    return [
        Case("upload", "upload of 10 MB", Group.OTHER, "craft", up, (200, 201), "large.txt", seconds=2),
        Case("download", "download of 10 MB", Group.OTHER, "craft", down, contains=LINE, seconds=2),
    ]


def _pages(craft: Given) -> list[Case]:
    """The page of API keys of two people, and signing in: of a browser five tries at once are too many."""
    cases = []
    for key, title, who, last in (
        ("page-1", "page of 1 key", "one_key", "Key 0"),
        ("page-50", "page of 50 keys", "many_keys", "Key 49"),
    ):
        page = Request("/settings/api-keys/", headers={"Cookie": craft[who]["cookie"]})
        cases.append(Case(key, title, Group.OTHER, "craft", [page], contains=last))
    sign_in = [
        _form(
            "/login/",
            {"login": each["email"], "password": PASSWORD, "csrfmiddlewaretoken": each["csrf"]},
            {"Cookie": each["browser"]},
        )
        for each in craft["limited"]
    ]
    return [*cases, Case("sign-in", "sign-in", Group.OTHER, "craft", sign_in, (302,), "", seconds=2)]
